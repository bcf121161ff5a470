// Generators that other frameworks trained, and the worker that imports them; see importer-worker.js for the questions.

import { askedWorker } from "./asked-worker.js";
import { isOpen } from "./teacher.js";

const asked = askedWorker("importer-worker.js", "the importer failed: the files may be damaged, or too large for this device");

const SINGLE = /\.(pth|pt|ckpt|keras|h5|hdf5|onnx)$/i;

/** Whether the names are those of a generator's files: one alone, or a model of TensorFlow.js with its shards. */
const isGenerator = (names) =>
  names.some((name) => SINGLE.test(name)) || (names.some((name) => /\.json$/i.test(name)) && names.some((name) => /\.bin$/i.test(name)));

/** Calls `taken` with the files `[{name, bytes}]` that the page was given, where they are a generator's. */
function follow({ taken }) {
  addEventListener("gan-playground-files", (event) => {
    const files = event.detail;
    if (!isOpen("take") || !isGenerator(files.map(({ name }) => name))) {
      return;
    }
    event.preventDefault();
    // They are no data.
    event.stopImmediatePropagation();
    taken(files);
  });
}

/** Follows files, or asks the worker. */
export async function importer(kind, fields) {
  return kind === "follow" ? follow(fields) : asked(kind, fields);
}
