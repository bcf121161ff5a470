// Data files that the page was given, and the worker that reads them; see reader-worker.js for the questions.

import { askedWorker } from "./asked-worker.js";
import { isOpen } from "./teacher.js";

const asked = askedWorker("reader-worker.js", "the reader of files failed: the files may be too large for this device");

/** Calls `taken` with the files `[{name, bytes}]` that the page was given and that are none of its checkpoints. */
function follow({ taken }) {
  addEventListener("gan-playground-files", (event) => {
    if (!isOpen("pictures")) {
      return;
    }
    event.preventDefault();
    taken(event.detail);
  });
}

/** Follows files, or asks the worker. */
export async function reader(kind, fields) {
  return kind === "follow" ? follow(fields) : asked(kind, fields);
}
