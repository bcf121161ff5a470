// <gan-sampler>: a trained generator in a page. See README.md.

import { SamplerAttributes } from "./element/attributes.js";
import { Drawing } from "./element/drawing.js";
import { Easel } from "./element/easel.js";
import { SamplerError } from "./element/error.js";
import { Face } from "./element/face.js";
import { Given } from "./element/given.js";
import { Loading } from "./element/loading.js";
import { useWasm, wasmInUse } from "./element/module.js";
import { fileOf, fits } from "./element/picture.js";
import { drawn, inputSize, isAlike, panesOf } from "./element/sampling.js";
import { Steering } from "./element/steering.js";
import { takeOver } from "./element/upgrade.js";

/** Samples where nobody says how many. */
const [IMAGES, POINTS] = [16, 1000];
/** How near an element must come to the window to be loaded. */
const NEAR = "200px";

export class GanSampler extends SamplerAttributes {
  #face = new Face(this, {
    isThere: () => Boolean(this.#generator && !this.#easel.board),
    load: () => this.#load(),
    codes: () => this.#steering.codes,
    walkTo: (u, v) => this.#walkTo(u, v),
    move: (direction, by) => {
      this.#steering.moves[direction] = by;
      this.#draw();
    },
    draw: () => this.#draw(),
    back: () => this.#goBack(),
    easel: () => this.#easel,
  });
  #near;
  #isNear = false;
  #loading = new Loading();
  #drawing = new Drawing();
  #given = new Given(this);
  #steering;
  /** What a reader draws on, for a generator that is given pictures. */
  #easel = new Easel(this, {
    changed: () => this.#showDrawing(),
    failed: (error) => this.#fail(error),
    refused: ({ code, message }) => {
      this.#face.refusePicture(message);
      this.#tell("error", { code, message });
    },
  });
  #stale = false;
  /** Whether the element itself is writing down an attribute, and no more is to be done about it. */
  #isWriting = false;

  constructor() {
    super();
    takeOver(this);
  }

  connectedCallback() {
    takeOver(this);
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
    const isMoot = name === "latent" && !this.#given.isAttribute;
    if (before === now || !this.isConnected || this.#isWriting || isMoot) {
      return;
    }
    if (["src", "count", "seed"].includes(name) && this.#generator) {
      // Latents that wait for a generator go on waiting.
      this.#given.spend();
    }
    if (name === "src") {
      this.#loading.supersede();
      this.#drop();
      this.#dress();
      this.#begin();
      return;
    }
    if (["count", "seed", "latent", "mode"].includes(name)) {
      this.#anew();
    }
    if (name === "picture") {
      this.#easel.restart();
    }
    if (name === "seed") {
      this.#easel.cut(this.seed);
    }
    this.#dress();
    this.#begin();
    if (["count", "seed", "latent", "mode", "label", "columns", "truncation"].includes(name)) {
      this.#draw();
    } else {
      this.#describe();
    }
  }

  // ---- what scripts see, beside the attributes ----

  /** Where the module is, or the module itself, where it does not lie beside the script. */
  static get wasm() {
    return wasmInUse();
  }
  static set wasm(source) {
    useWasm(source);
  }

  /** The inputs of all samples, one after another; before the generator is there those that wait for it. */
  get latent() {
    return this.#steering ? this.#shown() : (this.#given.latent?.slice() ?? null);
  }
  set latent(values) {
    this.#given.set(values);
    this.#steering?.release();
    this.#anew();
    this.#dress();
    this.#begin();
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
    this.#loading.supersede();
    const before = this.#generator;
    if (!before || src === this.src) {
      this.src = src;
      return;
    }
    const suits = (generator) => {
      const isSame = isAlike(before, generator);
      if (!isSame) {
        this.src = src;
      }
      return isSame;
    };
    try {
      const generator = await this.#loading.exchange(new URL(src, this.baseURI).href, suits);
      if (!generator || generator !== this.#generator) {
        return;
      }
      this.#drawing.supersede();
      this.#steering.generator = this.#easel.generator = generator;
      this.#write("src", src);
    } catch (error) {
      this.#write("src", src);
      this.#fail(error);
      return;
    }
    this.#dress();
    await this.#draw();
  }

  /** The picture as a file. */
  async toBlob(type = "image/png") {
    if (this.#face.canvas.hidden) {
      const settled = this.#settled();
      this.#load();
      this.#draw();
      await settled;
    }
    return fileOf(this.#face.canvas, type);
  }

  /** Writes down as an attribute what is so already. */
  #write(name, value) {
    this.#isWriting = true;
    this[name] = value;
    this.#isWriting = false;
  }

  // ---- loading ----

  get #generator() {
    return this.#loading.generator;
  }

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
    if (this.#loading.isHeld || !this.src || !this.isConnected) {
      return;
    }
    this.#face.cover("loading");
    try {
      const address = new URL(this.src, this.baseURI).href;
      const generator = await this.#loading.load(address, (loaded, total) => {
        this.#face.progress(loaded, total);
        this.#tell("progress", { loaded, total });
      });
      if (!generator || generator !== this.#generator) {
        return;
      }
      this.#steering = new Steering(generator);
      await this.#easel.begin(generator);
      if (generator !== this.#generator) {
        return;
      }
      this.usualCount = generator.width > 0 ? IMAGES : POINTS;
      this.#place();
      this.#dress();
      const { width, height, classes, latentSize, step, picture } = generator;
      this.#tell("load", { width, height, classes, latentSize, step, picture });
    } catch (error) {
      this.#fail(error);
      return;
    }
    await this.#draw({ isFirst: true });
  }

  /** Lets go of the generator, and of its picture. */
  #drop() {
    this.#letGo(new SamplerError("usage", "`src` changed, or the element was taken out of the page"));
    this.#face.clear();
  }

  #letGo(reason) {
    this.#loading.letGo();
    this.#easel.letGo();
    this.#steering = undefined;
    this.#drawing.refuse(reason);
  }

  #fail(error) {
    const code = error.code ?? "module";
    const message = String(error.message ?? error);
    this.#letGo(error);
    this.#face.cover("failed", message);
    this.#dress();
    this.#tell("error", { code, message });
  }

  /** Settles with the next picture. */
  #settled() {
    if (!this.src || !this.isConnected) {
      const message = "there is nothing to sample: no `src`, or not in a page";
      return Promise.reject(new SamplerError("usage", message));
    }
    return this.#drawing.next();
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  // ---- samples ----

  /** Takes the inputs that are given, or has the seed draw them. A picture of others is not finished. */
  #place() {
    this.#drawing.supersede();
    this.#face.begin();
    if (this.#easel.board) {
      if (this.#given.latent) {
        throw new SamplerError("usage", "latent: a generator that is given pictures draws its own");
      }
      this.#steering.begin(this.seed, 1, null);
    } else if (this.#generator) {
      const write = (count) => this.#write("count", count);
      const given = this.#given.taken(inputSize(this.#generator), write);
      this.#steering.begin(this.seed, this.count, given);
    }
  }

  #anew() {
    try {
      this.#place();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The inputs as they are shown. */
  #shown() {
    return this.#steering.inputs(this.mode, this.#face.share);
  }

  #isMorphing() {
    return this.#steering?.isMorphing(this.mode) ?? false;
  }

  async #draw({ isFirst = false } = {}) {
    if (!this.#generator) {
      return;
    }
    // What nobody sees waits until somebody does.
    this.#stale = !this.#isNear && !isFirst && !this.#drawing.isAwaited;
    if (!this.#stale) {
      await this.#drawing.draw((isWanted) => this.#drawOnce(isWanted, isFirst));
    }
  }

  async #drawOnce(isWanted, isFirst) {
    const generator = this.#generator;
    // A board comes a little later than its generator.
    if (!generator || (generator.picture && !this.#easel.board)) {
      return;
    }
    try {
      const begun = performance.now();
      if (this.label !== null && this.label >= Math.max(1, generator.classes)) {
        throw new SamplerError("usage", `label: is ${this.label}; there are ${generator.classes} classes`);
      }
      if (this.#easel.board) {
        const images = this.#easel.images(this.seed, this.label ?? 0);
        this.#show(images, panesOf(generator), performance.now() - begun, isFirst);
        return;
      }
      if (this.mode === "draw") {
        throw new SamplerError("usage", "mode: this generator is given no pictures that could be drawn");
      }
      if (this.mode === "edit" && generator.directions.length === 0) {
        throw new SamplerError("usage", "mode: this generator's file names no directions");
      }
      const { truncation } = this;
      if (truncation !== 1 && !generator.isStyled) {
        throw new SamplerError("usage", "truncation: this generator has no style");
      }
      const inputs = this.#shown();
      const count = inputs.length / inputSize(generator);
      if (!fits(generator, count)) {
        throw new SamplerError("usage", `count: ${count} images of this size are more than a picture holds`);
      }
      const first = this.#steering.first(this.mode, this.#face.share);
      const labels = this.#steering.labels(first, count, this.label);
      const found = await drawn(generator, inputs, labels, { first, truncation }, isWanted);
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
    const { board } = this.#easel;
    const columns = board ? count : this.#isMorphing() ? 1 : this.columns;
    this.#face.show(found, this.#generator, count, { columns, isFirst });
    const { seed, label } = this;
    const answer = this.#drawing.answer();
    this.#tell("sample", { count: board ? 1 : count, seed, label, ms });
    answer();
  }

  #describe() {
    if (this.#generator) {
      this.#face.describe(this.#generator, this.#isMorphing() ? 1 : this.count);
    }
  }

  /** Brings texts, sizes and controls up to date. */
  #dress() {
    const state = {
      generator: this.#generator,
      steering: this.#steering,
      board: this.#easel.board,
      mode: this.#easel.board ? "draw" : this.mode,
      isMorphing: this.#isMorphing(),
      isIdle: !this.#loading.isHeld && this.reveal === "interaction",
    };
    this.#face.dress(state, (index) => this.#pick(index));
  }

  // ---- what readers do ----

  /** Shows a drawing that has changed. */
  #showDrawing() {
    this.#dress();
    this.#draw();
  }

  #pick(index) {
    const count = this.#steering.pick(index);
    this.#face.resetShare();
    this.#dress();
    this.#face.tellPicked(count, this.#isMorphing());
    if (this.#isMorphing()) {
      this.#draw();
    }
  }

  #goBack() {
    this.#steering.picks = [];
    this.#dress();
    this.#draw();
    this.#face.focusPicks();
  }

  #walkTo(u, v) {
    const within = (x) => Math.min(1, Math.max(-1, x));
    this.#steering.walk = [within(u), within(v)];
    this.#face.place(this.#steering.walk);
    this.#draw();
  }
}

if (globalThis.customElements && !customElements.get("gan-sampler")) {
  customElements.define("gan-sampler", GanSampler);
}
