// The plane of a run on points: what is drawn on it, and where on the screen.

/**
 * In the page, before its own scripts: keeps the discs that the plane's picture is made of in
 * `window.discs`, in the canvas's own pixels, each with its radius and colour.
 */
export function keepDiscs() {
  window.discs = [];
  const prototype = CanvasRenderingContext2D.prototype;
  const { clearRect, arc } = prototype;
  const isPlane = ({ canvas }) => canvas.closest?.(".lab-plane");
  prototype.clearRect = function (...rest) {
    if (isPlane(this)) window.discs = [];
    return clearRect.apply(this, rest);
  };
  prototype.arc = function (x, y, radius, ...rest) {
    if (isPlane(this)) window.discs.push({ x, y, radius, colour: this.fillStyle });
    return arc.call(this, x, y, radius, ...rest);
  };
}

/**
 * In the page, before its own scripts: runs that are to train stay before their first step. What asks
 * for it (a lesson, say) waits for ever.
 */
export function holdStart() {
  document.addEventListener("gan-playground-ready", () => {
    window.ganPlayground.start = () => new Promise(() => {});
  });
}

/** The plane's parts, as its users find them. */
export function planeOf({ page }) {
  const canvas = page.locator(".lab-plane canvas");
  const layer = (name) => page.getByRole("checkbox", { name, exact: true });
  return {
    canvas,
    layer,

    /** Leaves only the layers that are named. */
    async show(...names) {
      for (const name of ["Real", "Generated", "Discriminator", "Latent grid", "Pulls", "Trails"]) {
        await layer(name).setChecked(names.includes(name));
      }
    },

    /** The share of the picture that is drawn on. */
    share: () =>
      canvas.evaluate((element) => {
        const { width, height } = element;
        const { data } = element.getContext("2d").getImageData(0, 0, width, height);
        let count = 0;
        for (let place = 3; place < data.length; place += 4) count += data[place] > 0 ? 1 : 0;
        return count / (width * height);
      }),

    /** The picture, once it is the same at four looks. */
    async atRest() {
      const seen = [];
      for (;;) {
        seen.push(await canvas.evaluate((element) => element.toDataURL()));
        if (seen.length >= 4 && new Set(seen.slice(-4)).size === 1) return seen.at(-1);
        await page.waitForTimeout(300);
      }
    },

    /** The picture's place in the document, however far the window is scrolled. */
    box: () =>
      canvas.evaluate((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return { x: x + window.scrollX, y: y + window.scrollY, width, height };
      }),

    /** The discs of `keepDiscs`, likewise. */
    discs: () =>
      canvas.evaluate((element) => {
        const box = element.getBoundingClientRect();
        const scale = box.width / element.width;
        const [left, top] = [box.x + window.scrollX, box.y + window.scrollY];
        return window.discs.map(({ x, y, ...rest }) => ({ ...rest, x: left + x * scale, y: top + y * scale }));
      }),

    /** Presses the mouse at a place in the document, and lets it go. */
    async dot({ x, y }) {
      const [left, top] = await page.evaluate(() => [window.scrollX, window.scrollY]);
      await page.mouse.move(x - left, y - top);
      await page.mouse.down();
      await page.mouse.up();
    },
  };
}
