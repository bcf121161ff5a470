// A picture of the reader's or of the page's, as pixels.

import { SamplerError } from "./error.js";

/**
 * The middle of the picture at `url`, as large as can be, as RGBA pixels of `width` x `height`.
 */
export async function pixelsAt(url, size) {
  let blob;
  try {
    const response = await fetch(url);
    if (!response.ok) {
      throw new SamplerError("network", `${url} answers with status ${response.status}`);
    }
    blob = await response.blob();
  } catch (error) {
    throw error instanceof SamplerError ? error : new SamplerError("network", `${url} cannot be reached`);
  }
  return pixelsOf(blob, url, size);
}

/** As `pixelsAt`, of a file; of one that moves its first picture. */
export async function pixelsOf(blob, name, { width, height }) {
  let image;
  try {
    image = await createImageBitmap(blob);
  } catch {
    throw new SamplerError("file", `${name}: is no picture that this browser can read`);
  }
  try {
    if (Math.min(image.width, image.height) < 2) {
      throw new SamplerError("file", `${name}: is ${image.width}x${image.height} pixels; 2x2 are the least`);
    }
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d");
    const scale = Math.max(width / image.width, height / image.height);
    const [w, h] = [image.width * scale, image.height * scale];
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = "high";
    context.drawImage(image, (width - w) / 2, (height - h) / 2, w, h);
    return context.getImageData(0, 0, width, height).data;
  } finally {
    image.close();
  }
}
