// <gan-sampler> with generators that are given pictures: readers draw, erase, cut and drop.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

import { originOfThisFile } from "./support/origin.mjs";
import { png } from "./support/pictures.mjs";
import { drawn, picture, postsOfThisFile, WEIGHTS } from "./support/post.mjs";

const post = postsOfThisFile();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const SIDE = 28;
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self'";
const [SMALL, HOLES, OUTLINES] = ["super-resolution", "inpainting", "edges"].map((name) => `/pretrained/mnist-${name}.safetensors`);
const SEVEN = "/embed/seven.png";

/** The file of a generator that translates an image into its negative. */
function negative() {
  const header = {
    format: "gan-playground-generator-1",
    generator: { layers: [{ kind: "conv", channels: 1, kernel: 1, stride: 1, padding: 0, bias: false }] },
    latent: { size: 0, distribution: "normal" },
    data: { channels: 1, height: SIDE, width: SIDE },
    translates: true,
  };
  const text = JSON.stringify({
    __metadata__: { gan_playground: JSON.stringify(header) },
    "generator.0.weight": { dtype: "F32", shape: [1, 1, 1, 1], data_offsets: [0, 4] },
  });
  const file = Buffer.alloc(8 + text.length + 4);
  file.writeBigUInt64LE(BigInt(text.length));
  file.write(text, 8);
  file.writeFloatLE(-1, 8 + text.length);
  return file;
}

const files = originOfThisFile({
  "/negative.safetensors": (response) => response.end(negative()),
  "/wide.png": (response) => response.end(png(56, 28, (column) => (column < 14 || column >= 42 ? [255, 0, 0] : [0, 255, 0]))),
  "/dot.png": (response) => response.end(png(1, 1, () => [255, 255, 255])),
  "/words.png": (response) => response.end("no picture"),
});

/** An element, as a post has it. */
const tag = (src, attributes = "") => `<gan-sampler src="${src}" mode="draw" controls ${attributes}></gan-sampler>`;
const board = (sampler) => sampler.getByRole("application");
const tool = (sampler, name) => sampler.getByRole("button", { name, exact: true });

/** The images beside each other, as lists of grey values. */
const panes = (sampler) =>
  picture(sampler).evaluate((canvas, side) => {
    const context = canvas.getContext("2d");
    return Array.from({ length: (canvas.width + 1) / (side + 1) }, (_, i) => {
      const { data } = context.getImageData(i * (side + 1), 0, side, side);
      return [...data].filter((_, at) => at % 4 === 0);
    });
  }, SIDE);

const sum = (values) => values.reduce((total, x) => total + x, 0);
const meanSquare = (one, other) => sum(one.map((x, i) => (x - other[i]) ** 2)) / one.length;
const at = (pane, column, row) => pane[row * SIDE + column];

/** The place of a pixel's middle on the screen. */
async function place(sampler, column, row) {
  const { x, y, width, height } = await board(sampler).boundingBox();
  return [x + (width * (column + 0.5)) / SIDE, y + (height * (row + 0.5)) / SIDE];
}

/** Draws a straight line by mouse, with only its two ends as events. */
async function line(page, sampler, from, to) {
  await page.mouse.move(...(await place(sampler, ...from)));
  await page.mouse.down();
  await page.mouse.move(...(await place(sampler, ...to)));
  await page.mouse.up();
  // The next frame shows it.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

test("a small picture is enlarged, better than by repeating its pixels, under a strict policy", async (t) => {
  const { sampler, said } = await post(t, tag(SMALL, `picture="${SEVEN}"`), { policy: POLICY });
  await drawn(sampler);
  const [drawing, given, made] = await panes(sampler);
  // What is given are the means of 4x4 pixels.
  for (const [column, row] of [[12, 8], [16, 16]]) {
    const square = Array.from({ length: 16 }, (_, i) => at(drawing, column + (i % 4), row + Math.floor(i / 4)));
    assert.ok(Math.abs(at(given, column, row) - sum(square) / 16) <= 1, `${column}, ${row}`);
    assert.equal(at(given, column + 3, row + 3), at(given, column, row));
  }
  const share = meanSquare(made, drawing) / meanSquare(given, drawing);
  t.diagnostic(`squared error of what is made: ${share.toFixed(2)} of that of what is given`);
  assert.ok(share < 0.5, `${share}`);
  assert.equal(await tool(sampler, "Cut").isVisible(), false);
  assert.equal(await tool(sampler, "New samples").isVisible(), false, "nothing is drawn by lot");
  assert.deepEqual(said, []);
});

test("a hole is cut by the seed, and by hand; who draws over it fills it", async (t) => {
  const { page, sampler } = await post(t, tag(HOLES, `picture="${SEVEN}" seed="3"`));
  await drawn(sampler);
  const missing = (pane) => pane.filter((x) => x === 128).length;
  const [given, made] = await panes(sampler);
  // A few pixels of the digit itself are as grey.
  assert.ok(missing(given) >= 144 && missing(given) < 150, `${missing(given)}`);
  const hole = given.flatMap((x, i) => (x === 128 ? [i] : []));
  // Outside of the hole the picture stays nearly as it is; inside it is no longer grey.
  const outside = given.map((_, i) => i).filter((i) => given[i] !== 128);
  const far = sum(outside.map((i) => Math.abs(given[i] - made[i]))) / outside.length;
  assert.ok(far < 12, `${far}`);
  assert.ok(hole.every((i) => Math.abs(made[i] - 128) > 2) || missing(made) < 20);
  const facts = await sampler.evaluate((element) => new Promise((done) => {
    element.addEventListener("sample", ({ detail }) => done(detail), { once: true });
    element.sample();
  }));
  assert.deepEqual([facts.count, facts.seed], [1, 4]);
  assert.notDeepEqual((await panes(sampler))[0], given, "another seed cuts another hole");
  await tool(sampler, "Start over").click();
  await tool(sampler, "Erase").click();
  await sampler.evaluate((element) => (element.picture = null));
  await tool(sampler, "Clear").click();
  await tool(sampler, "Draw").click();
  await line(page, sampler, [14, 4], [14, 23]);
  assert.equal(missing((await panes(sampler))[0]), 0);
  await tool(sampler, "Cut").click();
  await line(page, sampler, [10, 14], [18, 14]);
  const cut = missing((await panes(sampler))[0]);
  assert.ok(cut > 30 && cut < 80, `${cut}`);
  await tool(sampler, "Draw").click();
  await line(page, sampler, [10, 14], [18, 14]);
  const left = missing((await panes(sampler))[0]);
  assert.ok(left < cut / 2, `${left} of ${cut}`);
});

test("a stroke has no gaps, an eraser takes it away, and each is answered", async (t) => {
  const { page, sampler } = await post(t, tag(OUTLINES));
  await drawn(sampler);
  await board(sampler).getByText("Draw here").waitFor();
  const before = await panes(sampler);
  assert.equal(before.length, 2);
  await line(page, sampler, [14, 3], [14, 24]);
  const [given, made] = await panes(sampler);
  const column = Array.from({ length: 22 }, (_, i) => at(given, 14, 3 + i));
  assert.deepEqual(column, column.map(() => 255), "a line from end to end");
  assert.equal(at(given, 5, 14), 0);
  assert.notDeepEqual(made, before[1]);
  assert.equal(await board(sampler).getByText("Draw here").isVisible(), false);
  await tool(sampler, "Erase").click();
  assert.equal(await tool(sampler, "Erase").getAttribute("aria-pressed"), "true");
  await line(page, sampler, [14, 3], [14, 24]);
  assert.deepEqual(await panes(sampler), before);
});

test("a picture becomes outlines, which are drawn on", async (t) => {
  const { page, sampler } = await post(t, tag(OUTLINES, `picture="${SEVEN}"`));
  await drawn(sampler);
  const [outlines] = await panes(sampler);
  const bright = outlines.filter((x) => x === 255).length;
  assert.ok(bright > 20 && bright < 120 && outlines.every((x) => x === 0 || x === 255), `${bright}`);
  await line(page, sampler, [2, 25], [12, 25]);
  const [more] = await panes(sampler);
  assert.ok(outlines.every((x, i) => x <= more[i]), "the outlines stay");
  assert.ok(sum(more) > sum(outlines));
});

test("a translation is shown beside what is drawn", async (t) => {
  const src = files.url("/negative.safetensors");
  const { page, sampler, said } = await post(t, tag(src, `picture="${SEVEN}"`));
  await drawn(sampler);
  const isNegative = ([drawing, made]) => drawing.every((x, i) => Math.abs(x + made[i] - 255) <= 1);
  const before = await panes(sampler);
  assert.equal(before.length, 2);
  assert.ok(isNegative(before) && sum(before[0]) > 0);
  await line(page, sampler, [2, 25], [12, 25]);
  const after = await panes(sampler);
  assert.ok(isNegative(after) && sum(after[0]) > sum(before[0]));
  assert.equal(await tool(sampler, "Cut").isVisible(), false);
  assert.deepEqual(said, []);
});

test("the keyboard alone draws", async (t) => {
  const { page, sampler } = await post(t, tag(OUTLINES));
  await drawn(sampler);
  await page.keyboard.press("Tab");
  assert.ok(await board(sampler).evaluate((place) => place.getRootNode().activeElement === place));
  const top = await page.evaluate(() => window.scrollY);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  for (let i = 0; i < 5; i += 1) {
    await page.keyboard.press("Shift+ArrowRight");
  }
  assert.equal(await page.evaluate(() => window.scrollY), top, "the page stays where it is");
  await page.waitForTimeout(100);
  const [given] = await panes(sampler);
  assert.deepEqual([14, 16, 19].map((column) => at(given, column, 15)), [255, 255, 255]);
  assert.equal(at(given, 23, 15), 0);
});

test("an answer comes within 50 ms", async (t) => {
  for (const src of [SMALL, HOLES, OUTLINES]) {
    const { page, sampler } = await post(t, tag(src));
    await drawn(sampler);
    await sampler.evaluate((element) => {
      window.took = [];
      element.addEventListener("sample", ({ detail }) => window.took.push(detail.ms));
    });
    for (let row = 4; row < 24; row += 2) {
      await line(page, sampler, [6, row], [22, row]);
    }
    const took = (await page.evaluate(() => window.took)).sort((a, b) => a - b);
    const median = took[Math.floor(took.length / 2)];
    t.diagnostic(`${src}: ${median.toFixed(1)} ms, at most ${took.at(-1).toFixed(1)} of ${took.length}`);
    assert.ok(took.length >= 10 && median <= 50, `${median}`);
  }
});

test("any picture is cut to size; what is none is told, and can be mended", async (t) => {
  const { page, sampler } = await post(t, tag(SMALL, `picture="${files.url("/wide.png")}"`));
  await drawn(sampler);
  // The middle alone is taken, and its luma.
  assert.deepEqual([...new Set((await panes(sampler))[0])], [150]);
  for (const [path, message] of [
    ["/dot.png", "is 1x1 pixels; 2x2 are the least"],
    ["/words.png", "is no picture that this browser can read"],
    ["/nowhere.png", "answers with status 404"],
  ]) {
    await sampler.evaluate((element, address) => (element.picture = address), files.url(path));
    await sampler.getByRole("alert").getByText(message).waitFor();
    await sampler.evaluate((element) => (element.picture = null));
    await sampler.getByRole("alert").waitFor({ state: "hidden" });
  }
  // A file that is dropped and is no picture changes nothing.
  const before = await panes(sampler);
  const drop = (name, bytes) =>
    board(sampler).evaluate((place, [name, bytes]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([new Uint8Array(bytes)], name));
      place.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }, [name, [...bytes]]);
  await drop("notes.txt", Buffer.from("no picture"));
  await board(sampler).getByText("notes.txt: is no picture").waitFor();
  assert.deepEqual(await panes(sampler), before);
  await drop("white.png", png(40, 40, () => [255, 255, 255]));
  await page.waitForFunction(() => {
    const canvas = document.querySelector("gan-sampler").shadowRoot.querySelector("canvas");
    return canvas.getContext("2d").getImageData(14, 14, 1, 1).data[0] === 255;
  });
});

test("what does not fit together is told", async (t) => {
  const { sampler } = await post(t, tag(`/${WEIGHTS}`));
  await sampler.scrollIntoViewIfNeeded();
  await sampler.getByRole("alert").getByText("mode: this generator is given no pictures").waitFor();
  await sampler.evaluate((element) => (element.mode = "grid"));
  await drawn(sampler);
  assert.equal(await board(sampler).isVisible(), false);
  // A generator that is given pictures is drawn for whatever the mode says.
  await sampler.evaluate((element, src) => (element.src = src), SMALL);
  await board(sampler).waitFor();
  await sampler.evaluate((element) => (element.latent = [1, 2]));
  await sampler.getByRole("alert").getByText("latent: a generator that is given pictures draws its own").waitFor();
});

test("it has no violations, and speaks Chinese", async (t) => {
  const { page } = await post(t, [SMALL, HOLES, OUTLINES].map((src) => tag(src)).join(""));
  for (let i = 0; i < 3; i += 1) {
    await drawn(page.locator("gan-sampler").nth(i));
  }
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]), []);
  const second = page.locator("gan-sampler").nth(1);
  await second.evaluate((element) => (element.lang = "zh"));
  await tool(second, "挖空").click();
  await board(second).getByText("在这里画").waitFor();
});
