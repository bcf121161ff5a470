// What the bench asks of this page: one engine, one net at a time.

import { BenchRun } from "./ours.js";
import { begin, Run } from "./tensorflow.js";

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** An engine of ours: one worker for all nets. */
class Ours {
  #run = new BenchRun();

  async begin(variant) {
    await this.#run.start(variant);
    return {};
  }
  async load(spec) {
    await this.#run.load(spec);
    return { adapter: this.#run.adapter };
  }
  steps(count) {
    return this.#run.steps(count);
  }
}

/** TensorFlow.js with one of its backends. */
class TensorFlow {
  #run;

  begin(backend) {
    return begin(backend);
  }
  async load(spec) {
    this.#run?.dispose();
    this.#run = new Run(spec);
    return {};
  }
  async steps(count) {
    let losses;
    for (let i = 0; i < count; i += 1) {
      losses = await this.#run.step();
    }
    return losses;
  }
}

let engine;

window.bench = {
  async begin(family, variant) {
    engine = family === "ours" ? new Ours() : new TensorFlow();
    return engine.begin(variant);
  },
  load: (spec) => engine.load(spec),
  /** Milliseconds a step, of `count` steps one after another. */
  async time(count) {
    const begun = performance.now();
    const losses = await engine.steps(count);
    const ms = (performance.now() - begun) / count;
    if (!losses.every(Number.isFinite)) {
      throw new Error(`the losses are ${losses}`);
    }
    return ms;
  },
  /** GFLOP/s of a module of `../peak`; the best of several goes. */
  async peak(url) {
    const { instance } = await WebAssembly.instantiateStreaming(fetch(url));
    const rounds = 1e7;
    const goes = Array.from({ length: 8 }, () => {
      const begun = performance.now();
      instance.exports.run(rounds);
      return (2 * 12 * 4 * rounds) / (performance.now() - begun) / 1e6;
    });
    return Math.max(...goes);
  },
  /** Milliseconds that the browser takes to compile the module at `url`. */
  async compile(url) {
    const bytes = await (await fetch(url)).arrayBuffer();
    const goes = [];
    for (let i = 0; i < 3; i += 1) {
      // A changed section of no meaning: the browser has not seen this module before.
      const custom = new Uint8Array([0, 5, 1, 120, i, performance.now() % 250, Math.random() * 250]);
      const module = new Uint8Array(bytes.byteLength + custom.length);
      module.set(new Uint8Array(bytes));
      module.set(custom, bytes.byteLength);
      const begun = performance.now();
      await WebAssembly.compile(module);
      goes.push(performance.now() - begun);
    }
    return median(goes);
  },
};
