// Classifiers that are taught with few labelled images of the run's data, by a copy of the page's run in a worker
// of its own.

import { RunWorker } from "./run-worker.js";

const run = new RunWorker();

const does = {
  /** A promise: a copy of the page's run, as its `checkpoint` has it, is ready to teach. */
  async begin({ spec, checkpoint, files }) {
    await run.start();
    const load = { kind: "load", spec, checkpoint: true, files: files.map(({ name }) => name) };
    await run.ask(load, [checkpoint, ...files.map(({ bytes }) => bytes)]);
  },
  /** A promise of how far `course` is after `count` more steps: `Reply::Course` of gan-protocol. */
  async advance({ course, count }) {
    const { reply } = await run.ask({ kind: "course", course, count });
    return reply;
  },
  end: () => run.end("the course was ended"),
};

/** Asks for one of those. */
export async function course(kind, fields) {
  return does[kind](fields);
}
