// Workers of the processor's worker, for large convolutions: begun where the page is isolated, so that they can share a
// buffer with it. What is shared, and how, is said in `crates/gan-worker/src/helpers.rs`.

import { canShareMemory, startWorker } from "./browser.js";

/** What a helper is doing: the first number of its control block, on which either side waits for the other. */
export const STATE = { STARTING: 0, IDLE: 1, BUSY: 2, FAILED: 3 };
/** Where lengths stand in the control block: of header, operands and result; then comes the header. */
export const LENGTHS = 1;
export const HEADER = 6;
const CONTROL_NUMBERS = 64;

/** How long a helper may take for a task, which takes a fraction of a second: it may have been ended. */
const PATIENCE_MS = 10_000;

/** Bytes of the largest task: 16 million numbers. */
const MOST_BYTES = 64 * 2 ** 20;

class Helper {
  /** Whether it is waited for no more. */
  lost = false;

  constructor(build) {
    this.control = new Int32Array(new SharedArrayBuffer(4 * CONTROL_NUMBERS));
    this.buffer = new SharedArrayBuffer(4, { maxByteLength: MOST_BYTES });
    this.worker = startWorker(new URL("helper.js", import.meta.url));
    // Without it the others do its part.
    this.worker.addEventListener("error", () => Atomics.store(this.control, 0, STATE.FAILED));
    this.worker.postMessage({ build, control: this.control, buffer: this.buffer });
  }
}

/** Helpers that are started when there is something for them to do. */
export class Pool {
  #build;
  #helpers = [];
  /** How many tasks were taken. */
  tasks = 0;

  constructor(count, build) {
    this.count = count;
    this.#build = build;
  }

  /** How many wait for tasks. */
  get ready() {
    return this.#helpers.filter(({ control }) => Atomics.load(control, 0) === STATE.IDLE).length;
  }

  /** Hands a task to helper `index`; false if it is not ready for it. */
  begin(index, header, first, second, bias, length) {
    while (this.#helpers.length < this.count) this.#helpers.push(new Helper(this.#build));
    const { control, buffer, lost } = this.#helpers[index];
    const lengths = [header.length, first.length, second.length, bias.length, length];
    const bytes = 4 * (first.length + second.length + bias.length + length);
    if (lost || Atomics.load(control, 0) !== STATE.IDLE || bytes > MOST_BYTES) return false;
    if (bytes > buffer.byteLength) buffer.grow(bytes);
    control.set(lengths, LENGTHS);
    control.set(header, HEADER);
    const numbers = new Float32Array(buffer);
    numbers.set(first, 0);
    numbers.set(second, first.length);
    numbers.set(bias, first.length + second.length);
    Atomics.store(control, 0, STATE.BUSY);
    Atomics.notify(control, 0);
    this.tasks += 1;
    return true;
  }

  /** Waits for helper `index` and takes its result; false if it failed. */
  finish(index, out) {
    const helper = this.#helpers[index];
    const { control, buffer } = helper;
    const outcome = Atomics.wait(control, 0, STATE.BUSY, PATIENCE_MS);
    helper.lost ||= outcome === "timed-out";
    if (helper.lost || Atomics.load(control, 0) !== STATE.IDLE) return false;
    const [, first, second, bias, length] = control.subarray(LENGTHS, HEADER);
    out.set(new Float32Array(buffer, 4 * (first + second + bias), length));
    return true;
  }
}

/** A pool for this machine; undefined where workers cannot share a buffer or there is one processor. */
export function pool(build) {
  const processors = navigator.hardwareConcurrency ?? 1;
  // Whoever computes takes half of a task or a quarter.
  const count = processors >= 4 ? 3 : processors - 1 > 0 ? 1 : 0;
  return canShareMemory() && count > 0 ? new Pool(count, build) : undefined;
}
