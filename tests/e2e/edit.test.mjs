// Editing a digit: samples, the sample nearest to a picture, and sliders that move one measure each.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { drawnDigits } from "./support/nets.mjs";

const open = browserOfThisFile();

/** The panel, once it shows a sample. */
async function panelOf(site) {
  const panel = site.page.locator(".lab-edit");
  await panel.waitFor({ timeout: 60_000 });
  await panel.scrollIntoViewIfNeeded();
  await panel.getByText(/Reads as \d \(\d+ %\)/).waitFor({ timeout: 60_000 });
  return panel;
}

const digitOf = async (panel) => (await panel.locator("[role=status]").innerText()).match(/Reads as (\d)/)[1];

/** The pictures from left to right, as grey values. */
const pictures = (panel) =>
  panel.locator(".lab-edit-pictures canvas").evaluateAll((canvases) =>
    canvases.map((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return [...data].filter((_, at) => at % 4 === 0);
    }),
  );

const SIDE = 28;

/** The slant of an image in degrees, by its moments. */
function slant(image) {
  const ink = image.map((value) => value / 255);
  const area = ink.reduce((sum, x) => sum + x, 0);
  const mean = (of) => ink.reduce((sum, x, at) => sum + x * of(Math.floor(at / SIDE), at % SIDE), 0) / area;
  const [y, x] = [mean((row) => row), mean((_, column) => column)];
  const down = mean((row) => (row - y) ** 2);
  return (Math.atan(-mean((row, column) => (row - y) * (column - x)) / down) * 180) / Math.PI;
}

/** Moves a slider, and waits for another picture. */
async function slide(panel, name, value) {
  const last = panel.locator(".lab-edit-pictures canvas").last();
  const before = await last.evaluate((canvas) => canvas.toDataURL());
  await panel.getByLabel(name).fill(String(value));
  await panel.page().waitForFunction(
    (before) => [...document.querySelectorAll(".lab-edit-pictures canvas")].at(-1).toDataURL() !== before,
    before,
  );
  // The answer to the last of several wishes.
  await panel.locator(".lab-edit-pictures[aria-busy=false]").waitFor();
}

test("a slider in degrees slants a digit by as much, and the digit stays", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", panel: "look", preset: "mnist-dcgan-small", spec: drawnDigits });
  const panel = await panelOf(site);
  await panel.getByRole("button", { name: "A digit of your choice" }).click();
  await site.until("the other generator's sample", async () => (await digitOf(panel)) === "3");
  const [first, same] = await pictures(panel);
  assert.deepEqual(first, same);
  for (const wanted of [-10, 20]) {
    await slide(panel, "Slant", wanted);
    const [before, after] = await pictures(panel);
    assert.deepEqual(before, first, "the sample before stays");
    assert.ok(Math.abs(slant(after) - wanted) < 3, `${slant(after)} for ${wanted}`);
    assert.equal(await digitOf(panel), "3");
  }
  await panel.getByRole("button", { name: "Back to before" }).click();
  const [, back] = await pictures(panel);
  assert.deepEqual(back, first);
  site.assertNoProblems();
});

test("a picture is found in the generator, and then edited", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", panel: "look", preset: "mnist-dcgan-small", spec: drawnDigits });
  const panel = await panelOf(site);
  const nearness = panel.getByText(/PSNR \d/);
  const begin = Date.now();
  await panel.getByRole("button", { name: "Find a real one" }).click();
  await nearness.waitFor({ timeout: 30_000 });
  const ms = Date.now() - begin;
  t.diagnostic(`found in ${ms} ms`);
  assert.ok(ms < 3_000, `${ms} ms`);
  const [yours, before] = await pictures(panel);
  const error = yours.reduce((sum, x, at) => sum + (x - before[at]) ** 2, 0) / yours.length;
  const psnr = 10 * Math.log10(255 ** 2 / error);
  const told = Number((await nearness.innerText()).match(/PSNR ([\d.]+)/)[1]);
  assert.ok(Math.abs(psnr - told) < 0.2 && psnr > 12, `${psnr} and ${told}`);
  const digit = await digitOf(panel);
  await slide(panel, "Thickness", 3.4);
  assert.equal(await digitOf(panel), digit);

  // A drawing of one's own: a straight line, which is a one.
  await panel.getByRole("button", { name: "Draw one" }).click();
  const board = panel.getByRole("application");
  await board.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await board.boundingBox();
  await site.page.mouse.move(x + 0.5 * width, y + 0.2 * height);
  await site.page.mouse.down();
  await site.page.mouse.move(x + 0.5 * width, y + 0.8 * height, { steps: 5 });
  await site.page.mouse.up();
  await panel.getByRole("button", { name: "Find the nearest sample" }).click();
  await site.until("a one", async () => (await digitOf(panel)) === "1");
  site.assertNoProblems();
});

test("the widget shows the edited digit by the lines for a page", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", panel: "look", preset: "mnist-dcgan-small", spec: drawnDigits });
  const panel = await panelOf(site);
  await slide(panel, "Size", 7.5);
  await panel.getByText("Put this digit into your page").click();
  const code = await panel.locator("code").innerText();
  const shown = await site.page.evaluate(async (code) => {
    const place = document.createElement("div");
    place.innerHTML = code.split("\n")[1].replace("<gan-sampler", '<gan-sampler loading="eager"');
    document.body.prepend(place);
    const sampler = place.firstElementChild;
    const drawn = new Promise((resolve) => sampler.addEventListener("sample", resolve, { once: true }));
    await import(code.match(/src="([^"]+gan-sampler\.js)"/)[1]);
    await drawn;
    const canvas = sampler.shadowRoot.querySelector("canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return [...data].filter((_, at) => at % 4 === 0);
  }, code);
  const after = (await pictures(panel)).at(-1);
  // The latent is written with three decimals.
  assert.ok(shown.every((x, at) => Math.abs(x - after[at]) <= 6), "the same picture");
});

test("the run's own generator is edited; what cannot be is told", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", panel: "look", preset: "mnist-dcgan-small", spec: drawnDigits });
  const panel = await panelOf(site);
  await site.call("step", 3);
  await panel.getByRole("button", { name: "This run's generator" }).click();
  await site.until("its sample", async () => {
    const [before] = await pictures(panel);
    // Hardly trained: all of it is grey.
    return before.every((x) => x > 20 && x < 235);
  });
  // A run that is given pictures has no generator of this kind.
  await site.call("load", { preset: "edges-to-digits", ...drawnDigits });
  await panel.getByRole("button", { name: "This run's generator" }).waitFor({ state: "detached" });
  // The next generator's file does not come.
  await site.page.context().route("**/pretrained/mnist-infogan.safetensors", (route) => route.fulfill({ status: 503 }));
  await panel.getByText(/Reads as \d/).waitFor();
  await panel.getByRole("button", { name: "Codes that it found by itself" }).click();
  await panel.getByRole("alert").getByText(/mnist-infogan\.safetensors: status 503/).waitFor();
  await site.page.context().unroute("**/pretrained/mnist-infogan.safetensors");
  await panel.getByRole("button", { name: "Another sample" }).click();
  await panel.getByRole("alert").waitFor({ state: "hidden" });
});

test("directions that nobody named move a digit, and go back", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", panel: "look", preset: "mnist-dcgan-small", spec: drawnDigits });
  const panel = await panelOf(site);
  const [first] = await pictures(panel);
  await panel.getByText("Directions that nobody named").click();
  const slants = [await panel.getByLabel("Slant").inputValue()];
  for (const kind of ["By the weights", "By the activations"]) {
    await panel.getByRole("button", { name: kind }).click();
    await site.until("the sample as it was", async () => JSON.stringify((await pictures(panel))[1]) === JSON.stringify(first));
    await slide(panel, "Direction 1", 2.5);
    const [before, after] = await pictures(panel);
    assert.deepEqual(before, first);
    assert.notDeepEqual(after, first);
    // The other sliders stand at what the sample measures now.
    slants.push(await panel.getByLabel("Slant").inputValue());
  }
  assert.ok(slants.slice(1).every((slant) => slant !== slants[0]), `${slants}`);
  await panel.getByRole("button", { name: "Back to before" }).click();
  assert.equal(await panel.getByLabel("Direction 1").inputValue(), "0");
  assert.deepEqual((await pictures(panel))[1], first);
  site.assertNoProblems();
});
