// A worker of the processor's worker: waits for tasks and computes them.

import { HEADER, LENGTHS, STATE } from "./helpers.js";

// The module does not take this worker for the page's.
self.ganHelper = true;

self.onmessage = async ({ data: { build, control, buffer } }) => {
  const say = (state) => {
    Atomics.store(control, 0, state);
    Atomics.notify(control, 0);
  };
  try {
    const { default: initialize, help } = await import(`./${build}/gan_worker.js`);
    await initialize();
    say(STATE.IDLE);
    for (;;) {
      Atomics.wait(control, 0, STATE.IDLE);
      const lengths = [...control.subarray(LENGTHS, HEADER)];
      const header = Uint32Array.from(control.subarray(HEADER, HEADER + lengths[0]));
      let start = 0;
      const [first, second, bias, out] = lengths.slice(1).map((length) => {
        const numbers = new Float32Array(buffer, 4 * start, length);
        start += length;
        return numbers;
      });
      if (!help(header, first, second, bias, out)) throw new Error("no task");
      say(STATE.IDLE);
    }
  } catch (error) {
    say(STATE.FAILED);
    throw error;
  }
};
