// Samples a few at a time, so that the page can draw and be scrolled in between.

/** What may be done at once: half of a frame. */
const SLICE_MS = 8;

/** Lets the page go on. */
function pause() {
  if (globalThis.scheduler?.yield) {
    return scheduler.yield();
  }
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(undefined);
  });
}

/** Numbers of one input: a latent and its codes. */
export function inputSize(generator) {
  const categories = generator.categoricalCodes.reduce((sum, count) => sum + count, 0);
  return generator.latentSize + categories + generator.continuousCodes;
}

/** Images beside each other where a reader draws: the drawing, if it is not what is given; that; and what is made. */
export function panesOf({ picture }) {
  return ["masked", "edges", "paired", "translated"].includes(picture) ? 2 : 3;
}

/** Whether two generators take the same inputs and make samples of the same shape. */
export function isAlike(one, other) {
  const shape = ({ width, height, channels, picture, latentSize, classes, ...inputs }) => {
    const { categoricalCodes, continuousCodes, isNormal, directions } = inputs;
    const images = [width, height, channels, picture];
    const names = directions.map(({ name }) => name);
    return [...images, latentSize, classes, continuousCodes, isNormal, ...categoricalCodes, ...names].join();
  };
  return shape(one) === shape(other);
}

/**
 * What `generator` makes of `inputs`: RGBA bytes of images, coordinates of points; `undefined` as soon
 * as `isWanted` says no. `first` is the number of the first of them; `truncation` is that of their styles.
 */
export async function drawn(generator, inputs, labels, { first, truncation }, isWanted) {
  const size = inputSize(generator);
  const count = inputs.length / size;
  const isImage = generator.width > 0;
  const numbers = isImage ? generator.width * generator.height * 4 : 2;
  const found = new (isImage ? Uint8Array : Float32Array)(count * numbers);
  let slice = 1;
  for (let at = 0; at < count; ) {
    const end = Math.min(at + slice, count);
    const begun = performance.now();
    const [part, classes] = [inputs.slice(at * size, end * size), labels.slice(at, end)];
    // Other elements share the generator.
    generator.truncate(truncation);
    const make = isImage ? "images" : "points";
    found.set(generator[make](part, classes, first + at), at * numbers);
    const took = performance.now() - begun;
    slice = took < SLICE_MS / 2 ? slice * 2 : Math.max(1, Math.floor((slice * SLICE_MS) / Math.max(took, 1)));
    at = end;
    if (at < count) {
      await pause();
      if (!isWanted()) {
        return undefined;
      }
    }
  }
  return found;
}
