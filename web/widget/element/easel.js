// What a reader draws on, for a generator that is given pictures: how it begins, and what changes it.

import { Board } from "./board.js";
import { pixelsAt, pixelsOf } from "./image-file.js";
import { panesOf } from "./sampling.js";

export class Easel {
  /** What is drawn; `undefined` if the generator is given no pictures. */
  board;
  /** The generator that the drawing is for. */
  generator;

  #element;
  #acts;
  /** The frame in which strokes are shown; 0 if none wait for one. */
  #frame = 0;

  /**
   * @param element the element, for its attributes
   * @param acts `{ changed, failed, refused }`: what is done with a drawing that has changed, with an error
   *   that ends the work, and with one of a picture that a reader has dropped
   */
  constructor(element, acts) {
    this.#element = element;
    this.#acts = acts;
  }

  /** Puts up a board for `generator`, with what the page says on it, if it is given pictures. */
  async begin(generator) {
    this.letGo();
    if (!generator.picture) {
      return;
    }
    this.generator = generator;
    const board = new Board(generator);
    await this.#fill(board);
    if (generator === this.generator) {
      board.tool = board.isCut && !board.isEmpty ? "cut" : "draw";
      this.board = board;
    }
  }

  letGo() {
    this.board = this.generator = undefined;
  }

  /** What the frame shows, RGBA image after image: the drawing where it is not what is given; that; what is made. */
  images(seed, label) {
    const images = this.generator.restored(this.board, seed, label);
    this.board.takeOutlines(images);
    return panesOf(this.generator) === 2 ? images : new Uint8Array([...this.board.rgba(), ...images]);
  }

  /** Cuts the hole of `seed`, where holes are cut. */
  cut(seed) {
    if (this.board?.isCut) {
      this.board.missing.set(this.generator.hole(seed));
    }
  }

  take(tool) {
    this.board.tool = tool;
    this.#acts.changed();
  }

  clear() {
    this.board.clear();
    this.#acts.changed();
  }

  /** Begins again with what the page says. */
  async restart() {
    const { board } = this;
    if (!board) {
      return;
    }
    try {
      await this.#fill(board);
      if (board === this.board) {
        this.#acts.changed();
      }
    } catch (error) {
      if (board === this.board) {
        this.#acts.failed(error);
      }
    }
  }

  /** Takes a picture of the reader's. */
  async takeFile(file) {
    const { board } = this;
    try {
      const pixels = await pixelsOf(file, file.name, board);
      // By now the board may be another generator's.
      if (board === this.board) {
        this.#put(board, pixels);
        this.#acts.changed();
      }
    } catch (error) {
      this.#acts.refused(error);
    }
  }

  /** Shows strokes, which come faster than pictures, once a frame. */
  strokesCome() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#acts.changed();
    });
  }

  async #fill(board) {
    const { picture, baseURI } = this.#element;
    const pixels = picture && (await pixelsAt(new URL(picture, baseURI).href, board));
    if (pixels) {
      this.#put(board, pixels);
    } else {
      board.clear();
    }
  }

  #put(board, pixels) {
    board.take(pixels);
    if (board.isCut && this.generator) {
      board.missing.set(this.generator.hole(this.#element.seed));
    }
  }
}
