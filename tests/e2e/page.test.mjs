// The page as it is first met: it opens, trains, obeys its buttons and its script interface.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { controlsOf, isDrawn } from "./support/controls.mjs";
import { drawnDigits, tinyConv } from "./support/nets.mjs";
import { headerOf } from "./support/safetensors.mjs";

const open = browserOfThisFile();

/** What a first visit may take until the first sheet is drawn. */
const FIRST_SHEET_GOAL_MS = 3_000;
/** The same, on a machine that builds and tests other things meanwhile. */
const FIRST_SHEET_LIMIT_MS = 10_000;

/** In the page: notes when the fixed sheet first shows something. */
function watchFirstSheet() {
  const isDrawn = (canvas) => {
    const { width, height } = canvas;
    if (width === 0 || height === 0) return false;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    return data.some((value, index) => index % 4 === 0 && value !== data[0]);
  };
  const look = () => {
    if ([...document.querySelectorAll("canvas")].some(isDrawn)) {
      window.firstSheetMs = performance.now();
    } else {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
}

test("a first visit shows a sheet of samples and becomes ready", async (t) => {
  const site = await open(t, { lang: "en" }, { init: [watchFirstSheet] });
  await site.page.waitForFunction(() => window.firstSheetMs !== undefined);
  const firstSheetMs = await site.page.evaluate(() => window.firstSheetMs);
  t.diagnostic(
    `first sheet ${firstSheetMs.toFixed(0)} ms after navigation (goal ${FIRST_SHEET_GOAL_MS} ms)`,
  );
  assert.ok(firstSheetMs < FIRST_SHEET_LIMIT_MS, `the first sheet took ${firstSheetMs} ms`);
  const snapshot = await site.untilReady();
  assert.equal(snapshot.backend, "cpu");
  assert.equal(snapshot.preset, "mnist-dcgan-small");
  assert.equal(snapshot.step, 0);
  assert.equal(snapshot.error, null);
  assert.ok(["mnist", "drawn_digits"].includes(snapshot.dataset), snapshot.dataset);
  assert.ok(await isDrawn(controlsOf(site).fixedSheet));
  await site.until("the second sheet", () => isDrawn(controlsOf(site).freshSheet));
  site.assertNoProblems();
});

test("autostart=1 trains without a click", async (t) => {
  const site = await open(t, { backend: "cpu", autostart: 1, spec: tinyConv });
  const snapshot = await site.untilStep(3);
  assert.equal(snapshot.phase, "running");
  assert.ok(Number.isFinite(snapshot.losses.generator));
  assert.ok(Number.isFinite(snapshot.losses.discriminator));
  await site.until("a speed", ({ stepsPerSecond }) => stepsPerSecond > 0);
  site.assertNoProblems();
});

test("the buttons start, pause, step and reset the run", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  const controls = controlsOf(site);
  await site.untilReady();

  await controls.step.click();
  await site.until("one step", ({ phase, step }) => phase === "paused" && step === 1);

  await controls.goOn.click();
  await site.until("training", ({ phase, step }) => phase === "running" && step > 5);
  assert.ok(await controls.step.isDisabled(), "a single step makes no sense while it trains");
  await controls.pause.click();
  const paused = await site.untilPhase("paused");
  assert.equal(paused.stepsPerSecond, 0);
  // Whatever still comes of the training would come before these samples.
  await site.call("sample", { count: 1, seed: 1 });
  assert.equal((await site.snapshot()).step, paused.step);

  await controls.reset.click();
  const reset = await site.untilReady();
  assert.equal(reset.step, 0);
  assert.deepEqual(reset.losses, { generator: null, discriminator: null });
  await controls.start.waitFor();
  site.assertNoProblems();
});

test("the script interface starts, pauses, steps and resets the run", async (t) => {
  const site = await open(t, { backend: "cpu", spec: tinyConv });
  await site.untilReady();

  await site.call("step", 3);
  let snapshot = await site.snapshot();
  assert.deepEqual([snapshot.phase, snapshot.step], ["paused", 3]);

  await site.call("start");
  await site.untilStep(6);
  assert.equal((await site.snapshot()).phase, "running");
  await site.call("pause");
  snapshot = await site.snapshot();
  assert.equal(snapshot.phase, "paused");
  assert.ok(snapshot.step >= 6);

  await site.call("reset");
  snapshot = await site.snapshot();
  assert.deepEqual([snapshot.phase, snapshot.step], ["ready", 0]);
  site.assertNoProblems();
});

test("samples come as one byte a pixel, image after image", async (t) => {
  const site = await open(t, { backend: "cpu", spec: tinyConv });
  await site.untilReady();
  const samples = await site.call("sample", { count: 5, seed: 3 });
  assert.deepEqual([samples.count, samples.width, samples.height], [5, 28, 28]);
  assert.equal(samples.channels, 1);
  assert.ok(samples.pixels instanceof Uint8Array);
  assert.equal(samples.pixels.length, 5 * 28 * 28);
  const again = await site.call("sample", { count: 5, seed: 3 });
  assert.deepEqual(again.pixels, samples.pixels);
  const others = await site.call("sample", { count: 5, seed: 4 });
  assert.notDeepEqual(others.pixels, samples.pixels);
});

test("calls made before the page is ready are carried out once it is", async (t) => {
  const site = await open(t, { backend: "cpu", spec: tinyConv });
  // Nothing is awaited: the page is still loading its worker.
  await site.call("step", 2);
  assert.equal((await site.snapshot()).step, 2);
});

test("the page can be operated by the keyboard alone", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  const controls = controlsOf(site);
  await site.untilReady();

  await tabTo(site.page, controls.step);
  await site.page.keyboard.press("Enter");
  await site.until("one step", ({ phase, step }) => phase === "paused" && step === 1);

  await tabTo(site.page, controls.goOn);
  await site.page.keyboard.press("Space");
  await site.until("training", ({ phase, step }) => phase === "running" && step > 3);
  await tabTo(site.page, controls.pause);
  await site.page.keyboard.press("Space");
  await site.untilPhase("paused");

  await tabTo(site.page, controls.generatorRateSlider);
  assert.ok(await hasVisibleFocus(site.page), "the focused control looks like any other");
  const before = headerOf(await site.checkpoint()).spec.generator_optimizer.learning_rate;
  await site.page.keyboard.press("ArrowRight");
  await site.until("a larger learning rate", async () => {
    const { spec } = headerOf(await site.checkpoint());
    return spec.generator_optimizer.learning_rate > before;
  });
});

test("the space bar starts and pauses the run when no control has the focus", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  await site.untilReady();
  await site.page.keyboard.press("Space");
  await site.until("training", ({ phase, step }) => phase === "running" && step > 2);
  await site.page.keyboard.press("Space");
  await site.untilPhase("paused");
});

/** Presses Tab until `target` has the focus. */
async function tabTo(page, target) {
  const MOST = 100;
  await target.waitFor();
  for (let press = 0; press < MOST; press += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`${MOST} presses of Tab do not lead to ${target}`);
}

/** Whether the focused element is drawn with an outline or a shadow. */
function hasVisibleFocus(page) {
  return page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    return outlined || style.boxShadow !== "none";
  });
}

test("training keeps the main thread free", async (t) => {
  // A task's duration is wall time: on a shared machine a single one may be the time for which the
  // browser was not scheduled. The longest is logged; a page that blocks has many.
  const MOST_BLOCKED_SHARE = 0.03;
  const WINDOW_MS = 20_000;
  const site = await open(t, { backend: "cpu", spec: drawnDigits });
  await site.untilReady();
  await site.page.evaluate(() => {
    window.longTasksMs = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.longTasksMs.push(entry.duration);
    }).observe({ type: "longtask" });
    window.observedSinceMs = performance.now();
  });
  await site.call("start");
  const isOver = (window_ms) => performance.now() - window.observedSinceMs >= window_ms;
  await site.page.waitForFunction(isOver, WINDOW_MS, { polling: 500 });
  const { step, stepsPerSecond } = await site.snapshot();
  const longTasksMs = await site.page.evaluate(() => window.longTasksMs);
  const longestMs = Math.max(0, ...longTasksMs);
  t.diagnostic(
    `${longTasksMs.length} main-thread tasks over 50 ms in ${WINDOW_MS / 1000} s of training ` +
      `(longest ${longestMs.toFixed(0)} ms); ${step} steps, ${stepsPerSecond.toFixed(1)} a second`,
  );
  assert.ok(step > 0);
  const blockedMs = longTasksMs.reduce((sum, ms) => sum + ms, 0);
  assert.ok(blockedMs <= MOST_BLOCKED_SHARE * WINDOW_MS, `long tasks took ${blockedMs} ms`);
});
