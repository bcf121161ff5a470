// The element's attributes as properties.

// The values of a kind; the first is the one where nobody says.
const LOADING = ["lazy", "eager"];
const REVEAL = ["auto", "interaction"];
const MODES = ["grid", "walk", "morph", "draw", "edit"];

export const MOST_SAMPLES = 4096;
const MOST_TRUNCATION = 2;

/** A whole number that `text` says, if it is within the limits. */
const whole = (text, least, most) => {
  const number = text === null || text.trim() === "" ? NaN : Number(text);
  return Number.isInteger(number) && number >= least && number <= most ? number : undefined;
};

/** The one of `values` that `text` says in letters of either case; else the first. */
const oneOf = (text, values) => {
  const value = String(text).toLowerCase();
  return values.includes(value) ? value : values[0];
};

/** Node, which renders pages for browsers, has no elements: there the class can be imported, and no more. */
const Element = globalThis.HTMLElement ?? class {};

/** Every property follows its attribute. `null` and `undefined` take the attribute away. */
export class SamplerAttributes extends Element {
  static observedAttributes = [
    "src",
    "count",
    "seed",
    "label",
    "latent",
    "columns",
    "loading",
    "reveal",
    "controls",
    "mode",
    "truncation",
    "picture",
    "poster",
    "alt",
    "lang",
  ];

  /** Samples where nobody says how many. */
  usualCount = 16;

  get src() {
    return this.getAttribute("src") ?? "";
  }
  set src(value) {
    this.#reflect("src", value);
  }
  /** Samples in the picture. */
  get count() {
    return whole(this.getAttribute("count"), 1, MOST_SAMPLES) ?? this.usualCount;
  }
  set count(value) {
    this.#reflect("count", value);
  }
  get seed() {
    return whole(this.getAttribute("seed"), 0, Number.MAX_SAFE_INTEGER) ?? 1;
  }
  set seed(value) {
    this.#reflect("seed", value);
  }
  /** The class of all samples; `null`: classes go round. */
  get label() {
    return whole(this.getAttribute("label"), 0, 65535) ?? null;
  }
  set label(value) {
    this.#reflect("label", value);
  }
  get columns() {
    const columns = whole(this.getAttribute("columns"), 1, MOST_SAMPLES);
    return Math.min(columns ?? Math.ceil(Math.sqrt(this.count)), this.count);
  }
  set columns(value) {
    this.#reflect("columns", value);
  }
  get loading() {
    return oneOf(this.getAttribute("loading"), LOADING);
  }
  set loading(value) {
    this.#reflect("loading", value);
  }
  get reveal() {
    return oneOf(this.getAttribute("reveal"), REVEAL);
  }
  set reveal(value) {
    this.#reflect("reveal", value);
  }
  get controls() {
    return this.hasAttribute("controls");
  }
  set controls(value) {
    this.toggleAttribute("controls", Boolean(value));
  }
  get mode() {
    return oneOf(this.getAttribute("mode"), MODES);
  }
  set mode(value) {
    this.#reflect("mode", value);
  }
  /** How far a style keeps from the mean one, in parts of its own distance; 1 where nobody says. */
  get truncation() {
    const text = this.getAttribute("truncation");
    const number = text === null || text.trim() === "" ? NaN : Number(text);
    return Math.abs(number) <= MOST_TRUNCATION ? number : 1;
  }
  set truncation(value) {
    this.#reflect("truncation", value);
  }
  get picture() {
    return this.getAttribute("picture") ?? "";
  }
  set picture(value) {
    this.#reflect("picture", value);
  }
  get poster() {
    return this.getAttribute("poster") ?? "";
  }
  set poster(value) {
    this.#reflect("poster", value);
  }
  get alt() {
    return this.getAttribute("alt") ?? "";
  }
  set alt(value) {
    this.#reflect("alt", value);
  }

  #reflect(name, value) {
    if (value === null || value === undefined) {
      this.removeAttribute(name);
    } else {
      this.setAttribute(name, String(value));
    }
  }
}
