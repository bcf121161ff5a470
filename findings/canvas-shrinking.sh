#!/usr/bin/env bash
# Software:   Chromium 156, driven by puppeteer-core 24.43.1.
# Behaviour:  `drawImage` from 280x280 to 28x28 looks at two rows in ten by default, so that a white line of one pixel is
#             gone at eight of ten heights and five times too bright at the other two; `createImageBitmap` with resizeWidth
#             does the same. With imageSmoothingQuality "high" (or "medium") the line is there at every height.
# One would guess: smoothing is on by default, so shrinking means over all pixels.
# Found in:   HTML Standard, "imageSmoothingQuality", whose default is "low", and "resizeQuality" likewise; how a
#             quality is met is left to the browser.
# Meets us:   digits drawn by hand or photographs made small for a 28x28 net.
# Seen:       28 November 2026. Needs a Chromium (CHROMIUM, or on the path).
set -euo pipefail
source "$(dirname "$0")/lib.sh"

CHROMIUM=$(chromium_path)
export CHROMIUM
npm_packages puppeteer-core@24.43.1

seen=$(javascript <<'JS'
import puppeteer from "puppeteer-core";

const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
console.error(await browser.version());
const page = await browser.newPage();
const lines = await page.evaluate(async () => {
  const context2d = (size) => new OffscreenCanvas(size, size).getContext("2d", { willReadFrequently: true });
  const withLine = (y) => {
    const context = context2d(280);
    context.fillStyle = "#000";
    context.fillRect(0, 0, 280, 280);
    context.fillStyle = "#fff";
    context.fillRect(0, y, 280, 1);
    return context.canvas;
  };
  // The light of one column: 255 / 10 = 25.5 would be all of the line's light.
  const light = (context) => {
    const { data } = context.getImageData(14, 0, 1, 28);
    return data.reduce((sum, value, index) => (index % 4 === 0 ? sum + value : sum), 0);
  };
  const byDrawing = (quality) => (picture) => {
    const context = context2d(28);
    if (quality) context.imageSmoothingQuality = quality;
    context.drawImage(picture, 0, 0, 28, 28);
    return light(context);
  };
  const byBitmap = async (picture) => {
    const context = context2d(28);
    context.drawImage(await createImageBitmap(picture, { resizeWidth: 28, resizeHeight: 28 }), 0, 0);
    return light(context);
  };
  const ways = { "drawImage": byDrawing(), "createImageBitmap": byBitmap, "drawImage, high": byDrawing("high") };
  const lines = [];
  for (const [name, way] of Object.entries(ways)) {
    const lights = [];
    for (let y = 100; y < 110; y++) lights.push(await way(withLine(y)));
    const gone = lights.filter((light) => light === 0).length;
    lines.push(`${name}: gone at ${gone} of 10 heights, brightest ${Math.max(...lights) > 100 ? "over 100" : "under 30"}`);
  }
  return lines;
});
console.log(lines.join("\n"));
await browser.close();
JS
)
as_stated "$seen" <<'STATED'
drawImage: gone at 8 of 10 heights, brightest over 100
createImageBitmap: gone at 8 of 10 heights, brightest over 100
drawImage, high: gone at 0 of 10 heights, brightest under 30
STATED
