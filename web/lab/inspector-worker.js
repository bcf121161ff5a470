// The lab's second worker: it asks a run's discriminator and reads digits, beside the run.

import initialize, { Inspector, Reader } from "./gan_inspector.js";

const ready = initialize();
let isThere = false;
let inspector;
let reader;

ready.then(() => (isThere = true)).catch(() => {});

async function readerOfDigits() {
  const answer = await fetch(new URL("../pretrained/digit-classifier.safetensors", import.meta.url));
  if (!answer.ok) {
    throw new Error(`the classifier's file: status ${answer.status}`);
  }
  return new Reader(new Uint8Array(await answer.arrayBuffer()));
}

function inspected() {
  if (!inspector) {
    throw new Error("no checkpoint has been taken");
  }
  return inspector;
}

const does = {
  /** Takes the nets of a checkpoint. */
  inspect({ checkpoint }) {
    inspector?.free();
    inspector = undefined;
    inspector = new Inspector(checkpoint);
  },
  /** The discriminator's outputs for images. */
  verdicts: ({ pixels, labels }) => inspected().verdicts(pixels, labels),
  /** The picture that the generator is given of an image, and what it makes of it. */
  restored: ({ pixels, missing, seed, isSample, label }) =>
    inspected().restored(pixels, missing, seed, isSample, label),
  /** The file of a checkpoint's generator alone; what was taken before stays. */
  generator({ checkpoint }) {
    const whole = new Inspector(checkpoint);
    try {
      return whole.generatorFile();
    } finally {
      whole.free();
    }
  },
  /** How probable each digit is, image after image. */
  async read({ pixels }) {
    reader ??= readerOfDigits();
    // What could not be fetched is fetched again by the next question.
    reader.catch(() => (reader = undefined));
    return (await reader).read(pixels);
  },
};

addEventListener("message", async ({ data: { id, kind, ...fields } }) => {
  try {
    await ready;
    postMessage({ id, value: await does[kind](fields) });
  } catch (error) {
    // After a trap nothing of the module can be trusted.
    const fatal = !isThere || error instanceof WebAssembly.RuntimeError;
    postMessage({ id, error: String(error?.message ?? error), fatal });
  }
});
