// The generator of one element: held, or on its way.

import { acquire } from "./generators.js";

export class Loading {
  /** The generator, once it is there. */
  generator;
  /** What gives it back, `{ release }`: another one for each load. */
  #held;
  /** Which generator was asked for last. */
  #wish = 0;

  /** Whether a generator is held or on its way. */
  get isHeld() {
    return Boolean(this.#held);
  }

  /** Makes what is on its way to `other` one that nobody asks for any more. */
  supersede() {
    this.#wish += 1;
  }

  /**
   * The generator at `address`; `undefined` if it was let go of meanwhile. `progress(loaded, total)` is
   * told how far it is.
   */
  async load(address, progress) {
    const held = (this.#held = { release() {} });
    const isCurrent = () => this.#held === held;
    try {
      const acquired = acquire(address, (loaded, total) => isCurrent() && progress(loaded, total));
      held.release = acquired.release;
      const generator = await acquired.generator;
      return isCurrent() ? (this.generator = generator) : undefined;
    } catch (error) {
      if (isCurrent()) {
        throw error;
      }
      return undefined;
    }
  }

  /**
   * Takes the generator at `address` in place of the one that is held, once it is there and if `suits`
   * says so of it. Gives it; `undefined` if it is not taken, or another one was asked for meanwhile, or
   * the one that is held let go of.
   */
  async exchange(address, suits) {
    this.supersede();
    const [wish, before] = [this.#wish, this.generator];
    const isCurrent = () => wish === this.#wish && before === this.generator;
    const { generator: coming, release } = acquire(address, () => {});
    try {
      const generator = await coming;
      if (isCurrent() && suits(generator)) {
        this.letGo();
        this.#held = { release };
        return (this.generator = generator);
      }
    } catch (error) {
      if (isCurrent()) {
        release();
        throw error;
      }
    }
    release();
    return undefined;
  }

  letGo() {
    this.#held?.release();
    this.#held = this.generator = undefined;
  }
}
