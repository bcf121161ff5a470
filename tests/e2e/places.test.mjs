// The panels' tabs, the picture of the GAN, and a first visit.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { controlsOf, isDrawn } from "./support/controls.mjs";
import { drawnDigits, tinyConv } from "./support/nets.mjs";

const open = browserOfThisFile();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const PANELS = ["run", "learn", "look", "step", "compare", "build", "data", "past", "take", "teach"];

async function openLab(t, address, options) {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "ring", ...address }, options);
  await site.until("a run", ({ phase }) => phase !== "loading");
  const { page } = site;
  await page.getByRole("tablist").waitFor();
  return { site, page, tab: (name) => page.getByRole("tab", { name, exact: true }) };
}

/** The panel that is shown: the only one of all. */
async function shown(page) {
  const seen = await page.getByRole("tabpanel").evaluateAll((all) =>
    all.filter((one) => one.checkVisibility()).map(({ id }) => id),
  );
  assert.equal(seen.length, 1, `${seen}`);
  return seen[0];
}

const panelInAddress = (page) => page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get("panel"));

test("a tab shows its panel, and nothing else but the samples and the run's buttons", async (t) => {
  const { site, page, tab } = await openLab(t);
  assert.equal(await shown(page), "run");
  for (const [name, id] of [["Build", "build"], ["Past", "past"], ["Run", "run"], ["Build", "build"], ["Run", "run"]]) {
    await tab(name).click();
    assert.equal(await shown(page), id);
    assert.equal(await tab(name).getAttribute("aria-selected"), "true");
    assert.equal(await page.locator(`[role=tab][aria-selected=true]`).count(), 1);
    assert.ok(await page.locator(".lab-plane canvas").isVisible());
    assert.ok(await controlsOf(site).start.isVisible());
  }
  site.assertNoProblems();
});

test("arrows, Home and End go along the tabs, and the panel is next", async (t) => {
  const { page, tab } = await openLab(t);
  await tab("Run").focus();
  for (const [key, id] of [
    ["ArrowRight", "learn"], ["ArrowRight", "look"], ["ArrowLeft", "learn"], ["End", "teach"],
    ["ArrowRight", "run"], ["ArrowLeft", "teach"], ["Home", "run"], ["End", "teach"],
  ]) {
    await page.keyboard.press(key);
    await page.waitForFunction((id) => document.activeElement.id === `tab-${id}`, id);
    assert.equal(await shown(page), id);
  }
  // The other tabs are no stops on the way.
  const stops = await page.getByRole("tab").evaluateAll((all) => all.filter((one) => one.tabIndex === 0).length);
  assert.equal(stops, 1);
});

test("a link opens a panel, and the way back leads through the panels without touching the run", async (t) => {
  const { site, page, tab } = await openLab(t, { panel: "past" });
  assert.equal(await shown(page), "past");
  await tab("Build").click();
  await tab("Learn").click();
  assert.equal(await panelInAddress(page), "learn");
  // Meanwhile the run becomes another one.
  await site.load({ seed: 7 });
  await site.call("step", 3);
  await page.goBack();
  await page.locator("#build").waitFor();
  assert.equal(await panelInAddress(page), "build");
  await page.goBack();
  await page.locator("#past").waitFor();
  const { step } = await site.snapshot();
  const { seed } = await page.evaluate(() => window.ganPlayground.spec());
  assert.deepEqual([step, seed], [3, 7], "the run is as it was");
  // The address is that of the run, whatever it was when the panel was left.
  assert.match(decodeURIComponent(page.url()), /"seed":7/);
  await page.goForward();
  await page.locator("#build").waitFor();
  site.assertNoProblems();
});

test("the way back to another link's run loads that run", async (t) => {
  const { site, page, tab } = await openLab(t);
  await tab("Past").click();
  await page.evaluate(() => { location.hash = "preset=ring-collapse&backend=cpu&lang=en"; });
  await site.until("the other run", ({ preset, phase }) => preset === "ring-collapse" && phase === "ready");
  assert.equal(await shown(page), "run");
  await page.goBack();
  await site.until("the run before", ({ preset, phase }) => preset === "ring" && phase === "ready");
  await page.locator("#past").waitFor();
  site.assertNoProblems();
});

test("Space in a control of the widget is that control's, and the run stays as it is", async (t) => {
  const { site } = await openLab(t, { panel: "take", preset: "mnist-mlp" });
  await site.untilReady();
  await site.page.getByRole("button", { name: "A digit of your choice" }).click();
  const sampler = site.page.locator(".lab-sampler gan-sampler");
  const button = sampler.getByRole("button").first();
  await button.waitFor();
  const picture = () => sampler.evaluate((element) => element.shadowRoot.querySelector("canvas").toDataURL());
  const before = await picture();
  await button.focus();
  await site.page.keyboard.press("Space");
  await site.until("other samples", async () => (await picture()) !== before);
  const { step, phase } = await site.snapshot();
  assert.deepEqual({ step, phase }, { step: 0, phase: "ready" });
});

test("a lesson goes on while panels are looked at", async (t) => {
  const { site, page, tab } = await openLab(t, { lesson: "what-is-a-gan" });
  const card = page.locator(".lab-lesson");
  await card.waitFor();
  await tab("Build").click();
  assert.ok(await card.isVisible());
  await card.getByRole("button", { name: "Next", exact: true }).click();
  await page.getByText("Step 2 of 5").waitFor();
  await page.goBack();
  await page.locator("#run").waitFor();
  assert.ok(await page.getByText("Step 2 of 5").isVisible());
  assert.match(page.url(), /lesson=what-is-a-gan&step=2/);
  site.assertNoProblems();
});

test("keys show panels and make steps, are listed, and can be done without", async (t) => {
  const { site, page } = await openLab(t);
  await site.untilReady();
  await page.keyboard.press("6");
  await page.locator("#build").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "build");
  await page.keyboard.press("s");
  await site.untilStep(1);
  await page.keyboard.press("1");
  await page.locator("#run").waitFor();
  // In a panel that has the focus as a whole, Space is the run's.
  await page.keyboard.press("Space");
  await site.untilPhase("running");
  await page.keyboard.press("Space");
  await site.untilPhase("paused");
  // Where someone types, a digit is a digit.
  const seed = controlsOf(site).seed;
  await seed.focus();
  await page.keyboard.press("5");
  assert.equal(await shown(page), "run");
  await seed.blur();
  await page.keyboard.press("?");
  const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await list.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Close");
  assert.equal(await list.locator("kbd").count(), PANELS.length + 3);
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => (await window.axe.run(".lab-shortcuts")).violations.map(({ id }) => id));
  assert.deepEqual(violations, []);
  await list.getByLabel("Use these keys").uncheck();
  await list.getByRole("button", { name: "Close" }).click();
  await page.keyboard.press("6");
  assert.equal(await shown(page), "run");
  // For good.
  await page.reload();
  await page.getByRole("tablist").waitFor();
  await page.keyboard.press("6");
  assert.equal(await shown(page), "run");
  await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
  await list.getByLabel("Use these keys").check();
  await list.getByRole("button", { name: "Close" }).click();
  await page.keyboard.press("6");
  await page.locator("#build").waitFor();
});

for (const [width, height] of [[390, 844], [768, 1024], [1440, 900]]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`no barrier that axe finds in any panel, none wider than ${width} px: ${colorScheme}`, async (t) => {
      const context = { viewport: { width, height }, colorScheme };
      const { site, page } = await openLab(t, { preset: "mnist-mlp", spec: { ...tinyConv } }, { context });
      await site.call("step", 5);
      await page.evaluate(axe);
      for (const panel of PANELS) {
        await site.show(panel);
        const violations = await page.evaluate(async () => {
          const { violations: found } = await window.axe.run(document);
          return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120))}`);
        });
        assert.deepEqual(violations, [], panel);
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(wider, 0, `${panel}: ${wider} px wider than the window`);
      }
    });
  }
}

test("the samples stay in sight beside every panel, at the same place", async (t) => {
  for (const [width, height] of [[1440, 900], [1280, 720]]) {
    const context = { viewport: { width, height } };
    const { site, page } = await openLab(t, { preset: "mnist-mlp", spec: { ...tinyConv, ...drawnDigits } }, { context });
    const sheet = page.locator("#fixed-sheet");
    const before = await sheet.boundingBox();
    // What is beneath the samples on the first screen may be scrolled to.
    for (const panel of PANELS.slice(1)) {
      await site.show(panel);
      await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
      const box = await sheet.boundingBox();
      // The header alone may scroll away.
      assert.ok(box.y >= 0 && box.y + box.height <= height, `${panel}: ${box.y} to ${box.y + box.height}`);
      assert.ok(Math.abs(box.x - before.x) < 2 && box.width === before.width, `${panel}: ${box.x}, ${box.width} px`);
    }
  }
});

test("nothing moves while the page and its lab arrive", async (t) => {
  const watch = () => {
    window.shifts = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.shifts += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  };
  for (const [width, height] of [[390, 844], [1280, 720], [1440, 900]]) {
    const options = { init: [watch], context: { viewport: { width, height } } };
    const { page } = await open(t, { backend: "cpu", lang: "en" }, options);
    await page.locator(".lab-anatomy").waitFor();
    await page.waitForTimeout(1_000);
    const shifts = await page.evaluate(() => window.shifts);
    assert.ok(shifts <= 0.02, `${width} px: ${shifts}`);
  }
});

test("the picture of the GAN has samples, reals and losses in their places, and leads to the panels", async (t) => {
  for (const address of [{}, { preset: "mnist-mlp", spec: { ...tinyConv } }]) {
    const { site, page } = await openLab(t, address);
    await site.call("step", 12);
    const anatomy = page.locator(".lab-anatomy");
    for (const part of [".latents", ".fakes", ".reals"]) {
      await site.until(`something in ${part}`, () => isDrawn(anatomy.locator(`${part} canvas`)));
    }
    for (const net of ["generator", "discriminator"]) {
      const told = anatomy.locator(`.net.${net}`);
      await site.until(`the ${net}'s loss as in the chart's legend`, async ({ averages }) =>
        (await told.innerText()).includes(`loss ${averages[`${net}Loss`].toFixed(3)}`));
    }
    for (const [part, panel] of [[".net.generator", "build"], [".reals", "data"], [".net.discriminator", "look"]]) {
      await site.show("run");
      await anatomy.locator(part).click();
      assert.equal(await shown(page), panel);
      await page.waitForFunction((id) => document.activeElement.id === id, panel);
    }
    site.assertNoProblems();
  }
});

test("while a run trains, the picture plays a step: one net learns, the other is frozen", async (t) => {
  const { site, page } = await openLab(t);
  const anatomy = page.locator(".lab-anatomy");
  assert.equal(await anatomy.getAttribute("data-moment"), "rests");
  await site.call("start");
  for (const [moment, net, other] of [["judging", "discriminator", "generator"], ["learning", "generator", "discriminator"]]) {
    // Looked at within the moment, which lasts a second and a half.
    const seen = await page.waitForFunction(
      ([moment, net, other]) => {
        const it = document.querySelector(`.lab-anatomy[data-moment=${moment}]`);
        const isSeen = (selector) => getComputedStyle(it.querySelector(selector)).visibility === "visible";
        return it && [isSeen(`.${net} .learns`), isSeen(`.${other} .frozen`), isSeen(`.${other} .learns`)];
      },
      [moment, `net.${net}`, `net.${other}`],
    );
    assert.deepEqual(await seen.jsonValue(), [true, true, false], moment);
  }
  await site.call("pause");
  await page.locator(".lab-anatomy[data-moment=rests]").waitFor();
});

test("before anything is pressed a trained generator's digits move, and its button begins a run", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en" });
  const { page } = site;
  const welcome = page.locator(".lab-welcome");
  await welcome.waitFor({ timeout: 60_000 });
  const picture = () => welcome.locator("canvas").evaluate((canvas) => canvas.toDataURL());
  await site.until("digits", async () => (await picture()).length > 5_000);
  const first = await picture();
  await site.until("another picture", async () => (await picture()) !== first);
  await welcome.getByText(/About (\d0 seconds|\d+ min) to readable digits on this device/).waitFor({ timeout: 60_000 });
  await page.locator(".lab-welcome .number:not(.away)").waitFor();
  await welcome.getByRole("button", { name: "Train one from scratch" }).click();
  await site.untilStep(3);
  await welcome.waitFor({ state: "hidden" });
  // What it comes to is told, until nobody wants to hear of it.
  const narration = page.locator(".lab-narration");
  await narration.getByText(/Noise so far|The first shapes|Digits appear/).waitFor();
  await narration.getByRole("button", { name: "No such remarks any more" }).click();
  await narration.waitFor({ state: "hidden" });
  await page.waitForTimeout(4_500);
  assert.ok(await narration.isHidden());
  site.assertNoProblems();
});

test("an address that names a run or a lesson is opened without a welcome", async (t) => {
  for (const address of [{ preset: "mnist-mlp" }, { lesson: "collapse-on-digits" }]) {
    const site = await open(t, { backend: "cpu", lang: "en", ...address });
    await site.page.getByRole("tablist").waitFor();
    await site.page.waitForTimeout(500);
    assert.ok(await site.page.locator(".lab-welcome").isHidden());
  }
});

test("real samples are given to scripts as the run has them", async (t) => {
  const { site, page } = await openLab(t, { preset: "mnist-mlp", spec: { ...tinyConv, ...drawnDigits } });
  const reals = await site.call("reals", { count: 3, seed: 1 });
  assert.deepEqual([reals.count, reals.width, reals.height, reals.channels], [3, 28, 28, 1]);
  const few = await page.evaluate(async () => {
    await window.ganPlayground.load("ring");
    return [...(await window.ganPlayground.reals({ count: 5 })).points];
  });
  assert.equal(few.length, 10);
  // A mode is on the circle of radius 2.
  for (let place = 0; place < 10; place += 2) assert.ok(Math.abs(Math.hypot(few[place], few[place + 1]) - 2) < 0.3);
  assert.ok((await site.call("probe")) > 0);
});

test("all settings can be reached on one screen, and so can the run's buttons", async (t) => {
  for (const [width, height] of [[1440, 900], [1280, 720]]) {
    const context = { viewport: { width, height } };
    const { site, page } = await openLab(t, { preset: "mnist-mlp", spec: { ...tinyConv, ...drawnDigits } }, { context });
    const controls = controlsOf(site);
    const before = await page.evaluate(() => scrollY);
    await controls.batchSize.focus();
    const box = await controls.batchSize.boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= height, `${box.y}`);
    assert.equal(await page.evaluate(() => scrollY), before, "the page itself need not move");
  }
});

test("a sample is looked at large, by a press on it and by the keys", async (t) => {
  const { site, page } = await openLab(t, { preset: "mnist-mlp", spec: { ...tinyConv, ...drawnDigits } });
  await site.call("step", 5);
  const sheet = page.locator("#fixed-sheet");
  const { width, height } = await sheet.boundingBox();
  await sheet.click({ position: { x: (width * 2.5) / 8, y: (height * 1.5) / 8 } });
  const dialog = page.getByRole("dialog", { name: "One sample, large" });
  await dialog.getByText("Sample 11 of 64, step 5").waitFor();
  const canvas = dialog.locator("canvas");
  assert.ok(await isDrawn(canvas));
  /** The middle of each pixel of the sample, on the sheet and enlarged. */
  const [small, large] = await page.evaluate(() => {
    const grey = (canvas, x, y) => canvas.getContext("2d").getImageData(x, y, 1, 1).data[0];
    const pixels = (at) => Array.from({ length: 784 }, (_, i) => at(i % 28, Math.floor(i / 28)));
    const sheet = document.querySelector("#fixed-sheet");
    const sample = document.querySelector(".lab-enlarged canvas");
    const factor = sample.width / 28;
    return [
      pixels((x, y) => grey(sheet, 2 * 30 + x, 30 + y)),
      pixels((x, y) => grey(sample, (x + 0.5) * factor, (y + 0.5) * factor)),
    ];
  });
  assert.deepEqual(large, small);
  await page.keyboard.press("ArrowRight");
  await dialog.getByText("Sample 12 of 64").waitFor();
  await dialog.getByRole("button", { name: "Previous" }).click();
  await dialog.getByText("Sample 11 of 64").waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "One sample, large" }).click();
  await dialog.getByText("Sample 1 of 64").waitFor();
  site.assertNoProblems();
});

test("after a reload the run that was on the page is offered, and goes on", async (t) => {
  const { site, page } = await openLab(t);
  await site.call("step", 60);
  await site.show("past");
  await page.locator(".lab-kept").getByText("Step 60;").waitFor();
  await page.reload();
  await page.waitForFunction(() => window.ganPlayground !== undefined);
  const line = page.getByRole("status").filter({ hasText: "stood at step 60" });
  await line.waitFor();
  await line.getByRole("button", { name: "Go on with it" }).click();
  await site.until("the run before", ({ step, phase }) => step === 60 && phase === "paused");
  await line.waitFor({ state: "hidden" });
  // Another page of the same browser was not loaded again.
  const other = await openLab(t, { preset: "ring-collapse" }, { beside: site });
  await other.page.waitForTimeout(1_500);
  assert.equal(await other.page.getByText(/stood at step/).filter({ visible: true }).count(), 0);
});

test("a link for a projector has large letters, and the panel for teachers tries them at once", async (t) => {
  const { page } = await openLab(t, { panel: "teach" });
  const size = () => page.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
  assert.equal(await size(), 16);
  await page.getByText("Make a link for your class").click();
  await page.getByLabel("Large letters, for a projector").check();
  assert.ok((await size()) > 20);
  const link = await page.locator(".lab-made").innerText();
  assert.match(link, /\?view=projector#/);
  await page.goto(link);
  await page.waitForFunction(() => getComputedStyle(document.documentElement).fontSize !== "16px");
  assert.ok((await size()) > 20);
});

test("the panel for data leads to the drawing of points, whatever the run is", async (t) => {
  for (const address of [{}, { preset: "mnist-mlp", spec: { ...tinyConv, ...drawnDigits } }]) {
    const { site, page } = await openLab(t, { panel: "data", ...address });
    await page.getByRole("button", { name: "Draw points", exact: true }).click();
    await page.getByRole("application", { name: /Draw on the plane/ }).waitFor();
    assert.equal(await shown(page), "run");
    assert.equal((await site.snapshot()).preset, "ring");
  }
});
