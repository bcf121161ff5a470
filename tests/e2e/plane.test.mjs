// The plane before the first step, and a drawing on it: what is seen is what is trained on, where it is.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { controlsOf, isDrawn } from "./support/controls.mjs";
import { holdStart, keepDiscs, planeOf } from "./support/plane.mjs";

const open = browserOfThisFile();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const lessonFiles = new URL("../../web/lessons/", import.meta.url);
const lessons = readdirSync(lessonFiles).map((name) => {
  const { title, steps } = JSON.parse(readFileSync(new URL(name, lessonFiles), "utf8"));
  return { id: name.replace(/\.json$/, ""), title: title.en, preset: steps[0].load.preset };
});

/** Opens a page whose runs stay before their first step, and waits for its lab. */
async function openHeld(t, address) {
  const site = await open(t, { backend: "cpu", lang: "en", ...address }, { init: [holdStart] });
  await site.page.waitForFunction(() => window.ganPlayground.lesson);
  return site;
}

/** The plane as it is before the first step of a run by `preset`, with what is to be seen of it. */
async function beforeTheFirstStep(site, preset) {
  const loaded = ({ preset: name, phase, step }) => name === preset && phase === "ready" && step === 0;
  await site.until(`the run ${preset}`, loaded);
  const plane = planeOf(site);
  await plane.canvas.waitFor({ state: "visible" });
  const asGiven = await plane.atRest();
  await plane.show("Real");
  const [reals, realShare] = [await plane.atRest(), await plane.share()];
  await plane.show("Discriminator");
  const [background, backgroundShare] = [await plane.atRest(), await plane.share()];
  return { asGiven, reals, background, realShare, backgroundShare };
}

for (const { id, title, preset } of lessons) {
  test(`opened by its button, ${id} shows its run before the first step as it does by link`, async (t) => {
    const byButton = await openHeld(t, { panel: "learn" });
    await byButton.untilReady();
    // Beside its number and its minutes.
    await byButton.page.locator(".lab-lesson-list").getByRole("button", { name: title }).click();
    if (!preset.startsWith("ring")) {
      await byButton.until(`the run ${preset}`, (now) => now.preset === preset && now.phase === "ready");
      const sheet = byButton.page.locator("#fixed-sheet");
      assert.ok(await isDrawn(sheet), "samples are seen");
      assert.ok((await sheet.boundingBox()).height > 100);
      return;
    }
    const byLink = await openHeld(t, { lesson: id });
    await byLink.page.getByRole("heading", { name: title, exact: true }).waitFor();
    const both = [byButton, byLink].map((site) => beforeTheFirstStep(site, preset));
    const [pressed, linked] = await Promise.all(both);
    assert.ok(linked.realShare > 0.0005, `real points: ${linked.realShare} of the picture`);
    assert.ok(linked.backgroundShare > 0.5, `background: ${linked.backgroundShare} of the picture`);
    // The same pixels: the same points and the same scale.
    for (const part of ["asGiven", "reals", "background"]) assert.ok(pressed[part] === linked[part], part);
    byButton.assertNoProblems();
  });
}

test("points that are chosen at step 0 are seen before the first step, and sheets are there at once", async (t) => {
  const site = await openHeld(t);
  await site.untilReady();
  const controls = controlsOf(site);
  const plane = planeOf(site);
  const sheet = site.page.locator("#fixed-sheet");
  for (const round of [1, 2]) {
    await controls.preset.selectOption("ring");
    const { realShare, backgroundShare } = await beforeTheFirstStep(site, "ring");
    assert.ok(realShare > 0.0005 && backgroundShare > 0.5, `round ${round}: ${realShare}, ${backgroundShare}`);
    assert.equal(await sheet.isVisible(), false);
    await controls.preset.selectOption("mnist-dcgan-small");
    await site.until("images", ({ preset, phase }) => preset === "mnist-dcgan-small" && phase === "ready");
    await plane.canvas.waitFor({ state: "hidden" });
    await site.page.waitForTimeout(200);
    for (const name of ["#fixed-sheet", "#fresh-sheet"]) {
      const canvas = site.page.locator(name);
      const { width, height } = await canvas.boundingBox();
      const own = await canvas.evaluate((element) => [element.width, element.height]);
      assert.deepEqual(own, [238, 238], "eight by eight digits");
      assert.ok(width >= 238 && width % 238 === 0 && height === width, `round ${round}: ${width} x ${height}`);
      assert.ok(await isDrawn(canvas), name);
    }
  }
  site.assertNoProblems();
});

test("a sheet fills its place again when that becomes wider, and no window is resized", async (t) => {
  const context = { viewport: { width: 1440, height: 1200 } };
  const site = await open(t, { backend: "cpu", lang: "en" }, { context });
  await site.untilReady();
  const width = async () => (await site.page.locator("#fixed-sheet").boundingBox()).width;
  const before = await width();
  await site.page.evaluate(() => document.querySelector(".picture").style.setProperty("width", "300px"));
  await site.until("a narrower sheet", async () => (await width()) <= 300 && (await width()) > 0);
  await site.page.evaluate(() => document.querySelector(".picture").style.removeProperty("width"));
  await site.until("the sheet as it was", async () => (await width()) === before);
});

/** Opens the preset `ring` in a window, with its plane. */
async function openPlane(t, width) {
  const options = { init: [keepDiscs], context: { viewport: { width, height: 1000 } } };
  const site = await open(t, { backend: "cpu", lang: "en", preset: "ring" }, options);
  await site.untilReady();
  const plane = planeOf(site);
  await plane.canvas.waitFor({ state: "visible" });
  await plane.atRest();
  return { site, plane, button: (name) => site.page.getByRole("button", { name, exact: true }) };
}

const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

/** Where the run's points are in the document, as its spec has them. */
async function trainedPlaces(site, plane) {
  const { points, frame } = await site.page.evaluate(() => window.ganPlayground.spec().data.points);
  const [[left, low], [right, high]] = frame;
  const box = await plane.box();
  return points.map(([x, y]) => ({
    x: box.x + ((x - left) / (right - left)) * box.width,
    y: box.y + ((high - y) / (high - low)) * box.height,
  }));
}

for (const width of [390, 768, 1280]) {
  test(`what is drawn is what is trained on, where it was drawn: ${width} px`, async (t) => {
    const { site, plane, button } = await openPlane(t, width);
    const box = await plane.box();
    const stays = async (when) => assert.deepEqual(await plane.box(), box, when);
    // Pressed where it is: on a phone the plane stays in sight, and so moves in the document with the window.
    await button("Draw your own data").evaluate((it) => it.click());
    await stays("as the drawing begins");
    assert.deepEqual(await plane.discs(), [], "an empty sheet to draw on");
    const shares = [[0.2, 0.3], [0.8, 0.25], [0.55, 0.5], [0.3, 0.8], [0.7, 0.9]];
    const places = shares.map(([x, y]) => ({ x: Math.round(box.x + x * box.width), y: Math.round(box.y + y * box.height) }));
    for (const [number, place] of places.entries()) {
      await plane.dot(place);
      await stays(`after dot ${number + 1}`);
    }
    await site.page.getByText("5 points drawn").waitFor();
    const dots = await plane.discs();
    assert.equal(dots.length, 5);
    for (const [number, dot] of dots.entries()) {
      assert.ok(distance(dot, places[number]) < 1, `dot ${number + 1}: ${JSON.stringify([dot, places[number]])}`);
    }
    await button("Train on this").click();
    const drawn = () => site.page.evaluate(() => window.ganPlayground.spec().data.points.kind === "drawn");
    await site.until("the drawing to be trained on", async ({ phase, step }) => phase === "running" && step > 20 && (await drawn()));
    await site.call("pause");
    await plane.show("Real");
    await plane.atRest();
    await stays("while it is trained on");
    const trained = await trainedPlaces(site, plane);
    assert.equal(trained.length, 5);
    for (const [number, place] of trained.entries()) {
      assert.ok(distance(place, dots[number]) < 1, `point ${number + 1}: ${JSON.stringify([place, dots[number]])}`);
    }
    // A cloud of real points around each dot, and none elsewhere.
    const reals = await plane.discs();
    assert.equal(reals.length, 1_000);
    for (const dot of dots) {
      const cloud = reals.filter((real) => distance(real, dot) < 0.06 * box.width);
      assert.ok(cloud.length > 120, `${cloud.length} points around ${JSON.stringify(dot)}`);
      const mean = (axis) => cloud.reduce((sum, real) => sum + real[axis], 0) / cloud.length;
      const off = distance({ x: mean("x"), y: mean("y") }, dot);
      // Three standard errors of the mean of a cloud whose spread is a hundredth of the side.
      assert.ok(off < (3 * 1.42 * 0.01 * box.width) / Math.sqrt(cloud.length), `${off} px`);
    }
    const nearest = (real) => Math.min(...dots.map((dot) => distance(real, dot)));
    assert.ok(reals.every((real) => nearest(real) < 0.06 * box.width));
    // By its link the drawing is where it was.
    const link = await site.page.evaluate(() => location.href);
    await site.page.goto("about:blank");
    await site.page.goto(link);
    await plane.canvas.waitFor({ state: "visible" });
    await plane.atRest();
    for (const [number, place] of (await trainedPlaces(site, plane)).entries()) {
      const before = { x: dots[number].x - box.x, y: dots[number].y - box.y };
      const now = await plane.box();
      assert.ok(distance({ x: place.x - now.x, y: place.y - now.y }, before) < 1, "by link");
    }
    site.assertNoProblems();
  });
}

test("a second drawing begins empty in the same frame, and Clear clears it", async (t) => {
  const { site, plane, button } = await openPlane(t, 1280);
  const draw = async (...shares) => {
    const box = await plane.box();
    for (const [x, y] of shares) {
      await plane.dot({ x: box.x + x * box.width, y: box.y + y * box.height });
    }
  };
  const frame = () => site.page.evaluate(() => window.ganPlayground.spec().data.points.frame);
  await plane.canvas.scrollIntoViewIfNeeded();
  await button("Draw your own data").click();
  // All in one corner: a picture that held them alone would be of another scale.
  await draw([0.1, 0.1], [0.25, 0.2]);
  await button("Train on this").click();
  await site.until("the drawing to train", async ({ step }) => step > 5 && (await frame()) !== undefined);
  const first = await frame();
  await button("Draw your own data").click();
  await plane.atRest();
  assert.equal(await plane.share(), 0, "nothing of the first drawing");
  await draw([0.5, 0.5], [0.6, 0.7]);
  assert.ok((await plane.share()) > 0);
  await button("Clear").click();
  assert.equal(await plane.share(), 0, "nothing is left");
  assert.equal(await button("Train on this").isDisabled(), true);
  await draw([0.4, 0.6], [0.9, 0.9]);
  await button("Train on this").click();
  const points = () => site.page.evaluate(() => window.ganPlayground.spec().data.points.points);
  await site.until("the second drawing", async () => (await points())[0][1] < 0);
  assert.deepEqual(await frame(), first);
  // Called off, the run is there again.
  await button("Draw your own data").click();
  await draw([0.5, 0.5]);
  await button("Cancel").click();
  assert.ok((await plane.discs()).length >= 1_000);
  assert.equal((await points()).length, 2);
  // A lesson shows its own data, not what was being drawn.
  await button("Draw your own data").click();
  await site.show("learn");
  await site.page.getByRole("button", { name: "What is a GAN?" }).click();
  await site.until("the lesson's run", ({ preset, phase }) => preset === "ring" && phase === "ready");
  await plane.atRest();
  assert.ok((await plane.discs()).length >= 1_000);
  site.assertNoProblems();
});

for (const colorScheme of ["light", "dark"]) {
  test(`no barrier that axe finds while one draws: ${colorScheme}`, async (t) => {
    const context = { viewport: { width: 390, height: 900 }, colorScheme };
    const site = await open(t, { backend: "cpu", lang: "en", preset: "ring" }, { context });
    await site.untilReady();
    const plane = planeOf(site);
    await plane.canvas.waitFor({ state: "visible" });
    await site.page.getByRole("button", { name: "Draw your own data", exact: true }).click();
    const box = await plane.box();
    for (const share of [0.2, 0.8]) {
      await plane.dot({ x: box.x + share * box.width, y: box.y + share * box.height });
    }
    await site.page.getByText("2 points drawn").waitFor();
    await site.page.evaluate(axe);
    const { violations } = await site.page.evaluate(() => window.axe.run(".lab-plane-panel"));
    assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
  });
}

test("a drawing's strokes are taken back one by one", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "ring" });
  await site.untilLab();
  const { page } = site;
  const button = (name) => page.getByRole("button", { name, exact: true });
  await button("Draw your own data").click();
  const canvas = page.locator(".lab-plane canvas");
  await canvas.press(" ");
  await page.getByText("1 points drawn").waitFor();
  const { x, y, width } = await canvas.boundingBox();
  await page.mouse.move(x + 0.2 * width, y + 0.2 * width);
  await page.mouse.down();
  await page.mouse.move(x + 0.8 * width, y + 0.2 * width, { steps: 20 });
  await page.mouse.up();
  const drawn = page.getByText(/^\d+ points drawn$/);
  assert.ok(Number.parseInt(await drawn.innerText(), 10) > 5);
  const undo = button("Undo the last stroke");
  await undo.click();
  await page.getByText("1 points drawn").waitFor();
  await undo.click();
  await page.getByText("0 points drawn").waitFor({ state: "attached" });
  assert.equal(await undo.getAttribute("aria-disabled"), "true");
  site.assertNoProblems();
});
