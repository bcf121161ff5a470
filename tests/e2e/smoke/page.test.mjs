// What the page must do in every browser, served isolated from other origins.

import assert from "node:assert/strict";
import { test } from "node:test";

import { engineOfThisFile } from "../support/engines/index.mjs";
import { tinyConv } from "../support/nets.mjs";
import { hash, siteUrl } from "../support/site.mjs";

const open = engineOfThisFile();
const at = (address) => new URL(hash({ lang: "en", ...address }), siteUrl()).href;

/** In the page: whether the canvas that `selector` finds shows more than one colour. */
const isDrawn = (selector) => {
  const canvas = document.querySelector(selector);
  if (!canvas?.width) return false;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value, index) => index % 4 !== 3 && value !== data[index % 4]);
};

test("the default run is ready, trains and draws", async (t) => {
  const tab = await open(t, at({}));
  assert.equal(await tab.evaluate(() => window.crossOriginIsolated), true);
  await tab.untilPhase("ready");
  await tab.press("Start");
  const trains = () => {
    const { phase, step, losses, error } = window.ganPlayground.snapshot();
    if (error) throw new Error(error);
    return phase === "running" && step >= 5 && Number.isFinite(losses.generator);
  };
  await tab.until("five steps", trains);
  await tab.until("a sheet of samples", isDrawn, "#fixed-sheet");
});

test("a checkpoint is continued exactly", async (t) => {
  const tab = await open(t, at({ backend: "cpu", spec: tinyConv }));
  await tab.untilPhase("ready");
  const [straight, restored] = await tab.evaluate(async () => {
    const page = window.ganPlayground;
    const trained = async (steps) => {
      await page.step(steps);
      const { pixels } = await page.sample({ count: 4, seed: 7 });
      return { step: page.snapshot().step, losses: page.snapshot().losses, pixels: [...pixels] };
    };
    await page.step(4);
    const file = await page.checkpoint();
    const first = await trained(3);
    await page.restore(file);
    return [first, await trained(3)];
  });
  assert.equal(straight.step, 7);
  assert.ok(new Set(straight.pixels).size > 20, "samples without contrast say nothing");
  assert.deepEqual(restored, straight);
});

test("a lesson is given to its end", async (t) => {
  const tab = await open(t, at({ backend: "cpu" }));
  await tab.until("the lessons", () => window.ganPlayground?.lesson !== undefined);
  await tab.evaluate(() => window.ganPlayground.lesson("what-is-a-gan"));
  const { preset, step } = await tab.evaluate(() => window.ganPlayground.snapshot());
  assert.equal(preset, "ring");
  assert.ok(step >= 300, `step ${step}`);
});

test("the widget draws digits in a post", async (t) => {
  const tab = await open(t, new URL("embed/", siteUrl()).href);
  const tones = () => {
    const canvas = document.querySelector("gan-sampler")?.shadowRoot?.querySelector("canvas");
    if (!canvas?.clientWidth) return null;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const share = (holds) => data.filter((value, i) => i % 4 === 0 && holds(value)).length / (data.length / 4);
    const [bright, dark] = [share((value) => value > 200), share((value) => value < 50)];
    return bright > 0 && { bright, dark };
  };
  const { bright, dark } = await tab.until("samples", tones);
  assert.ok(bright > 0.05 && bright < 0.4 && dark > 0.5, `${bright} bright, ${dark} dark`);
});
