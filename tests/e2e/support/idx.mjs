// Makes data files as a user may have them.

import { gzipSync } from "node:zlib";

/** An IDX file of `count` grey images, each pixel given by `pixel(image, row, column)`. */
export function idxImages(count, rows, columns, pixel) {
  const file = Buffer.alloc(16 + count * rows * columns);
  file.writeUInt32BE(0x0000_0803, 0);
  [count, rows, columns].forEach((size, index) => file.writeUInt32BE(size, 4 + 4 * index));
  let offset = 16;
  for (let image = 0; image < count; image += 1) {
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        file[offset] = pixel(image, row, column);
        offset += 1;
      }
    }
  }
  return file;
}

/** An IDX file of `count` labels, each given by `label(index)`. */
export function idxLabels(count, label) {
  const file = Buffer.alloc(8 + count);
  file.writeUInt32BE(0x0000_0801, 0);
  file.writeUInt32BE(count, 4);
  for (let index = 0; index < count; index += 1) file[8 + index] = label(index);
  return file;
}

/** The file, compressed. */
export function gzipped(file) {
  return gzipSync(file);
}
