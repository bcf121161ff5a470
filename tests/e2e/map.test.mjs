// The map of the data, and what the page shows of a run with an encoder.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { drawnDigits } from "./support/nets.mjs";

const open = browserOfThisFile();

/** The grey values of a canvas. */
const greyOf = (canvas) =>
  canvas.evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return [...data].filter((_, at) => at % 4 === 0);
  });

/** The map, drawn. */
async function mapOf(site) {
  const panel = site.page.locator(".lab-map");
  await panel.waitFor({ timeout: 60_000 });
  await panel.scrollIntoViewIfNeeded();
  await panel.getByRole("button", { name: "Draw the map", exact: true }).click();
  const canvas = panel.locator("canvas.lab-map-canvas");
  await canvas.waitFor({ timeout: 60_000 });
  await panel.getByRole("button", { name: "Draw the map anew" }).waitFor();
  await canvas.scrollIntoViewIfNeeded();
  return { panel, canvas };
}

const words = (panel) => panel.locator("#lab-map-words").innerText();

test("a real sample on the map of an encoder is found again, and changes as it is dragged", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", panel: "look", preset: "mnist-vae-gan", spec: drawnDigits });
  await site.page.evaluate(() => window.ganPlayground.step(200));
  const { panel, canvas } = await mapOf(site);
  assert.match(await panel.innerText(), /500 real and 200 generated samples after 200 steps/);
  await canvas.focus();
  await site.page.keyboard.press("ArrowRight");
  assert.match(await words(panel), /A (real|generated) sample, read as \d\./);
  // Generated samples out of the way, every press finds a real one.
  await panel.getByRole("checkbox", { name: "Generated" }).uncheck();
  const { x, y, width, height } = await canvas.boundingBox();
  await canvas.focus();
  let tries = 0;
  while (!/real/.test(await words(panel)) && tries++ < 20) {
    await site.page.keyboard.press(tries % 2 ? "ArrowLeft" : "ArrowUp");
  }
  assert.match(await words(panel), /A real sample, read as \d\./);
  const pictures = panel.locator(".lab-edit-pictures canvas");
  await site.until("the reconstruction", async () => (await pictures.count()) === 2);
  const first = await greyOf(pictures.nth(1));
  assert.equal(first.length, 28 * 28);
  const slider = panel.getByLabel("Along the first axis");
  const at = Number(await slider.inputValue());
  const moved = async () => (await pictures.count()) === 2 && JSON.stringify(await greyOf(pictures.nth(1))) !== JSON.stringify(first);
  await slider.fill(String(at > 50 ? 0 : 100));
  await site.until("another picture", moved);
  await panel.getByText("Made of the latent there").waitFor();
  await panel.getByRole("button", { name: "Back to its place" }).click();
  await site.until("the picture before", async () => (await pictures.count()) === 2 && !(await moved()));

  // The same with the mouse: the chosen sample is where the sliders say.
  const share = async (name) => Number(await panel.getByLabel(name).inputValue()) / 100;
  const from = [x + (await share("Along the first axis")) * width, y + (1 - (await share("Along the second axis"))) * height];
  await site.page.mouse.move(...from);
  await site.page.mouse.down();
  await site.page.mouse.move(x + 0.5 * width, y + 0.02 * height, { steps: 4 });
  await site.page.mouse.up();
  await panel.getByText("Made of the latent there").waitFor();
  assert.ok((await share("Along the second axis")) > 0.9);
  site.assertNoProblems();
});

test("a run without an encoder has a map of what the classifier sees", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", panel: "look", preset: "mnist-dcgan-small", spec: drawnDigits });
  const { panel, canvas } = await mapOf(site);
  await canvas.focus();
  await site.page.keyboard.press("ArrowRight");
  assert.match(await words(panel), /sample, read as \d\./);
  await panel.locator(".lab-edit-pictures canvas").waitFor();
  assert.equal(await panel.locator(".lab-edit-pictures canvas").count(), 1);
  assert.ok(await panel.getByLabel("Along the first axis").isHidden());
  // Digits that are alike lie side by side: the sample next to one is mostly read as the same digit.
  const read = async () => (await words(panel)).match(/\d/)[0];
  let same = 0;
  let pairs = 0;
  for (const key of ["ArrowLeft", "ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight", "ArrowUp"]) {
    for (let step = 0; step < 4; step++) {
      const before = await read();
      await site.page.keyboard.press(key);
      same += (await read()) === before;
      pairs += 1;
    }
  }
  assert.ok(same / pairs > 0.3, `${same} of ${pairs}; by chance it would be a tenth`);
  site.assertNoProblems();
});

test("the page shows real samples beside what is made of their latents", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "mnist-vae-gan", spec: drawnDigits });
  await site.page.evaluate(() => window.ganPlayground.step(5));
  await site.page.getByRole("heading", { name: "Real and reconstructed" }).waitFor();
  const sheet = site.page.locator("#fresh-sheet");
  await site.until("pairs", async () => /32 real images, each with/.test((await sheet.getAttribute("aria-label")) ?? ""));
  await site.until("a score", async () => {
    const { scores } = await site.page.evaluate(() => window.ganPlayground.snapshot());
    return scores.psnrOfReconstructions > 0 && scores.encoderLoss > 0;
  });
  // A pair, large: the real image left, its reconstruction right. A press is the lab's, which comes later than
  // the first sheets.
  await site.untilLab();
  await sheet.click({ position: { x: 20, y: 20 } });
  const dialog = site.page.getByRole("dialog", { name: "One sample, large" });
  await dialog.getByText(/Real image 1 of 32 after \d+ steps/).waitFor();
  const { width, height } = await dialog.locator("canvas").evaluate(({ width, height }) => ({ width, height }));
  assert.ok(width > 2 * height && width < 2.2 * height, `${width} x ${height}`);
  await site.page.keyboard.press("Escape");
  site.assertNoProblems();
});

test("the encoder is built as the two other nets are", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", panel: "build", preset: "mnist-vae-gan", spec: drawnDigits });
  const nets = site.page.locator(".lab-net");
  await nets.nth(2).waitFor({ timeout: 60_000 });
  assert.match(await nets.nth(2).innerText(), /^Encoder/);
  const before = await site.page.evaluate(() => window.ganPlayground.spec());
  await nets.nth(2).getByRole("combobox", { name: "Add a layer…" }).selectOption("activation");
  const load = site.page.getByRole("button", { name: "Load these nets and begin anew" });
  await load.click();
  await site.until("the encoder's layer", async () => {
    const { encoder } = await site.page.evaluate(() => window.ganPlayground.spec());
    return encoder.net.layers.length === before.encoder.net.layers.length + 1;
  });
  // One that ends in too many numbers is told in words.
  await nets.nth(2).getByRole("combobox", { name: "Add a layer…" }).selectOption("linear");
  await site.page.getByText(/encoder\.net\.layers: end in 64; they must end in \d+/).waitFor();
  assert.ok(await load.isDisabled());
  site.assertNoProblems();
});
