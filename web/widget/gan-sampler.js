// <gan-sampler>: a trained generator in a page. See README.md.

import { MOST_SAMPLES, SamplerAttributes } from "./element/attributes.js";
import { cover, dress } from "./element/dress.js";
import { acquire, guard, SamplerError } from "./element/generators.js";
import { fillPanel, makeParts } from "./element/parts.js";
import { drawPoints, drawSheet, fileOf, fits, viewOf } from "./element/picture.js";
import { drawn, inputSize, isAlike } from "./element/sampling.js";
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
  /** The generator that is loaded or on its way, as `acquire` gives it; another one for each load. */
  #held;
  #generator;
  #steering;
  /** The part of the plane that is shown, of points. */
  #view;
  /** Changes with the generator and with its inputs: a picture of old ones is not finished. */
  #job = 0;
  #isDrawing = false;
  #isChanged = false;
  #stale = false;
  /** Whether the samples are others than those that were announced. */
  #isNew = false;
  #waiting = [];
  /** Which exchange, or change of `src`, was asked for last. */
  #wish = 0;
  /** Whether a new `src` is to be written down and no more. */
  #isNamed = false;

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
    // An element that is only moved keeps what it has.
    queueMicrotask(() => this.isConnected || this.#drop());
  }

  attributeChangedCallback(name, before, now) {
    if (before === now || !this.isConnected) {
      return;
    }
    if (name === "src") {
      if (this.#isNamed) {
        return;
      }
      this.#wish += 1;
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
    if (["count", "seed", "mode", "label", "columns"].includes(name)) {
      this.#draw();
    } else {
      this.#describe();
    }
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
    if (numbers.length / size > MOST_SAMPLES) {
      throw new SamplerError("usage", `latent: holds ${numbers.length / size} inputs; ${MOST_SAMPLES} are allowed`);
    }
    this.count = numbers.length / size;
    for (const code of this.#steering.codes) {
      code.value = undefined;
    }
    this.#steering.set(numbers);
    // A picture of other inputs is not finished.
    this.#job += 1;
    this.#isNew = true;
    this.#dress();
    this.#draw();
  }

  /** Draws new samples; settles when they are on the screen. */
  async sample() {
    // Whoever asks for samples gets them, even if nobody sees the element.
    const settled = this.#settled();
    this.#load();
    if (this.#generator) {
      this.seed = (this.seed + 1) % Number.MAX_SAFE_INTEGER;
    }
    await settled;
  }

  /**
   * Takes the generator at `src` in place of the one that is shown, as soon as it is there. What a reader
   * has set stays, if both take the same inputs; else, and where it cannot be had, it is as if `src` were set.
   */
  async exchange(src) {
    this.#wish += 1;
    const [wish, before] = [this.#wish, this.#generator];
    if (!before || src === this.src) {
      this.src = src;
      return;
    }
    const { generator: coming, release } = acquire(new URL(src, this.baseURI).href, () => {});
    const generator = await coming.catch((error) => error);
    if (wish !== this.#wish || before !== this.#generator) {
      // Another one has been asked for meanwhile, or this one let go of.
      release();
    } else if (generator instanceof Error) {
      release();
      this.#name(src);
      this.#fail(generator);
    } else if (isAlike(before, generator)) {
      this.#held.release();
      this.#job += 1;
      this.#held = { release };
      this.#generator = this.#steering.generator = generator;
      this.#name(src);
      this.#dress();
      await this.#draw();
    } else {
      this.src = src;
      release();
    }
  }

  /** Writes down the `src` of what is there already, or is known to fail. */
  #name(src) {
    this.#isNamed = true;
    this.src = src;
    this.#isNamed = false;
  }

  /** The picture as a file. */
  async toBlob(type = "image/png") {
    if (this.#parts.canvas.hidden) {
      const settled = this.#settled();
      this.#load();
      this.#draw();
      await settled;
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
    if (this.#held || !this.src || !this.isConnected) {
      return;
    }
    const held = (this.#held = { release() {} });
    const isCurrent = () => this.#held === held;
    this.#cover("loading");
    try {
      const url = new URL(this.src, this.baseURI).href;
      const acquired = acquire(url, (loaded, total) => isCurrent() && this.#progress(loaded, total));
      held.release = acquired.release;
      const generator = await acquired.generator;
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
    this.#letGo(new SamplerError("usage", "`src` changed, or the element was taken out of the page"));
    this.#view = undefined;
    this.#parts.canvas.hidden = true;
    this.#parts.cover.hidden = true;
  }

  #letGo(reason) {
    this.#held?.release();
    this.#job += 1;
    this.#held = this.#generator = this.#steering = undefined;
    for (const { reject } of this.#waiting.splice(0)) {
      reject(reason);
    }
  }

  #progress(loaded, total) {
    const { progress } = this.#parts;
    if (total) {
      [progress.max, progress.value] = [total, loaded];
    }
    this.#tell("progress", { loaded, total });
  }

  #fail(error) {
    guard(error);
    const code = error.code ?? "module";
    const message = String(error.message ?? error);
    this.#letGo(error);
    this.#cover("failed", message);
    this.#dress();
    this.#tell("error", { code, message });
  }

  /** Settles with the next picture. */
  #settled() {
    if (!this.src || !this.isConnected) {
      const message = "there is nothing to sample: no `src`, or not in a page";
      return Promise.reject(new SamplerError("usage", message));
    }
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  // ---- samples ----

  /** Draws inputs anew; a picture of others is not finished. */
  #anew() {
    this.#job += 1;
    try {
      this.#steering?.begin(this.seed, this.count);
    } catch (error) {
      this.#fail(error);
    }
    this.#isNew = true;
    [this.#parts.across.value, this.#parts.up.value, this.#parts.share.value] = [0, 0, 0];
  }

  /** The inputs as they are shown. */
  #shown() {
    return this.#steering.inputs(this.mode, Number(this.#parts.share.value));
  }

  #isMorphing() {
    return this.#steering?.isMorphing(this.mode) ?? false;
  }

  /** Draws, now or as soon as the picture in hand is done: the newest wish is what counts. */
  async #draw({ isFirst = false } = {}) {
    if (!this.#generator) {
      return;
    }
    // What nobody sees waits until somebody does.
    this.#stale = !this.#isNear && !isFirst && this.#waiting.length === 0;
    if (this.#stale) {
      return;
    }
    this.#isChanged = true;
    if (this.#isDrawing) {
      return;
    }
    this.#isDrawing = true;
    try {
      while (this.#isChanged && this.#generator) {
        this.#isChanged = false;
        await this.#drawOnce(isFirst);
      }
    } finally {
      this.#isDrawing = false;
    }
  }

  async #drawOnce(isFirst) {
    const [generator, job] = [this.#generator, this.#job];
    const isWanted = () => job === this.#job;
    try {
      const begun = performance.now();
      const inputs = this.#shown();
      const count = inputs.length / inputSize(generator);
      if (this.label !== null && this.label >= Math.max(1, generator.classes)) {
        throw new SamplerError("usage", `label: is ${this.label}; there are ${generator.classes} classes`);
      }
      if (!fits(generator, count)) {
        throw new SamplerError("usage", `count: ${count} images of this size are more than a picture holds`);
      }
      const first = this.#steering.first(this.mode, Number(this.#parts.share.value));
      const labels = this.#steering.labels(first, count, this.label);
      const found = await drawn(generator, inputs, labels, first, isWanted);
      if (found && isWanted()) {
        this.#show(found, count, performance.now() - begun, isFirst);
      }
    } catch (error) {
      if (isWanted()) {
        this.#fail(error);
      }
    }
  }

  #show(found, count, ms, isFirst) {
    const { canvas, cover, poster, fallback } = this.#parts;
    const hadFocus = this.shadowRoot.activeElement === this.#parts.act;
    for (const part of [cover, poster, fallback]) {
      part.hidden = true;
    }
    canvas.hidden = false;
    if (this.#generator.width > 0) {
      drawSheet(canvas, found, this.#generator, count, this.#isMorphing() ? 1 : this.columns);
    } else {
      this.#view ??= viewOf(found);
      drawPoints(canvas, found, this.#view, getComputedStyle(canvas).color);
    }
    canvas.classList.toggle("fresh", isFirst);
    this.#describe();
    if (this.#isNew) {
      this.#isNew = false;
      this.#parts.told.textContent = this.#words().shown(count);
    }
    if (hadFocus) {
      // The button that had it is gone.
      this.#parts.frame.focus();
    }
    const { seed, label } = this;
    const waiting = this.#waiting.splice(0);
    this.#tell("sample", { count, seed, label, ms });
    for (const { resolve } of waiting) {
      resolve();
    }
  }

  /** Says what the picture shows. */
  #describe() {
    if (!this.#generator) {
      return;
    }
    const [words, count] = [this.#words(), this.#isMorphing() ? 1 : this.count];
    const described = this.#generator.width > 0 ? words.images(count) : words.points(count);
    this.#parts.canvas.setAttribute("aria-label", this.alt || described);
  }

  // ---- looks ----

  #words() {
    return wordsOf(this.lang || this.closest("[lang]")?.lang || navigator.language);
  }

  /** A message, progress or a button over the picture. */
  #cover(kind, message) {
    cover(this.#parts, this.#words(), kind, message);
  }

  /** Brings texts, sizes and controls up to date. */
  #dress() {
    const state = {
      generator: this.#generator,
      steering: this.#steering,
      isMorphing: this.#isMorphing(),
      isIdle: !this.#held && this.reveal === "interaction",
    };
    dress(this.#parts, this.#words(), this, state, (index) => this.#pick(index));
    if (this.#parts.codes.hidden) {
      this.#openPanel(false);
    }
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
      const picture = await this.toBlob().catch(() => null);
      if (!picture) {
        return;
      }
      link.href = URL.createObjectURL(picture);
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
