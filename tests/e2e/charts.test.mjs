// The charts: the values of a step under the pointer, a finger or the keyboard, and what is written beside the curves.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

import { answer, browserOfThisFile } from "./support/browser.mjs";
import { tinyMlp } from "./support/nets.mjs";

const open = browserOfThisFile();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const STEPS = 30;
const HINT = "The arrow keys show the values of each step, + and - zoom";

/** A chart by its heading. */
function chartOf({ page }, title) {
  const heading = page.getByRole("heading", { name: title, exact: true });
  const figure = page.locator(".charts figure").filter({ has: heading });
  const slider = figure.getByRole("slider");
  const all = (selector) => figure.locator(selector);
  return {
    picture: figure.getByRole("img"),
    slider,
    all,
    /** The numbers of the legend. */
    numbers: async () => (await all(".legend .number").allInnerTexts()).map(Number),
    /** What tells the step that is read; empty where none is. */
    step: () => all(".at").innerText(),
    told: () => slider.getAttribute("aria-valuetext"),
    /** Distance of the hair line from the chart's left side. */
    hair_px: async () => Number.parseFloat((await all(".reading path").getAttribute("d")).slice(1)),
    /** Where a share of the chart's width lies in the window. */
    async place(share) {
      const { x, y, width, height } = await slider.boundingBox();
      return { x: x + share * width, y: y + height / 2, from_left_px: share * width };
    },
    show: () => slider.evaluate((element) => element.scrollIntoView({ block: "center" })),
  };
}

/**
 * A page with a run of [STEPS] steps, its charts, and the numbers of each step as the page's interface has them. The lab
 * is left out: it comes when it comes, and moves the charts.
 */
async function openTrained(t, address = {}, options = {}) {
  const routes = [["**/lab/entry.js", answer(404)]];
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyMlp, ...address }, { routes, ...options });
  await site.untilReady();
  const steps = [];
  while (steps.length < STEPS) {
    await site.call("step", 1);
    const { step, losses, scores } = await site.snapshot();
    assert.equal(step, steps.length + 1);
    steps.push({
      losses: [losses.generator, losses.discriminator],
      scores: [scores.realScore, scores.fakeScore],
    });
  }
  const losses = chartOf(site, "Losses");
  const scores = chartOf(site, "What the discriminator believes");
  if ((address.lang ?? "en") === "en") {
    // Charts are drawn some times a second.
    const isDrawn = async () => (await losses.slider.getAttribute("aria-valuemax")) === String(STEPS);
    await site.until("the last step in the chart", isDrawn);
    await losses.show();
  }
  return { site, page: site.page, steps, losses, scores };
}

/** Asserts that numbers of a legend are these values. */
function assertShown(shown, values, what) {
  assert.equal(shown.length, values.length, what);
  for (const [place, value] of values.entries()) {
    assert.ok(Math.abs(shown[place] - value) <= 0.0005 + 1e-9, `${what}: ${shown} for ${values}`);
  }
}

/** Asserts that both charts show this step. */
async function assertBothRead(run, step) {
  for (const name of ["losses", "scores"]) {
    const chart = run[name];
    assert.equal(await chart.step(), `Step ${step} · measured`, name);
    assertShown(await chart.numbers(), run.steps[step - 1][name], `${name} of step ${step}`);
    assert.equal(await chart.all(".reading circle").count(), 2, name);
    assert.equal(await chart.slider.getAttribute("aria-valuenow"), String(step));
  }
}

/** Asserts that neither chart shows a step. */
async function assertNeitherReads({ losses, scores }) {
  for (const chart of [losses, scores]) {
    assert.equal(await chart.step(), "");
    assert.equal(await chart.all(".reading *").count(), 0);
    assert.equal(await chart.told(), HINT);
  }
}

const stepOf = (text) => Number(text.match(/^Step (\d+) · measured$/)?.[1]);

test("a pointer over a chart reads the nearest step in both charts, until it leaves", async (t) => {
  const run = await openTrained(t);
  const { page, losses, scores } = run;
  const before = [await losses.numbers(), await scores.numbers()];
  await assertNeitherReads(run);
  for (const chart of [losses, scores]) {
    const hairs = new Map();
    const pointed = [];
    for (let percent = 1; percent < 100; percent += 1) {
      const { x, y, from_left_px } = await chart.place(percent / 100);
      await page.mouse.move(x, y);
      const step = stepOf(await chart.step());
      hairs.set(step, await chart.hair_px());
      pointed.push([from_left_px, step]);
      if (percent % 10 === 0) await assertBothRead(run, step);
    }
    assert.equal(hairs.size, STEPS, "a hundred places lead to every step");
    for (const [from_left_px, step] of pointed) {
      const distance = (other) => Math.abs(hairs.get(other) - from_left_px);
      const nearest = [...hairs.keys()].reduce((a, b) => (distance(b) < distance(a) ? b : a));
      // Half a pixel is lost to rounding.
      assert.ok(distance(step) <= distance(nearest) + 1, `${from_left_px} px: step ${step}, not ${nearest}`);
    }
    await page.mouse.move(1, 1);
    await assertNeitherReads(run);
    assert.deepEqual([await losses.numbers(), await scores.numbers()], before);
  }
});

test("the keys move the cursor in both charts, and Escape or leaving takes it away", async (t) => {
  const run = await openTrained(t);
  const { page, losses, scores } = run;
  const before = [await losses.numbers(), await scores.numbers()];
  for (const chart of [losses, scores]) {
    await chart.slider.focus();
    await assertNeitherReads(run);
    const limits = ["aria-valuemin", "aria-valuemax"].map((name) => chart.slider.getAttribute(name));
    assert.deepEqual(await Promise.all(limits), ["1", String(STEPS)]);
    for (const [key, step] of [
      ["ArrowLeft", 30], // The first press brings the cursor.
      ["ArrowLeft", 29],
      ["ArrowRight", 30],
      ["ArrowRight", 30],
      ["PageDown", 27],
      ["PageDown", 24],
      ["PageUp", 27],
      ["Home", 1],
      ["ArrowLeft", 1],
      ["ArrowUp", 2],
      ["ArrowDown", 1],
      ["End", 30],
    ]) {
      await page.keyboard.press(key);
      await assertBothRead(run, step);
    }
    const [first, second] = await chart.all(".legend .number").allInnerTexts();
    const [one, other] = chart === losses ? ["Generator", "Discriminator"] : ["real, D(x)", "fake, D(G(z))"];
    assert.equal(await chart.told(), `Step 30 · ${one} ${first} · ${other} ${second}`);

    await page.keyboard.press("Escape");
    await assertNeitherReads(run);
    assert.deepEqual([await losses.numbers(), await scores.numbers()], before);

    await page.keyboard.press("Home");
    await assertBothRead(run, 1);
    await page.keyboard.press("Tab");
    await assertNeitherReads(run);
  }
});

test("a finger reads by moving sideways, and scrolls the page by moving up", async (t) => {
  const context = { hasTouch: true, viewport: { width: 390, height: 700 } };
  const run = await openTrained(t, {}, { context });
  const { page, losses } = run;
  const protocol = await run.site.context.newCDPSession(page);
  /** Sends a touch, and waits until the page has seen it: moves come with the next frame. */
  const touch = async (type, point) => {
    const touchPoints = point === undefined ? [] : [{ x: point.x, y: point.y }];
    await protocol.send("Input.dispatchTouchEvent", { type, touchPoints });
    await page.evaluate(() => new Promise((resolve) => {
      requestAnimationFrame(() => requestAnimationFrame(resolve));
    }));
  };
  await touch("touchStart", await losses.place(0.3));
  const first = stepOf(await losses.step());
  await assertBothRead(run, first);
  for (const share of [0.4, 0.5, 0.6, 0.7]) await touch("touchMove", await losses.place(share));
  const last = stepOf(await losses.step());
  assert.ok(last > first + 5, `from step ${first} to ${last}`);
  await assertBothRead(run, last);
  await touch("touchEnd");
  await assertNeitherReads(run);

  const scrolled = () => page.evaluate(() => scrollY);
  const before = await scrolled();
  const { x, y } = await losses.place(0.5);
  await touch("touchStart", { x, y });
  for (let moved = 15; moved <= 150; moved += 15) await touch("touchMove", { x, y: y - moved });
  await touch("touchEnd");
  await run.site.until("a page that is scrolled", async () => (await scrolled()) > before + 50);
  await assertNeitherReads(run);
});

test("reading a step draws no curve and no axis again", async (t) => {
  const { page, losses } = await openTrained(t);
  await page.evaluate(() => {
    window.redrawn = 0;
    const observer = new MutationObserver((changes) => (window.redrawn += changes.length));
    const parts = document.querySelectorAll(".charts svg > g:not(.reading)");
    for (const part of parts) {
      observer.observe(part, { attributes: true, childList: true, subtree: true });
    }
  });
  const { x, y } = await losses.place(0.2);
  await page.mouse.move(x, y);
  const first = await losses.step();
  await page.mouse.move(x + 200, y, { steps: 20 });
  assert.notEqual(await losses.step(), first);
  assert.equal(await page.evaluate(() => window.redrawn), 0);
});

test("another run, or the same from its start, has no step that is read", async (t) => {
  const { site, page, losses } = await openTrained(t);
  const { x, y } = await losses.place(0.5);
  await page.mouse.move(x, y);
  assert.notEqual(await losses.step(), "");
  await site.call("reset");
  await site.until("empty charts", () => losses.slider.isHidden());
  assert.equal(await losses.step(), "");
  assert.equal(await losses.all(".reading *").count(), 0);
});

test("axes are named in the height that the chart has", async (t) => {
  const { losses, scores } = await openTrained(t);
  const names = (chart) => chart.all(".grid .name").allTextContents();
  assert.deepEqual([await names(losses), await names(scores)], [["Step", "loss"], ["Step", "score"]]);
  for (const chart of [losses, scores]) {
    assert.equal((await chart.picture.boundingBox()).height, 168);
    // What the picture tells in words stays.
    assert.match(await chart.picture.getAttribute("aria-label"), / at step 30, (rising|falling|steady), /);
  }
});

test("the equilibrium's value is a named line where the objective has one", async (t) => {
  const { site, scores } = await openTrained(t);
  // With the target 0.9 for reals and 0 for fakes, the discriminator's best answer is 0.45.
  assert.equal(await scores.all(".level").count(), 1);
  assert.equal(await scores.all(".level text").textContent(), "equilibrium");
  const d = await scores.all(".level path").getAttribute("d");
  const height_px = Number(d.match(/^M[\d.]+ ([\d.]+)H/)?.[1]);
  const [bottom_px, top_px] = [168 - 22, 8];
  assert.ok(Math.abs(height_px - (bottom_px - 0.45 * (bottom_px - top_px))) < 0.1, d);

  await site.call("tune", { objective: "relativistic_paired", label_smoothing: 0 });
  await site.until("no line", async () => (await scores.all(".level").count()) === 0);
});

test("a changed setting is marked at its step, and named there", async (t) => {
  const { site, page, losses, scores } = await openTrained(t);
  const marks = async (chart) => (await chart.all(".grid .change").getAttribute("d")).split("M").length - 1;
  assert.equal(await marks(losses), 0);
  await site.call("tune", { generator_learning_rate: 0.004 });
  await site.call("step", 20);
  const isDrawn = async () => (await losses.slider.getAttribute("aria-valuemax")) === "50";
  await site.until("the last step in the chart", isDrawn);
  assert.deepEqual([await marks(losses), await marks(scores)], [1, 1]);

  const note = "Generator learning rate 0.0005 → 0.004";
  await losses.slider.focus();
  await page.keyboard.press("End");
  assert.equal(await losses.all(".reading text").textContent(), "");
  for (let step = 50; step > 30; step -= 1) await page.keyboard.press("ArrowLeft");
  assert.equal(await losses.step(), "Step 30 · measured");
  for (const chart of [losses, scores]) {
    assert.equal(await chart.all(".reading text").textContent(), note);
    assert.ok((await chart.told()).endsWith(` · ${note}`), await chart.told());
  }
});

for (const lang of ["en", "zh"]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`no barrier that axe finds in charts that are read: ${lang}, ${colorScheme}`, async (t) => {
      const { site, page } = await openTrained(t, { lang }, { context: { colorScheme } });
      const slider = page.locator(".charts").getByRole("slider").first();
      await slider.focus();
      await page.keyboard.press("Home");
      const isRead = async () => (await slider.getAttribute("aria-valuenow")) === "1";
      await site.until("the first step", isRead);
      assert.match(await slider.getAttribute("aria-valuetext"), lang === "en" ? /^Step 1 · / : /^第 1 步 · /);
      await page.evaluate(axe);
      const violations = await page.evaluate(async () => {
        const { violations: found } = await window.axe.run(document.querySelector(".charts"));
        return found.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html)}`);
      });
      assert.deepEqual(violations, []);

      const outline = await slider.evaluate((element) => getComputedStyle(element).outlineStyle);
      assert.notEqual(outline, "none", "the focus is seen");
      const [hair, paper] = await page.evaluate(() => [
        getComputedStyle(document.querySelector(".reading path")).stroke,
        getComputedStyle(document.body).backgroundColor,
      ]);
      const lightness = (color) => color.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
      assert.ok(Math.abs(lightness(hair) - lightness(paper)) > 200, `${hair} on ${paper}`);
    });
  }
}

test("both charts zoom to the newest steps, or around the step that is read, by buttons and keys", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyMlp });
  const { page } = site;
  await site.untilReady();
  await site.call("step", 160);
  const sliders = page.locator(".cursor");
  const shown = async () => {
    const both = await sliders.evaluateAll((all) =>
      all.map((one) => ["aria-valuemin", "aria-valuemax"].map((name) => Number(one.getAttribute(name)))),
    );
    assert.deepEqual(both[0], both[1], "both show the same steps");
    return both[0];
  };
  await site.until("all steps", async () => (await shown())[1] === 160);
  assert.deepEqual(await shown(), [1, 160]);
  const out = page.getByRole("button", { name: "Show twice as many steps" });
  assert.equal(await out.getAttribute("aria-disabled"), "true");
  await page.getByRole("button", { name: "Show half as many steps" }).click();
  assert.deepEqual(await shown(), [81, 160]);
  // It follows the run.
  await site.call("step", 40);
  await site.until("the newer steps", async () => (await shown())[1] === 200);
  assert.deepEqual(await shown(), [101, 200]);
  await out.click();
  assert.deepEqual(await shown(), [1, 200]);
  await sliders.first().focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  assert.deepEqual(await shown(), [1, 50]);
  await page.keyboard.press("-");
  await page.keyboard.press("-");
  assert.deepEqual(await shown(), [1, 200]);
  site.assertNoProblems();
});
