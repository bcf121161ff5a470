// A second run beside the page's own.

import { RunWorker } from "./run-worker.js";

const nothing = { step: 0 };
let told = nothing;

const run = new RunWorker((event) => {
  if (event.kind === "metrics") {
    const last = event.points.at(-1);
    told = {
      ...told,
      step: last.step,
      losses: { generator: last.generator_loss, discriminator: last.discriminator_loss },
    };
  } else if (event.kind === "report") {
    told = { ...told, ...JSON.parse(event.report) };
  } else if (event.kind === "fault" && event.code !== "data_missing") {
    // That drawn digits stand in for MNIST the page has told of its own run.
    told = { ...told, error: event.message ?? event.code };
  }
});

const does = {
  /** A promise: `spec`, a whole one, in a fresh worker, that trains; on the user's `files` if it learns from some. */
  async begin({ spec, files }) {
    told = nothing;
    await run.start();
    const load = { kind: "load", spec, checkpoint: false, files: files.map(({ name }) => name) };
    await run.ask(load, files.map(({ bytes }) => bytes));
    await run.ask({ kind: "start" });
  },
  end: () => run.end(),
  pause: () => run.ask({ kind: "pause" }),
  start: () => run.ask({ kind: "start" }),
  /** A promise of `{pixels}` or `{points}`, as the page's own `sample` gives them. */
  async sample({ count, seed }) {
    const { reply, attachments } = await run.ask({ kind: "sample", count, seed, label: null });
    const bytes = attachments[0];
    return reply.set.width === 0 ? { points: new Float32Array(bytes.buffer) } : { pixels: bytes };
  },
  /** What is known of it: `{step, losses, scores, diagnoses, error}`. */
  snapshot: () => told,
};

/** Asks for one of those. */
export function second(kind, fields) {
  return does[kind](fields);
}
