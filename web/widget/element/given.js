// Latents that a page gives in place of those that the seed draws.

import { MOST_SAMPLES } from "./attributes.js";
import { SamplerError } from "./error.js";

/**
 * The numbers of `values`, of a list or of the text of an attribute; `null`: the seed draws them, as it
 * does for `undefined` and for "", which Preact sets in place of both. What cannot be read as numbers
 * gives none, or NaN, which no generator takes.
 */
function latentOf(values) {
  if (values === null || values === undefined || (typeof values === "string" && values.trim() === "")) {
    return null;
  }
  try {
    return Float32Array.from(typeof values === "string" ? values.match(/[^\s,]+/g) : values, Number);
  } catch {
    return new Float32Array();
  }
}

/** How many inputs of `size` numbers a latent is made of. Other numbers than whole inputs are refused. */
function countOf(latent, size) {
  const count = latent.length / size;
  if (count === 0 || !Number.isInteger(count) || !latent.every(Number.isFinite)) {
    throw new SamplerError("usage", `latent: asks for whole inputs of ${size} finite numbers`);
  }
  if (count > MOST_SAMPLES) {
    throw new SamplerError("usage", `latent: holds ${count} inputs; ${MOST_SAMPLES} are allowed`);
  }
  return count;
}

/** The latents that one element is given, and the count that comes with them. */
export class Given {
  #element;
  /** `null`: the seed draws; `undefined`: no script has said anything, and the attribute counts. */
  #latent;
  /** The attribute `count` as it was before latents came with a count of their own: `{ count }`. */
  #before;

  constructor(element) {
    this.#element = element;
  }

  /** The latents, or `null`. */
  get latent() {
    return this.#latent === undefined ? latentOf(this.#element.getAttribute("latent")) : this.#latent;
  }

  /** Whether the attribute counts. */
  get isAttribute() {
    return this.#latent === undefined;
  }

  /** Takes what a script sets. */
  set(values) {
    this.#latent = latentOf(values);
  }

  /** Has the seed draw from now on, as many as there are. */
  spend() {
    [this.#latent, this.#before] = [null, undefined];
  }

  /**
   * The latents for a generator whose inputs have `size` numbers, or `null`. `write(count)` writes down
   * the count that comes with them; with them it goes again.
   */
  taken(size, write) {
    const { latent } = this;
    if (latent) {
      const count = countOf(latent, size);
      this.#before ??= { count: this.#element.getAttribute("count") };
      write(count);
    } else if (this.#before) {
      write(this.#before.count);
      this.#before = undefined;
    }
    return latent;
  }
}
