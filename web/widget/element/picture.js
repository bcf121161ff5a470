// Samples on a canvas.

/** Between two images, in pixels of the images. */
const GAP = 1;
/** Room around points, as a share of what they take. */
const MARGIN = 0.15;

/** Size of a sheet of `count` images in `columns`, in pixels. */
export function sheetSize({ width, height }, count, columns) {
  const rows = Math.ceil(count / columns);
  return [columns * (width + GAP) - GAP, rows * (height + GAP) - GAP];
}

/** Puts `pixels`, RGBA image after image, into the canvas. */
export function drawSheet(canvas, pixels, shape, count, columns) {
  const { width, height } = shape;
  [canvas.width, canvas.height] = sheetSize(shape, count, columns);
  const context = canvas.getContext("2d");
  for (let index = 0; index < count; index += 1) {
    const image = new ImageData(
      new Uint8ClampedArray(pixels.buffer, pixels.byteOffset + index * width * height * 4, width * height * 4),
      width,
      height,
    );
    const [row, column] = [Math.floor(index / columns), index % columns];
    context.putImageData(image, column * (width + GAP), row * (height + GAP));
  }
}

/** The square that holds all but a few of the `points`, as `[x, y, half a side]`. */
export function viewOf(points) {
  const middle = (offset) => {
    const sorted = points.filter((_, i) => i % 2 === offset).sort();
    const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
    return [(at(0.01) + at(0.99)) / 2, (at(0.99) - at(0.01)) / 2];
  };
  const [[x, halfWidth], [y, halfHeight]] = [middle(0), middle(1)];
  return [x, y, (Math.max(halfWidth, halfHeight) || 1) * (1 + 2 * MARGIN)];
}

/** Puts points into the canvas, as many device pixels large as it is on the screen. */
export function drawPoints(canvas, points, [x, y, half], color) {
  const side = Math.max(64, Math.round(canvas.clientWidth * (globalThis.devicePixelRatio || 1)));
  [canvas.width, canvas.height] = [side, side];
  const context = canvas.getContext("2d");
  context.fillStyle = color;
  context.globalAlpha = 0.75;
  const radius = Math.max(1.5, side / 180);
  for (let i = 0; i + 1 < points.length; i += 2) {
    context.beginPath();
    const across = (0.5 + (points[i] - x) / (2 * half)) * side;
    const down = (0.5 - (points[i + 1] - y) / (2 * half)) * side;
    context.arc(across, down, radius, 0, 2 * Math.PI);
    context.fill();
  }
}

/** Whether a sheet of so many images is one that a canvas holds. */
export function fits({ width, height }, count) {
  return count * width * height <= 2 ** 24;
}

/** The picture as a file, no smaller than 512 pixels where it has whole pixels to enlarge. */
export function fileOf(canvas, type) {
  const factor = Math.max(1, Math.floor(512 / Math.max(canvas.width, canvas.height, 1)));
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [canvas.width * factor, canvas.height * factor];
  const context = copy.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, 0, copy.width, copy.height);
  return new Promise((resolve, reject) => {
    copy.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(`no picture of type ${type}`))), type);
  });
}
