// Up to three runs beside the page's own, each in a worker of its own.

import { RunWorker } from "./run-worker.js";

const nothing = { step: 0 };

class OtherRun {
  /** What is known of it: `{step, losses, scores, diagnoses, error}`. */
  told = nothing;
  worker = new RunWorker((event) => this.#take(event));

  #take(event) {
    if (event.kind === "metrics") {
      const last = event.points.at(-1);
      this.told = {
        ...this.told,
        step: last.step,
        losses: { generator: last.generator_loss, discriminator: last.discriminator_loss },
      };
    } else if (event.kind === "report") {
      this.told = { ...this.told, ...JSON.parse(event.report) };
    } else if (event.kind === "fault" && event.code !== "data_missing") {
      // That drawn digits stand in for MNIST the page has told of its own run.
      this.told = { ...this.told, error: event.message ?? event.code };
    }
  }
}

/** The runs by their places, 0 to 2. */
const runs = Array.from({ length: 3 }, () => new OtherRun());

const does = {
  /** A promise: `spec`, a whole one, is loaded in a fresh worker; on the user's `files` if it learns from some. */
  async load(run, { spec, files }) {
    run.told = nothing;
    await run.worker.start();
    const load = { kind: "load", spec, checkpoint: false, files: files.map(({ name }) => name) };
    await run.worker.ask(load, files.map(({ bytes }) => bytes));
  },
  end: (run) => run.worker.end(),
  pause: (run) => run.worker.ask({ kind: "pause" }),
  start: (run) => run.worker.ask({ kind: "start" }),
  /** A promise of `{pixels}` or `{points}`, as the page's own `sample` gives them. */
  async sample(run, { count, seed }) {
    const { reply, attachments } = await run.worker.ask({ kind: "sample", count, seed, label: null });
    const bytes = attachments[0];
    return reply.set.width === 0 ? { points: new Float32Array(bytes.buffer) } : { pixels: bytes };
  },
  snapshot: (run) => run.told,
};

/** Asks the run at the place `at` for one of those. */
export function others(kind, { at, ...fields }) {
  return does[kind](runs[at], fields);
}
