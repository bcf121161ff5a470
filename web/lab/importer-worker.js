// The lab's importer of other frameworks' generators: in a worker of its own, loaded with the first such file.

import initialize, { Importer } from "./gan_importer.js";

const ready = initialize();
let isThere = false;
let importer;

ready.then(() => (isThere = true)).catch(() => {});

const does = {
  /** Takes the files `[{name, bytes}]` in place of those before. */
  take({ files }) {
    importer?.free();
    importer = new Importer();
    for (const { name, bytes } of files) {
      importer.add(name, bytes);
    }
  },
  /** Makes a generator by `choice`, JSON; gives `{told, file}`: what was made, JSON, and its file. */
  make({ choice }) {
    const told = importer.make(choice);
    return { told, file: importer.file() };
  },
};

addEventListener("message", async ({ data: { id, kind, ...fields } }) => {
  try {
    await ready;
    postMessage({ id, value: does[kind](fields) });
  } catch (error) {
    // After a trap nothing of the module can be trusted.
    const fatal = !isThere || error instanceof WebAssembly.RuntimeError;
    postMessage({ id, error: String(error?.message ?? error), fatal });
  }
});
