// Makes pictures as a user may have them.

import { crc32, deflateSync } from "node:zlib";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/**
 * A PNG file, each pixel given by `pixel(column, row)` as `[red, green, blue]`; with `gamma` it says how screens are to
 * show them.
 */
export function png(width, height, pixel, { gamma } = {}) {
  const rows = [];
  for (let row = 0; row < height; row += 1) {
    rows.push(0);
    for (let column = 0; column < width; column += 1) {
      rows.push(...pixel(column, row));
    }
  }
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits, red, green and blue.
  header.set([8, 2], 8);
  const ofScreens = Buffer.alloc(4);
  ofScreens.writeUInt32BE(Math.round((gamma ?? 0) * 100_000));
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    ...(gamma === undefined ? [] : [chunk("gAMA", ofScreens)]),
    chunk("IDAT", deflateSync(Buffer.from(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** A folder with `files`, contents by path, that lives as long as the test `t`. */
export function folderOf(t, files) {
  const folder = mkdtempSync(join(tmpdir(), "gan-pictures-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}
