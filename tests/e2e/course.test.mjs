// Classifiers that are taught in the lab, a discriminator that learns classes, and nets that grow.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { drawnDigits } from "./support/nets.mjs";

const open = browserOfThisFile();

test("classifiers are taught with and without samples, and a generator is trained on the same few images", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", panel: "look", preset: "mnist-dcgan-small", spec: drawnDigits });
  await site.untilLab();
  const panel = site.page.locator(".lab-course");
  await panel.getByText("This run’s generator is told no class").waitFor({ timeout: 60_000 });
  await panel.getByRole("button", { name: "Train a generator on 10 images of each class alone" }).click();
  await site.until("the run on few images", async () => {
    const { data, labels, diff_augment: augment } = await site.page.evaluate(() => window.ganPlayground.spec());
    return data.per_class === 10 && data.source === "drawn_digits" && labels.classes === 10 && augment.translation > 0;
  });
  await panel.getByText("This generator has learned from the 10 labelled images of each class alone.").waitFor();
  await site.page.evaluate(() => window.ganPlayground.step(10));
  await panel.getByRole("button", { name: "Teach four classifiers" }).click();
  await panel.getByText(/Step \d+ of 200 with 100 labelled images; examined by 1000 others\./).waitFor({ timeout: 120_000 });
  const curves = panel.locator(".lab-course-chart path[class^='lab-diet-']");
  await site.until("two examinations", async () => {
    const lines = await curves.evaluateAll((all) => all.map((path) => path.getAttribute("d")));
    return lines.length === 4 && lines.every((line) => /L/.test(line));
  });
  // Drawn digits are easily told: even a few steps are more than chance.
  const shares = await panel.locator(".lab-diets strong").allInnerTexts();
  assert.equal(shares.length, 4);
  assert.ok(shares.every((share) => parseFloat(share) > 20), `${shares}`);
  await panel.getByRole("button", { name: "End the lesson" }).click();
  await panel.getByRole("button", { name: "Teach four classifiers" }).waitFor();
  assert.equal(await curves.count(), 4, "what was found stays");
  site.assertNoProblems();
});

test("a discriminator learns classes from a few labels, and the page tells how many it names", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "mnist-semi-supervised", spec: drawnDigits });
  await site.page.evaluate(() => window.ganPlayground.step(30));
  await site.until("a share", async () => {
    const { scores } = await site.page.evaluate(() => window.ganPlayground.snapshot());
    return scores.classAccuracy > 0.3;
  });
  await site.untilLab();
  await site.page.getByText("Real images whose class the discriminator names rightly").first().waitFor({ state: "attached" });
  site.assertNoProblems();
});

test("nets that grow begin with coarse images and end with fine ones", async (t) => {
  const spec = { ...drawnDigits, growth: { hold: 3, fade: 2 } };
  const site = await open(t, { backend: "cpu", lang: "en", preset: "mnist-growing", spec });
  const sampled = () => site.page.evaluate(() => window.ganPlayground.sample({ count: 8, seed: 1 }));
  /** The side of the largest squares of equal pixels of which all samples consist. */
  const coarseness = async () => {
    const pixels = Object.values((await sampled()).pixels);
    assert.equal(pixels.length, 8 * 784);
    const isMadeOf = (side) =>
      pixels.every((value, at) => {
        const [x, y] = [at % 28, Math.floor(at / 28) % 28];
        return value === pixels[at - (x % side) - 28 * (y % side)];
      });
    return [4, 2, 1].find(isMadeOf);
  };
  await site.page.evaluate(() => window.ganPlayground.step(2));
  assert.equal(await coarseness(), 4);
  await site.page.evaluate(() => window.ganPlayground.step(5));
  assert.equal(await coarseness(), 2, "after seven steps the first stage is there");
  await site.page.evaluate(() => window.ganPlayground.step(4));
  assert.equal(await coarseness(), 1);
  // A run that goes on from its checkpoint is as large.
  const bytes = await site.page.evaluate(async () => [...(await window.ganPlayground.checkpoint())]);
  const before = Object.values((await sampled()).pixels);
  await site.page.evaluate((bytes) => window.ganPlayground.restore({ checkpoint: new Uint8Array(bytes), files: [] }), bytes);
  assert.deepEqual(Object.values((await sampled()).pixels), before);
  site.assertNoProblems();
});
