// An image that a reader draws, for a generator that is given pictures.

/** Side of the images that the radii below are for, in pixels. */
const USUAL_SIDE = 28;
/** Radii of dots: a soft one, a thin one for outlines, and a hole. */
const [SOFT, THIN, WIDE] = [1.6, 1.3, 2.5];

export class Board {
  /** What a dot does: `draw`, `erase` or `cut`. */
  tool = "draw";
  /** Whether the pixels are a whole image, of which outlines are still to be taken. */
  isWhole = false;

  #channels;
  #picture;

  /** An empty board of the size of what `generator` makes. */
  constructor({ width, height, channels, picture }) {
    this.width = width;
    this.height = height;
    this.#channels = channels;
    this.#picture = picture;
    /** The channels of a pixel side by side, row by row. */
    this.pixels = new Uint8Array(width * height * channels);
    /** Not 0 where a pixel is missing. */
    this.missing = new Uint8Array(this.isCut ? width * height : 0);
  }

  /** Whether holes can be cut. */
  get isCut() {
    return this.#picture === "masked";
  }

  get isEmpty() {
    return !this.pixels.some((pixel) => pixel > 0) && !this.missing.some((missing) => missing > 0);
  }

  clear() {
    this.pixels.fill(0);
    this.missing.fill(0);
    this.isWhole = false;
  }

  /** The image as RGBA. */
  rgba() {
    const [rgba, channels] = [new Uint8Array(4 * this.width * this.height), this.#channels];
    for (let place = 0; place < rgba.length / 4; place += 1) {
      const pixel = this.pixels.subarray(channels * place, channels * (place + 1));
      rgba.set(channels === 1 ? [pixel[0], pixel[0], pixel[0], 255] : [...pixel.subarray(0, 3), 255], 4 * place);
    }
    return rgba;
  }

  /** Takes a whole image, RGBA, of the board's size. */
  take(rgba) {
    this.clear();
    const luma = ([red, green, blue]) => Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    const channels = this.#channels;
    for (let place = 0; place < this.width * this.height; place += 1) {
      const pixel = rgba.subarray(4 * place, 4 * place + 3);
      this.pixels.set(channels === 1 ? [luma(pixel)] : pixel.subarray(0, channels), channels * place);
    }
    this.isWhole = true;
  }

  /** Goes on with the outlines of a whole image, as RGBA. */
  takeOutlines(rgba) {
    if (this.#picture === "edges" && this.isWhole) {
      for (let at = 0; at < this.pixels.length; at += 1) {
        this.pixels[at] = rgba[4 * Math.floor(at / this.#channels)];
      }
      this.isWhole = false;
    }
  }

  /** Draws from one place to another, both in pixels; dots are closer to each other than a pixel. */
  stroke([x, y], [toX, toY]) {
    const dots = Math.ceil(2 * Math.hypot(toX - x, toY - y));
    for (let dot = 1; dot <= dots; dot += 1) {
      const share = dot / dots;
      this.dab([x + share * (toX - x), y + share * (toY - y)]);
    }
  }

  /** Puts a soft dot at a place in pixels. */
  dab([x, y]) {
    const usual = this.tool === "cut" ? WIDE : this.#picture === "edges" && this.tool === "draw" ? THIN : SOFT;
    const radius = (usual * Math.min(this.width, this.height)) / USUAL_SIDE;
    for (let row = 0; row < this.height; row += 1) {
      for (let column = 0; column < this.width; column += 1) {
        const far = Math.hypot(column + 0.5 - x, row + 0.5 - y);
        const ink = Math.round(255 * Math.min(1, Math.max(0, radius - far)));
        this.#change(row * this.width + column, ink);
      }
    }
  }

  #change(place, ink) {
    const isMuch = ink > 127;
    if (this.tool === "cut") {
      if (isMuch) {
        this.missing[place] = 255;
      }
      return;
    }
    // Who draws over a hole fills it.
    if (isMuch && this.isCut) {
      this.missing[place] = 0;
    }
    for (let at = place * this.#channels; at < (place + 1) * this.#channels; at += 1) {
      const pixel = this.pixels[at];
      this.pixels[at] = this.tool === "draw" ? Math.max(pixel, ink) : Math.min(pixel, 255 - ink);
    }
  }
}
