#!/usr/bin/env bash
# Software:   Chromium 156 (driven by puppeteer-core 24.43.1) and Pillow 13.0.0.
# Behaviour:  a grey PNG with a gAMA chunk of 1.0 has other pixels in the two: Chromium's canvas gives 137 and 188 where
#             the file and Pillow have 64 and 128. `createImageBitmap` of the file, with colorSpaceConversion "none",
#             gives the file's numbers.
# One would guess: PNG is lossless, so the page that trains on it and the program that trains on it see equal pixels.
# Found in:   HTML Standard, "ImageBitmapOptions" (the default converts); Pillow's src/PIL/PngImagePlugin.py,
#             `chunk_gAMA`, which notes the value and leaves the pixels.
# Meets us:   a folder of pictures trained on in the browser and by the command line.
# Seen:       28 November 2026. Needs a Chromium (CHROMIUM, or on the path).
set -euo pipefail
source "$(dirname "$0")/lib.sh"

CHROMIUM=$(chromium_path)
export CHROMIUM
pip_packages pillow==13.0.0
npm_packages puppeteer-core@24.43.1

python - "$work/node/gamma.png" <<'PY'
import struct
import sys
import zlib
from PIL import Image
from PIL.PngImagePlugin import PngInfo

chunks = PngInfo()
chunks.add(b"gAMA", struct.pack(">I", 100_000))
picture = Image.frombytes("L", (4, 1), bytes([0, 64, 128, 255]))
picture.save(sys.argv[1], pnginfo=chunks)
PY
of_pillow=$(python - "$work/node/gamma.png" <<'PY'
import sys
from PIL import Image

picture = Image.open(sys.argv[1])
print(f"Pillow: {list(picture.tobytes())}, which knows of gamma {picture.info['gamma']}")
PY
)
of_chromium=$(javascript <<'JS'
import { readFile } from "node:fs/promises";
import puppeteer from "puppeteer-core";

const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
console.error(await browser.version());
const page = await browser.newPage();
const file = (await readFile("gamma.png")).toString("base64");
const read = (options) =>
  page.evaluate(
    async (file, options) => {
      const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
      const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }), options);
      const context = new OffscreenCanvas(4, 1).getContext("2d");
      context.drawImage(picture, 0, 0);
      return [...context.getImageData(0, 0, 4, 1).data].filter((_, index) => index % 4 === 0).join(", ");
    },
    file,
    options,
  );
console.log(`Chromium: [${await read({})}]`);
console.log(`Chromium, colorSpaceConversion "none": [${await read({ colorSpaceConversion: "none" })}]`);
await browser.close();
JS
)
as_stated "$of_pillow
$of_chromium" <<'STATED'
Pillow: [0, 64, 128, 255], which knows of gamma 1.0
Chromium: [0, 137, 188, 255]
Chromium, colorSpaceConversion "none": [0, 64, 128, 255]
STATED
