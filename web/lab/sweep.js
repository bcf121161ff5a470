// Runs of a sweep: each in a worker of its own, as many at a time as the lab asks for.

import { RunWorker } from "./run-worker.js";

/** The runs that are under way, by their number: `{run, told}`. */
const runs = new Map();

const reported = (told, event) => {
  if (event.kind === "metrics") {
    told.step = event.points.at(-1).step;
  } else if (event.kind === "report") {
    Object.assign(told, JSON.parse(event.report));
  } else if (event.kind === "fault" && event.code !== "data_missing") {
    told.error = event.message ?? event.code;
  }
};

const does = {
  /**
   * A promise: trains `spec` for `steps` in a fresh worker, on the user's `files` if it learns from some.
   * Gives what is known of it at its end, with `count` samples of `seed`: `{step, scores, diagnoses, error}`
   * and `{pixels}` or `{points}`. A run that breaks down has an `error` and no samples.
   */
  async train({ id, spec, files, steps, count, seed }) {
    const told = { step: 0 };
    const run = new RunWorker((event) => reported(told, event));
    runs.set(id, { run, told });
    try {
      await run.start();
      const load = { kind: "load", spec, checkpoint: false, files: files.map(({ name }) => name) };
      await run.ask(load, files.map(({ bytes }) => bytes));
      // It settles after the report on its last step.
      await run.ask({ kind: "step", count: steps });
      await run.ask({ kind: "pause" });
      if (told.error) return told;
      const { reply, attachments } = await run.ask({ kind: "sample", count, seed, label: null });
      const [bytes] = attachments;
      return reply.set.width === 0
        ? { ...told, points: new Float32Array(bytes.buffer) }
        : { ...told, pixels: bytes };
    } catch (error) {
      if (!runs.has(id)) throw error;
      return { ...told, error: error.message };
    } finally {
      run.end();
      runs.delete(id);
    }
  },
  /** The step at which a run stands. */
  step: ({ id }) => runs.get(id)?.told.step ?? 0,
  /** Ends all runs; their promises are refused. */
  end() {
    const all = [...runs.values()];
    runs.clear();
    for (const { run } of all) run.end("the sweep was ended");
  },
  /** So many runs at a time leave a processor for the page. */
  atOnce: () => Math.min(4, Math.max(1, (navigator.hardwareConcurrency ?? 2) - 1)),
};

/** Asks for one of those. */
export function sweep(kind, fields) {
  return does[kind](fields);
}
