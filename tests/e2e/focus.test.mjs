// Whoever goes by the keyboard stays where the act leads, and is never sent back to the page's top.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { drawnDigits, tinyConv } from "./support/nets.mjs";

const open = browserOfThisFile();

async function openLab(t, address, options) {
  const site = await open(t, { backend: "cpu", lang: "en", ...address }, options);
  await site.until("a run", ({ phase }) => phase !== "loading");
  await site.page.waitForFunction(() => window.ganPlayground.lesson);
  return { site, page: site.page, button: (name) => site.page.getByRole("button", { name, exact: true }) };
}

/** Presses a button as the keyboard does. */
async function press(button) {
  await button.focus();
  await button.press("Enter");
}

/** What has the focus, in words; null where nothing has. */
const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    return `${element.tagName.toLowerCase()} ${element.getAttribute("aria-label") ?? element.textContent.trim()}`;
  });

/** Waits until `pattern` says what has the focus. */
async function untilFocused(page, pattern) {
  let found;
  for (let look = 0; look < 100; look += 1) {
    found = await focused(page);
    if (found !== null && pattern.test(found)) return;
    await page.waitForTimeout(100);
  }
  assert.fail(`the focus is at ${found}, not at ${pattern}`);
}

/** Tells what has the focus once acts have had their say and it has stayed where it is for a while. */
async function focusedAtRest(page) {
  await page.waitForTimeout(600);
  const seen = [];
  do {
    seen.push(await focused(page));
    await page.waitForTimeout(50);
  } while (seen.length < 8 || new Set(seen.slice(-8)).size > 1);
  return seen.at(-1);
}

test("a lesson takes the focus when it is begun, keeps it at Next, and gives it back", async (t) => {
  const { site, page, button } = await openLab(t, { panel: "learn" });
  const lesson = page.getByRole("button", { name: "What is a GAN?" });
  await press(lesson);
  await untilFocused(page, /^h2 What is a GAN\?$/);
  await site.until("the lesson's run", ({ preset, phase }) => preset === "ring" && phase === "ready");
  await press(button("Next"));
  assert.equal(await focusedAtRest(page), "button Next");
  // Into training: it cannot go on yet, and keeps the focus all the same.
  await page.keyboard.press("Enter");
  await site.until("the run to train", ({ phase }) => phase === "running");
  assert.equal(await focusedAtRest(page), "button Next");
  await page.keyboard.press("Enter");
  await page.getByText("Step 3 of 5").waitFor();
  await page.getByText("There it is.").waitFor({ timeout: 120_000 });
  assert.equal(await focused(page), "button Next");
  await page.keyboard.press("Enter");
  await page.getByText("Step 4 of 5").waitFor();
  assert.equal(await focusedAtRest(page), "button Next");
  await press(button("Leave the lesson"));
  await untilFocused(page, /^button 1 · What is a GAN\?/);
  await press(lesson);
  await untilFocused(page, /^h2 What is a GAN\?$/);
});

test("a lesson that ends gives the focus to its summary, and then to its button in the list", async (t) => {
  const { page, button } = await openLab(t, { lesson: "reading-the-scores" });
  const next = button("Next");
  for (let step = 1; step <= 4; step += 1) {
    await page.getByText(`Step ${step} of`).waitFor();
    const answers = page.locator(".lab-answers button");
    const pressed = page.locator(".lab-lesson-foot .primary");
    // As it waits for scores that take a while, or for an answer.
    if ((await answers.count()) > 0) await press(answers.first());
    await page.waitForFunction(
      () => document.querySelector(".lab-lesson-foot .primary").getAttribute("aria-disabled") === "false",
      null,
      { timeout: 120_000 },
    );
    await press(pressed);
    if (step < 4) assert.equal(await focusedAtRest(page), `button ${step === 3 ? "Finish" : "Next"}`);
  }
  await untilFocused(page, /^h2 Reading the scores: in short$/);
  assert.equal(await next.count(), 0);
  await press(button("All lessons"));
  await untilFocused(page, /^button \d+ · Reading the scores/);
});

test("a layer keeps the focus while it is moved, and leaves it to the next when it goes", async (t) => {
  const { page, button } = await openLab(t, { preset: "ring", panel: "build" });
  await press(button("Take the nets of this run"));
  const generator = page.getByRole("group", { name: "Generator", exact: true });
  const kinds = () => generator.locator("li code").allInnerTexts();
  await press(generator.getByRole("button", { name: "Move layer 3, linear, up" }));
  await untilFocused(page, /^button Move layer 2, linear, up$/);
  await page.keyboard.press("Enter");
  await untilFocused(page, /^button Move layer 1, linear, up$/);
  // At its end: it cannot go on, and stays.
  await page.keyboard.press("Enter");
  assert.equal(await focusedAtRest(page), "button Move layer 1, linear, up");
  assert.deepEqual((await kinds()).slice(0, 3), ["linear", "linear", "activation"]);
  await press(generator.getByRole("button", { name: "Move layer 1, linear, down" }));
  await untilFocused(page, /^button Move layer 2, linear, down$/);
  await press(generator.getByRole("button", { name: "Remove layer 5, linear" }));
  await untilFocused(page, /^button Remove layer 4, activation$/);
  for (const left of [3, 2, 1]) {
    await page.keyboard.press("Enter");
    await untilFocused(page, new RegExp(`^button Remove layer ${left}, `));
  }
  await page.keyboard.press("Enter");
  await untilFocused(page, /^select Add a layer…/);
});

test("a drawing is begun, made, called off and trained on without a mouse", async (t) => {
  const { site, page, button } = await openLab(t, { preset: "ring" });
  await press(button("Draw your own data"));
  await untilFocused(page, /^canvas Draw on the plane/);
  for (const key of [" ", "ArrowRight", "ArrowRight", " "]) await page.keyboard.press(key);
  await page.getByText("2 points drawn").waitFor();
  await press(button("Clear"));
  assert.equal(await focusedAtRest(page), "button Clear");
  await press(button("Cancel"));
  await untilFocused(page, /^button Draw your own data$/);
  await page.keyboard.press("Enter");
  await untilFocused(page, /^canvas /);
  for (const key of [" ", "ArrowUp", "ArrowUp", " "]) await page.keyboard.press(key);
  await press(button("Train on this"));
  await site.until("the drawing to train", ({ phase, step }) => phase === "running" && step > 2);
  await untilFocused(page, /^button Draw your own data$/);
});

const PANELS = ["run", "learn", "look", "step", "compare", "build", "data", "past", "take", "teach"];

/** The names of all buttons but the tabs that can be pressed now, in their order. */
const namesOf = (page) =>
  page.getByRole("button").evaluateAll((buttons) => {
    const isUsable = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled;
    return buttons.filter(isUsable).map((one) => one.getAttribute("aria-label") ?? one.textContent.trim());
  });

/**
 * Presses every button of the page that can be pressed when its turn comes, and those that come up by
 * it, panel by panel. Gives how many there were, and after which of them nothing had the focus.
 */
async function pressAll(site) {
  // Another language would have all of them pressed again.
  const pressed = new Set(["中文"]);
  const lost = [];
  for (const panel of PANELS) await pressAllOf(site, panel, pressed, lost);
  return { pressed, lost };
}

async function pressAllOf(site, panel, pressed, lost) {
  const { page } = site;
  for (;;) {
    // A part of the anatomy leads elsewhere, as a lesson does.
    await site.show(panel);
    const name = (await namesOf(page)).find((one) => !pressed.has(one));
    if (name === undefined) return;
    pressed.add(name);
    const isThere = await page.evaluate((wanted) => {
      const buttons = [...document.querySelectorAll("button:not([role=tab])")];
      const isUsable = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled;
      const named = (one) => (one.getAttribute("aria-label") ?? one.textContent.trim()) === wanted;
      const button = buttons.find((one) => isUsable(one) && named(one));
      button?.focus();
      return document.activeElement === button;
    }, name);
    // A finding of a run that goes on may have gone meanwhile, its remedies with it.
    if (!isThere) continue;
    await page.keyboard.press("Enter");
    if ((await focusedAtRest(page)) === null) lost.push(name);
  }
}

for (const [data, address] of [
  ["points", { preset: "ring" }],
  ["images", { spec: { ...tinyConv, ...drawnDigits } }],
]) {
  test(`no button of the page or the lab loses the focus by being pressed: ${data}`, async (t) => {
    const { site, page } = await openLab(t, address);
    // A file chooser would wait for a choice.
    page.on("filechooser", () => {});
    await site.call("step", 3);
    const { pressed, lost } = await pressAll(site);
    t.diagnostic(`${pressed.size} buttons: ${[...pressed].join(" | ")}`);
    assert.ok(pressed.size > 30, `${pressed.size} buttons were pressed`);
    assert.deepEqual(lost, []);
  });
}
