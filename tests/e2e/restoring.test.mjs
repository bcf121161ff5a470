// Generators that are given pictures: their sheets, the divider, and the board for the user's own hand.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";

const open = browserOfThisFile();

/** Opens a preset on drawn digits, which need no download. */
async function openRun(t, preset, more = {}) {
  const spec = { data: { source: "drawn_digits" } };
  const site = await open(t, { backend: "cpu", lang: "en", preset, spec, ...more });
  await site.until("a run", ({ phase }) => phase !== "loading");
  await site.untilLab();
  return { site, page: site.page };
}

/** The first channel of a canvas, row by row. */
function greyOf(canvas) {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  return { width, height, grey: Array.from({ length: width * height }, (_, i) => data[4 * i]) };
}

const read = (locator) => locator.evaluate(greyOf);

/** The part of an image, `side` pixels wide and high. */
const cut = ({ width, grey }, left, top, side) =>
  Array.from({ length: side * side }, (_, i) => grey[(top + Math.floor(i / side)) * width + left + (i % side)]);

test("a sheet shows what is given, what is made of it and what is true, in groups of three", async (t) => {
  const { site, page } = await openRun(t, "mnist-super-resolution");
  await site.call("step", 40);
  await page.getByRole("heading", { name: "Given, made, true" }).waitFor();
  const sheet = page.locator("#fixed-sheet");
  const seen = await read(sheet);
  // Two groups of three in a row, six rows; 2 px between images, 6 between groups.
  assert.deepEqual([seen.width, seen.height], [182, 178]);
  for (const left of [0, 94]) {
    const [given, made, truth] = [0, 30, 60].map((at) => cut(seen, left + at, 0, 28));
    for (let i = 0; i < 784; i += 1) {
      const corner = (Math.floor(i / 112) * 4) * 28 + Math.floor((i % 28) / 4) * 4;
      assert.equal(given[i], given[corner], "a pixel of the picture is four by four of the sample's");
    }
    assert.ok(Math.max(...truth) > 200 && Math.max(...given) < Math.max(...truth) + 1);
    assert.ok(new Set(made).size > 20, "the generator's sample has greys of its own");
  }
  assert.match(await sheet.getAttribute("aria-label"), /^12 pictures, each with what the generator makes of it/);
  await page.getByText("Likeness to the real images (PSNR)").waitFor();
  site.assertNoProblems();
});

test("a divider shows more of the picture or more of the sample", async (t) => {
  const { site, page } = await openRun(t, "mnist-denoising");
  await site.call("step", 10);
  const sheet = await read(page.locator("#fixed-sheet"));
  const [given, made, truth] = [0, 30, 60].map((at) => cut(sheet, at, 0, 28));
  await page.locator("#fixed-sheet").click({ position: { x: 5, y: 5 } });
  const dialog = page.getByRole("dialog");
  const slider = dialog.getByLabel("Divider between given and made");
  const square = async (left) => {
    const large = await read(dialog.locator("canvas"));
    const times = large.height / 28;
    const at = (i) => (Math.floor(i / 28) * times + 1) * large.width + left(large) + (i % 28) * times + 1;
    return Array.from({ length: 784 }, (_, i) => large.grey[at(i)]);
  };
  // The line itself hides the outermost pixels.
  const inner = (image) => image.filter((_, i) => i % 28 > 0 && i % 28 < 27);
  await slider.fill("0");
  assert.deepEqual(inner(await square(() => 0)), inner(made));
  await slider.fill("100");
  assert.deepEqual(inner(await square(() => 0)), inner(given));
  assert.deepEqual(await square(({ width, height }) => width - height), truth);
  await dialog.getByText("Picture 1 of 12 after 10 steps").waitFor();
  await dialog.getByRole("button", { name: "Next" }).click();
  await dialog.getByText("Picture 2 of 12").waitFor();
  // A finger or the mouse moves the divider, too.
  const area = await dialog.locator("canvas").boundingBox();
  await page.mouse.move(area.x + area.width * 0.1, area.y + 20);
  await page.mouse.down();
  await page.mouse.move(area.x + area.width * 0.12, area.y + 20);
  await page.mouse.up();
  assert.ok(Number(await slider.inputValue()) < 40);
  site.assertNoProblems();
});

/** The panel with the board, once the generator has answered. */
async function openBoard(t, preset) {
  const { site, page } = await openRun(t, preset, { panel: "look" });
  await site.call("step", 5);
  const hand = page.locator(".lab-hand");
  const canvases = hand.locator("canvas");
  await hand.getByText(/^Answered in \d+ ms$/).waitFor({ timeout: 30_000 });
  return { site, page, hand, board: canvases.nth(0), given: canvases.nth(1), made: canvases.nth(2) };
}

const press = (hand, name) => hand.getByRole("button", { name, exact: true }).click();

/** Waits until what `of` gives of a canvas satisfies `wanted`. */
async function eventually(locator, wanted, what) {
  for (let tries = 0; tries < 50; tries += 1) {
    if (wanted((await read(locator)).grey)) {
      return;
    }
    await locator.page().waitForTimeout(100);
  }
  assert.fail(what);
}

test("outlines that are drawn are answered while they are drawn, by mouse and by keyboard", async (t) => {
  const { site, page, hand, board, given, made } = await openBoard(t, "edges-to-digits");
  // It begins with a real sample's outlines.
  await eventually(given, (grey) => grey.includes(255) && grey.every((x) => x === 0 || x === 255), "outlines");
  await press(hand, "Clear");
  await eventually(given, (grey) => !grey.includes(255), "an empty picture");
  const before = (await read(made)).grey;
  const area = await board.boundingBox();
  await page.mouse.move(area.x + area.width * 0.5, area.y + area.height * 0.2);
  await page.mouse.down();
  await page.mouse.move(area.x + area.width * 0.5, area.y + area.height * 0.8, { steps: 20 });
  await page.mouse.up();
  await eventually(given, (grey) => grey.filter((x) => x === 255).length > 10, "a stroke");
  await eventually(made, (grey) => grey.some((x, i) => Math.abs(x - before[i]) > 8), "another sample");
  await press(hand, "Clear");
  await board.focus();
  await page.keyboard.press("Space");
  for (let i = 0; i < 6; i += 1) await page.keyboard.press("Shift+ArrowDown");
  await eventually(given, (grey) => grey.filter((x) => x === 255).length >= 6, "a stroke by keyboard");
  const told = await hand.getByText(/^Answered in/).innerText();
  assert.ok(Number(/\d+/.exec(told)[0]) <= 50, told);
  site.assertNoProblems();
});

test("a hole is cut where the user wants it, and filled again", async (t) => {
  const { site, page, hand, board, given } = await openBoard(t, "mnist-inpainting");
  const grey = (values) => values.filter((x) => x === 128).length;
  await eventually(board, (values) => values.includes(255), "a real sample");
  await eventually(given, (values) => grey(values) === 0, "no hole yet");
  const area = await board.boundingBox();
  await page.mouse.move(area.x + area.width * 0.4, area.y + area.height * 0.5);
  await page.mouse.down();
  await page.mouse.move(area.x + area.width * 0.6, area.y + area.height * 0.5, { steps: 8 });
  await page.mouse.up();
  await eventually(given, (values) => grey(values) > 15, "a hole");
  await press(hand, "No hole");
  await eventually(given, (values) => grey(values) === 0, "no hole any more");
  const train = hand.getByRole("button", { name: "Train with this hole" });
  assert.equal(await train.isDisabled(), true, "there is none");
  await board.focus();
  for (let i = 0; i < 4; i += 1) await page.keyboard.press("Shift+ArrowRight");
  await train.click();
  await page.waitForFunction(() => window.ganPlayground.spec().condition.picture.hole.kind === "drawn");
  await site.until("the run with it", ({ phase }) => phase === "ready");
  const { rows } = await page.evaluate(() => window.ganPlayground.spec().condition.picture.hole);
  assert.equal(rows.length, 28);
  const missing = rows.join("").split("#").length - 1;
  // The sheet's pictures have this hole, in which they are grey.
  await page.waitForFunction(() => document.querySelector("#fixed-sheet").getAttribute("aria-label") !== "No samples yet");
  const first = cut(await read(page.locator("#fixed-sheet")), 0, 0, 28);
  const isInHole = (at) => rows[Math.floor(at / 28)][at % 28] === "#";
  assert.ok(missing > 3 && first.every((x, at) => !isInHole(at) || Math.abs(x - 128) <= 1), `${missing} pixels`);
  site.assertNoProblems();
});

test("a picture of the user's is given, and a file that is none is refused in words", async (t) => {
  const { site, page, hand, board, given } = await openBoard(t, "mnist-super-resolution");
  const choose = async (file) => {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), press(hand, "A picture of mine…")]);
    await chooser.setFiles(file);
  };
  const png = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 60, height: 40 });
    const context = canvas.getContext("2d");
    context.fillStyle = "#000";
    context.fillRect(0, 0, 60, 40);
    context.fillStyle = "#fff";
    context.fillRect(25, 10, 10, 20);
    return canvas.toDataURL("image/png").split(",")[1];
  });
  await choose({ name: "bar.png", mimeType: "image/png", buffer: Buffer.from(png, "base64") });
  // The middle square of the picture: a bar of a quarter of its width and half of its height.
  await eventually(board, (values) => values[14 * 28 + 14] === 255 && values[14 * 28 + 2] === 0, "the bar");
  await eventually(given, (values) => values[14 * 28 + 14] > 150 && values[0] === 0, "the bar, small");
  await choose({ name: "broken.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await hand.getByText("This file is no picture that the browser can read.").waitFor();
  assert.equal((await read(board)).grey[14 * 28 + 14], 255, "the board stays as it was");
  site.assertNoProblems();
});

test("a run without pictures has no board, and another run takes its place", async (t) => {
  const { site, page } = await openBoard(t, "mnist-denoising");
  await site.call("load", { preset: "mnist-mlp", data: { source: "drawn_digits" } });
  await page.locator(".lab-hand").waitFor({ state: "hidden" });
  await page.getByRole("heading", { name: "Same noise, every time" }).waitFor();
  site.assertNoProblems();
});

test("a stroke of a quick hand has no gaps", async (t) => {
  const { site, page, hand, board, given } = await openBoard(t, "edges-to-digits");
  await press(hand, "Clear");
  await eventually(given, (grey) => !grey.includes(255), "an empty picture");
  const area = await board.boundingBox();
  // Two events, at the ends.
  await page.mouse.move(area.x + area.width * 0.5, area.y + area.height * 0.15);
  await page.mouse.down();
  await page.mouse.move(area.x + area.width * 0.5, area.y + area.height * 0.85);
  await page.mouse.up();
  const rows = (grey) => Array.from({ length: 28 }, (_, row) => grey.slice(28 * row, 28 * (row + 1)).includes(255));
  await eventually(given, (grey) => rows(grey).slice(5, 23).every(Boolean), "a line from end to end");
  site.assertNoProblems();
});

test("a translation shows both ways there and back, and translates what is drawn", async (t) => {
  const { site, page } = await openRun(t, "digits-restyled");
  await site.call("step", 4);
  await page.getByRole("heading", { name: "There and back" }).waitFor();
  await page.getByRole("heading", { name: "The other way" }).waitFor();
  for (const id of ["#fixed-sheet", "#fresh-sheet"]) {
    const seen = await read(page.locator(id));
    assert.deepEqual([seen.width, seen.height], [182, 178], id);
    const [given, made, again] = [0, 30, 60].map((at) => cut(seen, at, 0, 28));
    assert.ok(Math.max(...given) > 200 && new Set(made).size > 5 && new Set(again).size > 5, id);
  }
  assert.match(await page.locator("#fixed-sheet").getAttribute("aria-label"), /^12 images, each with its translation/);
  assert.equal((await site.snapshot()).scores.psnr, undefined, "there is nothing true to be like");
  await page.locator("#fixed-sheet").click({ position: { x: 5, y: 5 } });
  const dialog = page.getByRole("dialog");
  await dialog.getByText("beside it the translation of that").waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  await site.show("step");
  await page.getByRole("button", { name: "Take the next step apart" }).click();
  await page.getByText("These are the moments of the way there").waitFor();
  await page.getByRole("tab", { name: "Look closer" }).click();
  const hand = page.locator(".lab-hand");
  const [board, given, made] = [0, 1, 2].map((place) => hand.locator("canvas").nth(place));
  await hand.getByText("Draw an image of the set that is translated").waitFor();
  await hand.getByText(/^Answered in/).waitFor({ timeout: 30_000 });
  // It begins with the sheet's first image that is given, and goes on with the next.
  const firstTwo = async () => {
    const sheet = await read(page.locator("#fixed-sheet"));
    return [cut(sheet, 0, 0, 28), cut(sheet, 94, 0, 28)];
  };
  const isFirst = async (place) => {
    const wanted = (await firstTwo())[place];
    await eventually(board, (grey) => grey.join() === wanted.join(), `image ${place} of the sheet`);
  };
  await isFirst(0);
  await hand.getByRole("button", { name: "A real one" }).click();
  await isFirst(1);
  await hand.getByRole("button", { name: "Clear" }).click();
  await board.focus();
  await page.keyboard.press("Space");
  for (let i = 0; i < 6; i += 1) await page.keyboard.press("Shift+ArrowDown");
  await eventually(given, (grey) => grey.filter((x) => x > 200).length >= 6, "what is drawn is what is given");
  await eventually(made, (grey) => new Set(grey).size > 2, "its translation");
  site.assertNoProblems();
});

test("a sheet is empty until the data of its run are there", async (t) => {
  const { site, page } = await openRun(t, "mnist-dcgan-small");
  await site.call("step", 2);
  const sheet = page.locator("#fixed-sheet");
  const isBlank = async () => (await read(sheet)).grey.every((x) => x === 0);
  assert.equal(await isBlank(), false);
  const held = [];
  let isHeld = true;
  await page.context().route("**/data/mnist/**", (route) => (isHeld ? held.push(route) : route.abort()));
  await page.evaluate(() => void window.ganPlayground.load("mnist-super-resolution").catch(() => {}));
  await site.until("the first file to be asked for", () => held.length > 0);
  await page.waitForFunction(() => document.querySelector("#fixed-sheet").getAttribute("aria-label") === "No samples yet");
  assert.equal(await isBlank(), true, "the run before is not to be seen any more");
  isHeld = false;
  await Promise.all(held.map((route) => route.abort()));
  await site.until("drawn digits in their place", ({ phase }) => phase === "ready");
  await page.waitForFunction(() => document.querySelector("#fixed-sheet").getAttribute("aria-label") !== "No samples yet");
  assert.equal(await isBlank(), false);
});

test("the widget is drawn on, for a run's generator and for trained ones", async (t) => {
  const { site, page } = await openRun(t, "digits-restyled", { panel: "take" });
  await site.call("step", 2);
  const widget = page.locator("gan-sampler");
  const panes = (count) =>
    page.waitForFunction((width) => {
      const canvas = document.querySelector("gan-sampler")?.shadowRoot?.querySelector("canvas");
      return canvas?.width === width;
    }, 29 * count - 1);
  const press = (name) => page.getByRole("button", { name, exact: true }).click();
  await press("Take it now");
  await panes(2);
  assert.match(await page.locator(".lab-generator pre").innerText(), /mode="draw"/);
  assert.equal(await page.getByRole("button", { name: "Walk" }).isVisible(), false, "there are no latents");
  const FILES = { Enlarges: "super-resolution", "Fills holes": "inpainting", "Fills outlines": "edges" };
  for (const [name, count] of [["Enlarges", 3], ["Fills holes", 2], ["Fills outlines", 2]]) {
    await press(name);
    await panes(count);
    await page.waitForFunction((name) => document.querySelector("gan-sampler").src.includes(name), FILES[name]);
    await widget.getByRole("application").waitFor();
  }
  await press("Digits");
  await panes(4);
  assert.equal(await widget.getByRole("application").isVisible(), false);
  site.assertNoProblems();
});
