// <gan-sampler>: a trained generator in a page. See README.md.

import { SamplerAttributes } from "./element/attributes.js";
import { acquire, release, SamplerError } from "./element/generators.js";
import { fillPanel, makeParts } from "./element/parts.js";
import { drawPoints, drawSheet, fileOf, viewOf } from "./element/picture.js";
import { drawn, inputSize } from "./element/sampling.js";
import { Steering } from "./element/steering.js";
import { styleSheet } from "./element/style.js";
import { wordsOf } from "./element/words.js";

/** Samples where nobody says how many. */
const [IMAGES, POINTS] = [16, 1000];
/** How near an element must come to the window to be loaded. */
const NEAR = "200px";

export class GanSampler extends SamplerAttributes {
  #parts = makeParts();
  #near;
  #isNear = false;
  /** The address that is loaded or on its way; changes with `src`. */
  #url;
  #generator;
  #steering;
  /** The part of the plane that is shown, of points. */
  #view;
  /** Counts the pictures that were begun: only the newest one is shown. */
  #job = 0;
  #stale = false;
  #waiting = [];

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [styleSheet()];
    const { frame, toolbar, told } = this.#parts;
    root.append(frame, toolbar, told);
    this.#listen();
  }

  connectedCallback() {
    this.#near = new IntersectionObserver(([...entries]) => this.#seen(entries.at(-1).isIntersecting), {
      rootMargin: NEAR,
    });
    this.#near.observe(this);
    this.#dress();
    if (this.loading === "eager" && this.reveal !== "interaction") {
      this.#load();
    }
  }

  disconnectedCallback() {
    this.#near.disconnect();
    this.#isNear = false;
    this.#drop();
  }

  attributeChangedCallback(name, before, now) {
    if (before === now || !this.isConnected) {
      return;
    }
    if (name === "src") {
      this.#drop();
      this.#dress();
      this.#begin();
      return;
    }
    if (name === "count" || name === "seed" || name === "mode") {
      this.#anew();
    }
    this.#dress();
    this.#begin();
    this.#draw();
  }

  // ---- what scripts see, beside the attributes ----

  /** The inputs of all samples, one after another; `null` before the generator is there. */
  get latent() {
    return this.#steering ? this.#shown() : null;
  }
  set latent(values) {
    const size = this.#generator && inputSize(this.#generator);
    const numbers = Float32Array.from(values);
    if (!size || numbers.length === 0 || numbers.length % size !== 0 || !numbers.every(Number.isFinite)) {
      const wanted = size ? `whole inputs of ${size} finite numbers` : "a generator that is loaded";
      throw new SamplerError("usage", `latent: asks for ${wanted}`);
    }
    this.count = numbers.length / size;
    for (const code of this.#steering.codes) {
      code.value = undefined;
    }
    this.#steering.set(numbers);
    this.#dress();
    this.#draw();
  }

  /** Draws new samples; settles when they are on the screen. */
  async sample() {
    if (!this.src || !this.isConnected) {
      throw new SamplerError("usage", "there is nothing to sample: no `src`, or not in a page");
    }
    // Whoever asks for samples gets them, even if nobody sees the element.
    const settled = this.#settled();
    this.#load();
    if (this.#generator) {
      this.seed = (this.seed + 1) % Number.MAX_SAFE_INTEGER;
    }
    await settled;
  }

  /** The picture as a file. */
  async toBlob(type = "image/png") {
    if (this.#parts.canvas.hidden) {
      await this.#settled();
    }
    return fileOf(this.#parts.canvas, type);
  }

  // ---- loading ----

  #seen(isNear) {
    this.#isNear = isNear;
    this.#begin();
    if (isNear && this.#stale) {
      this.#draw();
    }
  }

  /** Loads what is due without anyone asking for it. */
  #begin() {
    if (this.#isNear && this.reveal === "auto") {
      this.#load();
    }
  }

  async #load() {
    if (this.#url !== undefined || !this.src || !this.isConnected) {
      return;
    }
    const url = new URL(this.src, this.baseURI).href;
    this.#url = url;
    this.#cover("loading");
    const isCurrent = () => this.#url === url && this.isConnected;
    try {
      const generator = await acquire(url, (loaded, total) => {
        if (isCurrent()) {
          this.#progress(loaded, total);
        }
      });
      if (!isCurrent()) {
        return;
      }
      this.#generator = generator;
      this.#steering = new Steering(generator);
      this.usualCount = generator.width > 0 ? IMAGES : POINTS;
      this.#anew();
      this.#dress();
      const { width, height, classes, latentSize, step } = generator;
      this.#tell("load", { width, height, classes, latentSize, step });
      await this.#draw({ isFirst: true });
    } catch (error) {
      if (isCurrent()) {
        this.#fail(error);
      }
    }
  }

  /** Lets go of the generator. */
  #drop() {
    if (this.#url !== undefined) {
      release(this.#url);
    }
    this.#job += 1;
    this.#url = this.#generator = this.#steering = this.#view = undefined;
    this.#parts.canvas.hidden = true;
    this.#parts.cover.hidden = true;
  }

  #progress(loaded, total) {
    const { progress } = this.#parts;
    if (total) {
      [progress.max, progress.value] = [total, loaded];
    }
    this.#tell("progress", { loaded, total });
  }

  #fail(error) {
    const code = error.code ?? "module";
    const message = String(error.message ?? error);
    release(this.#url);
    this.#job += 1;
    this.#url = this.#generator = this.#steering = undefined;
    this.#cover("failed", message);
    this.#dress();
    for (const { reject } of this.#waiting.splice(0)) {
      reject(error);
    }
    this.#tell("error", { code, message });
  }

  #settled() {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  // ---- samples ----

  /** Draws inputs anew. */
  #anew() {
    this.#steering?.begin(this.seed, this.count);
    [this.#parts.across.value, this.#parts.up.value, this.#parts.share.value] = [0, 0, 0];
  }

  /** The inputs as they are shown. */
  #shown() {
    return this.#steering.inputs(this.mode, Number(this.#parts.share.value));
  }

  #isMorphing() {
    return this.#steering?.isMorphing(this.mode) ?? false;
  }

  async #draw({ isFirst = false } = {}) {
    const generator = this.#generator;
    if (!generator) {
      return;
    }
    // What nobody sees waits until somebody does.
    this.#stale = !this.#isNear && !isFirst && this.#waiting.length === 0;
    if (this.#stale) {
      return;
    }
    this.#job += 1;
    const job = this.#job;
    const isWanted = () => job === this.#job;
    const begun = performance.now();
    let found;
    const inputs = this.#shown();
    const count = inputs.length / inputSize(generator);
    try {
      if (this.label !== null && this.label >= Math.max(1, generator.classes)) {
        throw new SamplerError("usage", `label: is ${this.label}; there are ${generator.classes} classes`);
      }
      found = await drawn(generator, inputs, this.#steering.labels(this.mode, count, this.label), isWanted);
    } catch (error) {
      if (isWanted()) {
        this.#fail(error);
      }
      return;
    }
    if (found && isWanted()) {
      this.#show(found, count, performance.now() - begun, isFirst);
    }
  }

  #show(found, count, ms, isFirst) {
    const { canvas, cover, poster, fallback, told } = this.#parts;
    for (const part of [cover, poster, fallback]) {
      part.hidden = true;
    }
    canvas.hidden = false;
    if (this.#generator.width > 0) {
      drawSheet(canvas, found, this.#generator, count, this.#isMorphing() ? 1 : this.columns);
    } else {
      this.#view ??= viewOf(found);
      drawPoints(canvas, found, this.#view, this.#color());
    }
    canvas.classList.toggle("fresh", isFirst);
    const words = this.#words();
    const described = this.#generator.width > 0 ? words.images(count) : words.points(count);
    canvas.setAttribute("aria-label", this.alt || described);
    told.textContent = this.#isMorphing() ? "" : words.shown(count);
    const waiting = this.#waiting.splice(0);
    const { seed, label } = this;
    this.#tell("sample", { count, seed, label, ms });
    for (const { resolve } of waiting) {
      resolve();
    }
  }

  #color() {
    return getComputedStyle(this.#parts.progress).accentColor.replace("auto", "#9aa4ff");
  }

  // ---- looks ----

  #words() {
    return wordsOf(this.lang || this.closest("[lang]")?.lang || navigator.language);
  }

  /** A message, progress or a button over the picture. */
  #cover(kind, message) {
    const { cover, say, progress, act, canvas } = this.#parts;
    const words = this.#words();
    cover.hidden = false;
    this.#parts.fallback.hidden = true;
    cover.classList.toggle("veil", kind === "failed" || !canvas.hidden);
    cover.setAttribute("role", kind === "failed" ? "alert" : "group");
    cover.setAttribute("part", kind === "failed" ? "error" : "cover");
    progress.hidden = kind !== "loading";
    progress.removeAttribute("value");
    progress.setAttribute("aria-label", words.loading);
    act.hidden = kind === "loading";
    act.textContent = kind === "failed" ? words.retry : words.show;
    say.hidden = kind !== "failed";
    say.textContent = message ? `${words.failed} ${message}` : "";
  }

  /** Brings texts, sizes and controls up to date; nothing moves on the page by it. */
  #dress() {
    const parts = this.#parts;
    const [words, mode, generator] = [this.#words(), this.mode, this.#generator];
    const { columns, count } = this;
    const isPoints = generator?.width === 0;
    const rows = isPoints ? columns : Math.ceil(count / columns);
    parts.frame.style.aspectRatio = `${columns} / ${rows}`;
    parts.frame.classList.toggle("walks", mode === "walk" && Boolean(generator));
    parts.toolbar.hidden = !this.controls;
    parts.poster.hidden = !this.poster || !parts.canvas.hidden;
    if (this.poster && parts.poster.getAttribute("src") !== this.poster) {
      parts.poster.src = new URL(this.poster, this.baseURI).href;
    }
    parts.poster.alt = this.alt;
    if (this.#url === undefined && this.reveal === "interaction" && parts.cover.hidden) {
      this.#cover("idle");
    }
    parts.fallback.hidden = Boolean(this.poster) || !parts.canvas.hidden || !parts.cover.hidden;
    for (const [name, text] of [
      ["again", words.again],
      ["codes", words.codes],
      ["back", words.back],
      ["download", "PNG"],
    ]) {
      parts[name].textContent = text;
    }
    parts.download.setAttribute("aria-label", words.download);
    parts.classes.setAttribute("aria-label", words.class);
    parts.across.setAttribute("aria-label", words.across);
    parts.up.setAttribute("aria-label", words.up);
    parts.share.setAttribute("aria-label", words.morph);
    parts.toolbar.setAttribute("aria-label", words.images(count));
    parts.picks.setAttribute("aria-label", words.pick);
    parts.panel.setAttribute("aria-label", words.codes);
    for (const name of ["again", "download", "codes", "classes", "across", "up"]) {
      parts[name].disabled = !generator;
    }
    parts.across.hidden = parts.up.hidden = mode !== "walk";
    parts.share.hidden = mode !== "morph";
    parts.share.disabled = !this.#isMorphing();
    parts.back.hidden = !this.#isMorphing();
    parts.codes.hidden = !this.#steering?.codes.length;
    if (parts.codes.hidden) {
      this.#openPanel(false);
    }
    this.#dressClasses(words);
    this.#dressPicks(words, count, columns);
  }

  #dressClasses(words) {
    const { classes } = this.#parts;
    const count = this.#generator?.classes ?? 0;
    classes.hidden = count === 0;
    if (classes.options.length !== count + 1 || classes.options[0]?.text !== words.all) {
      const options = Array.from({ length: count }, (_, i) => new Option(String(i), String(i)));
      classes.replaceChildren(new Option(words.all, ""), ...options);
    }
    classes.value = this.label === null ? "" : String(this.label);
  }

  /** One button on each sample, to be picked; only where that is what the mode is for. */
  #dressPicks(words, count, columns) {
    const { picks } = this.#parts;
    const isOffered = this.mode === "morph" && Boolean(this.#generator?.width) && !this.#isMorphing();
    picks.hidden = !isOffered;
    if (!isOffered) {
      return;
    }
    picks.style.gridTemplateColumns = `repeat(${columns}, 1fr)`;
    picks.style.gridTemplateRows = `repeat(${Math.ceil(count / columns)}, 1fr)`;
    if (picks.children.length !== count) {
      const button = (_, index) => {
        const pick = document.createElement("button");
        pick.type = "button";
        pick.addEventListener("click", () => this.#pick(index));
        return pick;
      };
      picks.replaceChildren(...Array.from({ length: count }, button));
    }
    [...picks.children].forEach((pick, index) => {
      pick.setAttribute("aria-label", words.sample(index + 1));
      pick.setAttribute("aria-pressed", String(this.#steering.picks.includes(index)));
    });
  }

  // ---- what readers do ----

  #pick(index) {
    const { picks } = this.#steering;
    const at = picks.indexOf(index);
    if (at >= 0) {
      picks.splice(at, 1);
    } else {
      picks.push(index);
    }
    this.#parts.share.value = 0;
    this.#dress();
    this.#parts.told.textContent = picks.length ? this.#words().picked(picks.length) : "";
    if (this.#isMorphing()) {
      this.#draw();
      this.#parts.share.focus();
    }
  }

  #openPanel(isOpen) {
    const { panel, codes } = this.#parts;
    panel.hidden = !isOpen;
    codes.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) {
      fillPanel(panel, this.#steering.codes, this.#words(), () => this.#draw());
    }
  }

  #walkTo(u, v) {
    const within = (x) => Math.min(1, Math.max(-1, x));
    const walk = [within(u), within(v)];
    this.#steering.walk = walk;
    [this.#parts.across.value, this.#parts.up.value] = walk;
    this.#draw();
  }

  #listen() {
    const parts = this.#parts;
    const on = (part, type, handler) => parts[part].addEventListener(type, handler);
    // What fails is said in the element, and by its event.
    on("again", "click", () => this.sample().catch(() => {}));
    on("act", "click", () => this.#load());
    on("classes", "change", () => {
      this.label = parts.classes.value === "" ? null : Number(parts.classes.value);
    });
    on("codes", "click", () => this.#openPanel(parts.panel.hidden));
    on("across", "input", () => this.#walkTo(Number(parts.across.value), Number(parts.up.value)));
    on("up", "input", () => this.#walkTo(Number(parts.across.value), Number(parts.up.value)));
    on("share", "input", () => this.#draw());
    on("back", "click", () => {
      this.#steering.picks = [];
      this.#dress();
      this.#draw();
      parts.picks.firstElementChild?.focus();
    });
    on("download", "click", async () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await this.toBlob());
      link.download = "samples.png";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
    const drag = (event) => {
      if (this.mode !== "walk" || !this.#generator || event.buttons === 0) {
        return;
      }
      const box = parts.canvas.getBoundingClientRect();
      const place = (at, from, length) => (2 * (at - from)) / length - 1;
      this.#walkTo(place(event.clientX, box.left, box.width), -place(event.clientY, box.top, box.height));
    };
    on("canvas", "pointerdown", (event) => {
      if (this.mode === "walk") {
        parts.canvas.setPointerCapture(event.pointerId);
        drag(event);
      }
    });
    on("canvas", "pointermove", drag);
  }
}

if (!customElements.get("gan-sampler")) {
  customElements.define("gan-sampler", GanSampler);
}
