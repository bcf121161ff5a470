// What readers see of an element: its parts, and what they show.

import { cover, dress } from "./dress.js";
import { listen } from "./gestures.js";
import { listenToHand } from "./hand.js";
import { fillMoves, fillPanel, makeParts } from "./parts.js";
import { drawPoints, drawSheet, viewOf } from "./picture.js";
import { styleSheet } from "./style.js";
import { wordsOf } from "./words.js";

export class Face {
  #element;
  #parts = makeParts();
  /** The part of the plane that is shown, of points. */
  #view;
  #acts;
  /** What the sliders were made for: the generator, the samples' moves along its directions, and words. */
  #sliders = [];
  /** Whether the samples are others than those that were announced. */
  #isNew = false;

  /**
   * @param element the element, which gets a shadow root
   * @param acts what the parts do, as `listen` takes it, but for `openPanel`
   */
  constructor(element, acts) {
    this.#element = element;
    this.#acts = acts;
    const root = element.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [styleSheet()];
    const { frame, toolbar, told, panel } = this.#parts;
    root.append(frame, toolbar, told);
    listenToHand(this.#parts, acts.easel);
    listen(this.#parts, element, { ...acts, openPanel: () => this.#openPanel(panel.hidden, acts) });
  }

  get canvas() {
    return this.#parts.canvas;
  }

  /** How far a morph is from the one pick to the other, 0 to 1. */
  get share() {
    return Number(this.#parts.share.value);
  }

  /** Puts the sliders where the samples are as they were drawn; those are new ones. */
  begin() {
    this.#isNew = true;
    this.place([0, 0]);
    this.#parts.share.value = 0;
  }

  /** Puts the sliders to a place of a walk. */
  place([u, v]) {
    [this.#parts.across.value, this.#parts.up.value] = [u, v];
  }

  /** A message, progress or a button over the picture. */
  cover(kind, message) {
    cover(this.#parts, this.#words(), kind, message);
  }

  progress(loaded, total) {
    if (total) {
      [this.#parts.progress.max, this.#parts.progress.value] = [total, loaded];
    }
  }

  /** Takes the picture away, and what lies over it. */
  clear() {
    this.#view = undefined;
    this.#parts.canvas.hidden = true;
    this.#parts.cover.hidden = true;
  }

  /** Brings texts, sizes and controls up to date with `state`, as `dress` takes it. */
  dress(state, pick) {
    const words = this.#words();
    dress(this.#parts, words, this.#element, state, pick);
    const { steering, generator } = state;
    // Sliders are made anew for other samples' moves, and in another language.
    const of = [generator, steering?.moves, words];
    if (generator && of.some((part, i) => part !== this.#sliders[i])) {
      this.#sliders = of;
      fillMoves(this.#parts.moves, generator.directions, words, this.#acts.move);
      [...this.#parts.moves.children].forEach(({ lastChild }, i) => (lastChild.value = steering.moves[i]));
    }
    if (this.#parts.codes.hidden) {
      this.#close();
    }
  }

  /** Shows what `generator` has made: `count` samples, of images so many in a row. */
  show(found, generator, count, { columns, isFirst }) {
    const { canvas, cover, poster, fallback, act, frame, told } = this.#parts;
    const hadFocus = this.#element.shadowRoot.activeElement === act;
    for (const part of [cover, poster, fallback]) {
      part.hidden = true;
    }
    canvas.hidden = false;
    if (generator.width > 0) {
      drawSheet(canvas, found, generator, count, columns);
    } else {
      this.#view ??= viewOf(found);
      drawPoints(canvas, found, this.#view, getComputedStyle(canvas).color);
    }
    canvas.classList.toggle("fresh", isFirst);
    this.describe(generator, count);
    if (this.#isNew) {
      this.#isNew = false;
      told.textContent = generator.picture ? this.#words().drawing : this.#words().shown(count);
    }
    if (hadFocus) {
      // The button that had it is gone.
      frame.focus();
    }
  }

  /** Says what the picture shows. */
  describe({ width, picture }, count) {
    const words = this.#words();
    const described = picture ? words.drawing : width > 0 ? words.images(count) : words.points(count);
    this.#parts.canvas.setAttribute("aria-label", this.#element.alt || described);
  }

  /** Says on the board what is wrong with a picture, until something is drawn. */
  refusePicture(message) {
    const { hint, told } = this.#parts;
    hint.hidden = false;
    hint.textContent = told.textContent = message;
  }

  /** Says how many samples are picked; of two the morph begins at the first. */
  tellPicked(count, isMorphing) {
    this.#parts.told.textContent = count ? this.#words().picked(count) : "";
    if (isMorphing) {
      this.#parts.share.focus();
    }
  }

  /** Begins a morph anew. */
  resetShare() {
    this.#parts.share.value = 0;
  }

  /** Brings a reader who comes back from a morph to the samples. */
  focusPicks() {
    this.#parts.picks.firstElementChild?.focus();
  }

  #words() {
    const { lang } = this.#element;
    return wordsOf(lang || this.#element.closest("[lang]")?.lang || navigator.language);
  }

  #close() {
    this.#parts.panel.hidden = true;
    this.#parts.codes.setAttribute("aria-expanded", "false");
  }

  #openPanel(isOpen, { codes, draw }) {
    if (!isOpen) {
      this.#close();
      return;
    }
    this.#parts.panel.hidden = false;
    this.#parts.codes.setAttribute("aria-expanded", "true");
    fillPanel(this.#parts.panel, codes(), this.#words(), draw);
  }
}
