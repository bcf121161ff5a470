// A generator that outlives the instance of the module that made it.

import { generatorOf, guard, presentEra } from "./module.js";

export class Loaded {
  #bytes;
  #generator;
  #era;

  /** @param {Uint8Array} bytes of the generator's file */
  constructor(bytes) {
    this.#bytes = bytes;
    const generator = this.#live();
    /** Columns of a sample, in pixels; 0 of points. */
    this.width = generator.width;
    /** Rows of a sample, in pixels; 0 of points. */
    this.height = generator.height;
    /** Channels of a pixel; 0 of points. */
    this.channels = generator.channels;
    /** Kind of the pictures that it is given: `downscaled`, `noised`, `masked`, `edges`, `grey`, `paired` or `translated`; or "". */
    this.picture = generator.picture;
    /** Numbers of a latent, without codes. */
    this.latentSize = generator.latentSize;
    /** Classes that it makes samples of; 0 if it is told none. */
    this.classes = generator.classes;
    /** Categories of each categorical code. */
    this.categoricalCodes = [...generator.categoricalCodes];
    /** Continuous codes. */
    this.continuousCodes = generator.continuousCodes;
    const [numbers, step] = [generator.directionNumbers, generator.latentSize + 1];
    /** Directions of its latents in which samples change in one way: `{ name, range, vector }`. */
    this.directions = generator.directionNames.map((name, i) => {
      const [range, ...vector] = numbers.subarray(i * step, (i + 1) * step);
      return { name, range, vector };
    });
    /** Whether it has a style, which can be truncated. */
    this.isStyled = generator.isStyled;
    /** Whether latents are drawn from N(0, 1), and not from U(-1, 1). */
    this.isNormal = generator.isNormal;
    /** Generator steps that it was trained for. */
    this.step = generator.step;
  }

  /** `count` inputs that depend on `seed` alone. */
  inputs(seed, count) {
    return this.#call("inputs", seed, count);
  }

  /** Truncates the styles of the samples from now on. */
  truncate(truncation) {
    this.#call("truncate", truncation);
  }

  /** RGBA bytes of the images that it makes of `inputs`, the first of which is number `first`. */
  images(inputs, labels, first) {
    return this.#call("images", inputs, labels, first);
  }

  /** As `images`, of points: x, y, x, y … */
  points(inputs, labels, first) {
    return this.#call("points", inputs, labels, first);
  }

  /** RGBA bytes of the picture that it is given of a board, and of what it makes of that. */
  restored({ pixels, missing, isWhole }, seed, label) {
    return this.#call("restored", pixels, missing, isWhole, seed, label);
  }

  /** The hole that training would cut for `seed`, as a board has it. */
  hole(seed) {
    return this.#call("hole", seed);
  }

  /** Gives back the module's memory. */
  free() {
    // What an instance held that is gone is gone with it.
    if (this.#generator && this.#era === presentEra()) {
      this.#generator.free();
    }
    this.#generator = undefined;
  }

  #call(name, ...values) {
    const generator = this.#live();
    try {
      return generator[name](...values);
    } catch (error) {
      guard(error);
      throw error;
    }
  }

  /** The generator in the present instance. */
  #live() {
    const era = presentEra();
    if (this.#era !== era) {
      try {
        this.#generator = generatorOf(this.#bytes);
      } catch (error) {
        guard(error);
        throw error;
      }
      this.#era = era;
    }
    return this.#generator;
  }
}
