// The element's attributes as properties.

const MODES = ["grid", "walk", "morph"];
export const MOST_SAMPLES = 4096;

/** A whole number that `text` says, if it is within the limits. */
const whole = (text, least, most) => {
  const number = text === null || text === "" ? NaN : Number(text);
  return Number.isInteger(number) && number >= least && number <= most ? number : undefined;
};

export class SamplerAttributes extends HTMLElement {
  static observedAttributes = [
    "src",
    "count",
    "seed",
    "label",
    "columns",
    "loading",
    "reveal",
    "controls",
    "mode",
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
    this.setAttribute("src", value);
  }
  /** Samples in the picture. */
  get count() {
    return whole(this.getAttribute("count"), 1, MOST_SAMPLES) ?? this.usualCount;
  }
  set count(value) {
    this.setAttribute("count", value);
  }
  get seed() {
    return whole(this.getAttribute("seed"), 0, Number.MAX_SAFE_INTEGER) ?? 1;
  }
  set seed(value) {
    this.setAttribute("seed", value);
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
    return this.getAttribute("loading") === "eager" ? "eager" : "lazy";
  }
  set loading(value) {
    this.setAttribute("loading", value);
  }
  get reveal() {
    return this.getAttribute("reveal") === "interaction" ? "interaction" : "auto";
  }
  set reveal(value) {
    this.setAttribute("reveal", value);
  }
  get controls() {
    return this.hasAttribute("controls");
  }
  set controls(value) {
    this.toggleAttribute("controls", Boolean(value));
  }
  get mode() {
    const mode = this.getAttribute("mode");
    return MODES.includes(mode) ? mode : "grid";
  }
  set mode(value) {
    this.setAttribute("mode", value);
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
      this.setAttribute(name, value);
    }
  }
}
