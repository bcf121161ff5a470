// Where in latent space the samples lie, and how a reader has moved them.

import { between, plane, walked } from "./latents.js";
import { inputSize } from "./sampling.js";

export class Steering {
  /** One a code: `{ categories }` or `{}`, with a `value` where a reader has chosen one. */
  codes;
  /** How far the samples are moved along each of the generator's directions. */
  moves;
  /** How far the samples are moved along two directions, each -1 to 1. */
  walk = [0, 0];
  /** Numbers of the samples that were picked, to go from the one to the other. */
  picks = [];
  /** Whose inputs they are; another one must take the same. */
  generator;

  #inputs;
  #directions;

  constructor(generator) {
    this.generator = generator;
    this.moves = generator.directions.map(() => 0);
    this.codes = [
      ...Array.from(generator.categoricalCodes, (categories) => ({ categories })),
      ...Array.from({ length: generator.continuousCodes }, () => ({})),
    ];
  }

  /** Takes the inputs `given`, whole ones, or draws `count` anew; chosen codes stay. */
  begin(seed, count, given) {
    this.#inputs = given ?? this.generator.inputs(seed, count);
    this.#directions = plane(seed, this.generator.latentSize);
    this.walk = [0, 0];
    this.picks = [];
  }

  /** Picks a sample, or no longer; gives how many are picked. */
  pick(index) {
    const at = this.picks.indexOf(index);
    if (at >= 0) {
      this.picks.splice(at, 1);
    } else {
      this.picks.push(index);
    }
    return this.picks.length;
  }

  /** Leaves the samples as they were drawn or given. */
  release() {
    // A list of their own, by which the sliders see that they are to be made anew.
    this.moves = this.moves.map(() => 0);
    for (const code of this.codes) {
      code.value = undefined;
    }
  }

  isMorphing(mode) {
    return mode === "morph" && this.picks.length === 2;
  }

  /** The inputs as they are shown: moved, with the chosen codes; or the one at `share` between two. */
  inputs(mode, share) {
    const generator = this.generator;
    const [size, whole] = [generator.latentSize, inputSize(generator)];
    const inputs = this.#inputs.slice();
    for (let at = 0; at < inputs.length; at += whole) {
      if (mode === "walk" && this.walk.some((x) => x !== 0)) {
        const latent = inputs.slice(at, at + size);
        inputs.set(walked(latent, this.#directions, this.walk, generator.isNormal), at);
      }
      if (mode === "edit") {
        const bound = generator.isNormal ? Infinity : 1;
        for (const [i, { vector }] of generator.directions.entries()) {
          vector.forEach((x, j) => (inputs[at + j] += this.moves[i] * x));
        }
        inputs.subarray(at, at + size).forEach((x, j, all) => (all[j] = Math.min(bound, Math.max(-bound, x))));
      }
      let place = at + size;
      for (const { categories, value } of this.codes) {
        if (value !== undefined && categories) {
          inputs.fill(0, place, place + categories);
          inputs[place + value] = 1;
        } else if (value !== undefined) {
          inputs[place] = value;
        }
        place += categories ?? 1;
      }
    }
    if (!this.isMorphing(mode)) {
      return inputs;
    }
    const [a, b] = this.picks.map((pick) => inputs.slice(pick * whole, (pick + 1) * whole));
    return between(a, b, share, size, generator.isNormal);
  }

  /** The number of the first sample that is shown: between two picks that of the nearer one. */
  first(mode, share) {
    return this.isMorphing(mode) ? this.picks[share < 0.5 ? 0 : 1] : 0;
  }

  /** The classes of `count` samples from number `first` on: all of `label`, or going round. */
  labels(first, count, label) {
    const { classes } = this.generator;
    if (classes === 0) {
      return new Uint16Array();
    }
    return Uint16Array.from({ length: count }, (_, i) => label ?? (first + i) % classes);
  }
}
