// The page's run under a microscope: a copy of it in the lab's own worker, of which one step is taken
// apart, half a step made, or the real images looked for that its samples are most like. The run itself is not touched.

import { RunWorker } from "./run-worker.js";

const run = new RunWorker();
/** The user's files that the worker has. */
let given = [];

/** A copy of the page's run, as its `checkpoint` has it, on the user's `files` if it learns from some. */
async function copied({ spec, checkpoint, files }) {
  if (!run.isThere) {
    given = [];
    await run.start();
  }
  // The worker keeps them: what may be large is sent once.
  const isGiven =
    files.length === given.length && files.every(({ bytes }, i) => bytes === given[i].bytes);
  const sent = isGiven ? [] : files;
  const load = { kind: "load", spec, checkpoint: true, files: sent.map(({ name }) => name) };
  await run.ask(load, [checkpoint, ...sent.map(({ bytes }) => bytes)]);
  if (files.length > 0) {
    given = files;
  }
}

const does = {
  /**
   * A promise of `{found, samples}`: a `Dissection` of gan-protocol, and its attachments; of the next step, or of one
   * that comes `ahead` more steps later.
   */
  async dissect({ ahead = 0, ...fields }) {
    await copied(fields);
    if (ahead > 0) {
      await run.ask({ kind: "step", count: ahead });
    }
    const { reply, attachments } = await run.ask({ kind: "dissect" });
    return { found: reply.dissection, samples: attachments };
  },
  /** A promise of `{found, samples}`: `Neighbours` of gan-protocol, and their attachments. */
  async nearest({ count, seed, ...fields }) {
    await copied(fields);
    const { reply, attachments } = await run.ask({ kind: "nearest_reals", count, seed });
    return { found: reply.neighbours, samples: attachments };
  },
  /** A promise of the checkpoint after one step of `net` alone. */
  async stepAlone({ net, ...fields }) {
    await copied(fields);
    await run.ask({ kind: "step_alone", net });
    const { attachments } = await run.ask({ kind: "checkpoint" });
    return attachments[0];
  },
};

/** Asks for one of those. */
export async function microscope(kind, fields) {
  return does[kind](fields);
}
