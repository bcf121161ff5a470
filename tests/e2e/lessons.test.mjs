// A lesson's card: its place in the list, what it waits for, the way back, its address and its end.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

import { browserOfThisFile, siteUrl } from "./support/browser.mjs";

const open = browserOfThisFile();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A lesson as its file has it. */
const fileOf = (id) => JSON.parse(readFileSync(new URL(`../../web/lessons/${id}.json`, import.meta.url), "utf8"));

/** The parts of the lessons' panel. */
const cardOf = ({ page }) => {
  const card = page.locator(".lab-lesson");
  const button = (name) => card.getByRole("button", { name, exact: true });
  return {
    card,
    button,
    next: card.locator(".primary"),
    back: button("Back"),
    text: card.locator(".lab-lesson-text"),
    why: page.locator("#lesson-why"),
    changes: card.locator(".lab-changes li"),
    heading: card.locator("h2"),
  };
};

/** Opens a lesson by its link, and waits until the page has the run of the step. */
async function openLesson(t, address, preset = "ring-collapse", options) {
  const site = await open(t, { backend: "cpu", lang: "en", ...address }, options);
  const card = cardOf(site);
  await card.card.waitFor();
  await site.until(`a run of ${preset}`, (now) => now.preset === preset && now.phase !== "loading");
  return { site, page: site.page, ...card };
}

/** The lesson and the step in the page's address. */
const inAddress = (page) =>
  page.evaluate(() => {
    const parts = new URLSearchParams(location.hash.slice(1));
    return [parts.get("lesson"), parts.get("step")];
  });

const isDisabled = async (button) => (await button.getAttribute("aria-disabled")) === "true";

/** Waits until `Next` can be pressed. */
const untilOpen = (page, timeout = 120_000) =>
  page.waitForFunction(
    () => document.querySelector(".lab-lesson-foot .primary")?.getAttribute("aria-disabled") === "false",
    null,
    { timeout },
  );

const specOf = (page) => page.evaluate(() => window.ganPlayground.spec());

test("the list numbers the lessons in their order and says how long each takes", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "ring", panel: "learn" });
  const names = site.page.locator(".lab-lesson-list li button");
  await names.first().waitFor();
  const lessons = await site.page.evaluate(() => window.ganPlayground.lessons());
  const expected = lessons.map(({ id, title }, place) => `${place + 1} · ${title} · about ${fileOf(id).minutes} min`);
  assert.deepEqual(await names.allInnerTexts(), expected);
  await site.page.getByRole("button", { name: "中文", exact: true }).click();
  await site.page.getByRole("button", { name: /^1 · 什么是 GAN？ · 约 \d+ 分钟$/ }).waitFor();
  site.assertNoProblems();
});

test("Next says what it waits for, looks disabled until then, and keeps the focus", async (t) => {
  const { site, page, next, why } = await openLesson(t, { lesson: "collapse-on-a-ring" });
  await page.getByText("Waits for the diagnosis “Mode collapse”.").waitFor();
  assert.equal(await isDisabled(next), true);
  assert.equal(await next.getAttribute("aria-describedby"), await why.getAttribute("id"));
  const background = () => next.evaluate((button) => getComputedStyle(button).backgroundColor);
  const waiting = await background();
  await next.focus();
  await next.press("Enter");
  assert.equal(await page.getByText("Step 1 of 3").count(), 1, "it stays at its step");
  assert.equal(await next.evaluate((button) => button === document.activeElement), true);
  await page.getByText("There it is.").waitFor({ timeout: 120_000 });
  assert.equal(await isDisabled(next), false);
  assert.equal(await next.getAttribute("aria-describedby"), null);
  assert.notEqual(await background(), waiting, "it looks as if it could be pressed while it waits");
  await next.press("Enter");
  await page.getByText("Waits for an answer.").waitFor();
  assert.equal(await isDisabled(next), true);
  assert.equal(await next.evaluate((button) => button === document.activeElement), true);
  await page.getByRole("button", { name: "中文", exact: true }).click();
  assert.equal(await why.innerText(), "正在等待：你的回答。");
  site.assertNoProblems();
});

test("a lesson whose run is paused says so while it waits for the run", async (t) => {
  const { site, page, why } = await openLesson(t, { lesson: "what-is-a-gan", step: 4 }, "ring");
  await site.untilPhase("running");
  await site.call("pause");
  await page.getByText("The run stands still: press Start or Continue.").waitFor();
  await site.call("start");
  await page.getByText("The run stands still").waitFor({ state: "hidden" });
  assert.match(await why.innerText(), /^Waits for 6 modes found, with at least 25 % of the samples at a mode\.$/);
});

test("Back shows the step before with its answer, and the run goes on as it is", async (t) => {
  const { site, page, next, back, text, button } = await openLesson(t, { lesson: "collapse-on-a-ring", step: 2 });
  const { steps } = fileOf("collapse-on-a-ring");
  const [wrong] = steps[1].question.answers;
  assert.equal(await isDisabled(back), false);
  await button(wrong.text.en).click();
  await page.getByText(wrong.reply.en).waitFor();
  await next.click();
  await page.getByText("Step 3 of 3").waitFor();
  await site.until("the repair", async ({ phase }) => phase === "running" && (await specOf(page)).objective === "relativistic_paired");
  await site.until("some steps", ({ step }) => step > 5);
  const before = await site.snapshot();
  const told = page.getByText("The run on the page is still that of step 3: going back changes the text alone.");
  assert.equal(await told.isVisible(), false);

  await back.click();
  assert.equal(await text.innerText(), steps[1].text.en);
  await page.getByText(wrong.reply.en).waitFor();
  assert.equal(await isDisabled(next), false, "a step that was done waits for nothing");
  await told.waitFor();
  await back.click();
  assert.equal(await text.innerText(), steps[0].text.en);
  assert.equal(await isDisabled(back), true, "there is no step before the first");
  assert.equal(await back.evaluate((element) => element === document.activeElement), true);
  await back.press("Enter");
  assert.equal(await text.innerText(), steps[0].text.en);
  await next.click();
  await next.click();
  assert.equal(await text.innerText(), steps[2].text.en);
  await told.waitFor({ state: "hidden" });
  const after = await site.snapshot();
  assert.equal(after.run, before.run, "no other run was loaded");
  assert.ok(after.step >= before.step, `step ${after.step} after ${before.step}`);
  site.assertNoProblems();
});

test("Back says nothing of another run where the step speaks of the one on the page", async (t) => {
  const { page, back } = await openLesson(t, { lesson: "what-is-a-gan", step: 2 }, "ring");
  await back.click();
  await page.getByText("Step 1 of 5").waitFor();
  assert.equal(await page.getByText("The run on the page is still").isVisible(), false);
});

test("a link opens its step with the run of the step that loads it", async (t) => {
  const repaired = await openLesson(t, { lesson: "collapse-on-a-ring", step: 3 });
  await repaired.page.getByText("Step 3 of 3").waitFor();
  await repaired.site.until("the repair to train", async ({ phase }) => phase === "running");
  assert.equal((await specOf(repaired.page)).objective, "relativistic_paired");

  // The second step loads no run and starts none: both are the first step's.
  const asked = await openLesson(t, { lesson: "collapse-on-a-ring", step: 2 });
  await asked.page.getByText("Waits for an answer.").waitFor();
  await asked.site.until("the collapse to train", ({ phase }) => phase === "running");
  assert.equal((await specOf(asked.page)).objective, "non_saturating");

  // Before the step that starts it, a run stands still, with the layers of its step.
  const looked = await openLesson(t, { lesson: "what-is-a-gan", step: 2 }, "ring");
  await looked.page.getByRole("checkbox", { name: "Discriminator", exact: true }).waitFor();
  assert.equal(await looked.page.getByRole("checkbox", { name: "Discriminator", exact: true }).isChecked(), true);
  assert.equal(await looked.page.getByRole("checkbox", { name: "Trails", exact: true }).isChecked(), false);
  assert.equal((await looked.site.snapshot()).step, 0);
  looked.site.assertNoProblems();
});

test("a link to a step that is not there says so and begins the lesson", async (t) => {
  for (const step of [9, 0, "three"]) {
    const { page } = await openLesson(t, { lesson: "collapse-on-a-ring", step });
    await page.getByText(`“Mode collapse, and a repair” has no step ${step}: it begins at the first.`).waitFor();
    await page.getByText("Step 1 of 3").waitFor();
    await page.close();
  }
});

test("the address is that of the step that is seen, whatever the page writes into it", async (t) => {
  const { site, page, next, back, button } = await openLesson(t, { lesson: "what-is-a-gan" }, "ring");
  const steps = () => inAddress(page);
  assert.deepEqual(await steps(), ["what-is-a-gan", null]);
  await untilOpen(page);
  await next.click();
  assert.deepEqual(await steps(), ["what-is-a-gan", "2"]);
  await next.click();
  assert.deepEqual(await steps(), ["what-is-a-gan", "3"]);
  await back.click();
  assert.deepEqual(await steps(), ["what-is-a-gan", "2"]);
  // The page writes the language and changed settings.
  await page.getByRole("button", { name: "中文", exact: true }).click();
  await page.getByRole("button", { name: "English", exact: true }).click();
  await site.call("tune", { generator_learning_rate: 0.0007 });
  await page.waitForFunction(() => decodeURIComponent(location.hash).includes('"learning_rate":0.0007'));
  assert.deepEqual(await steps(), ["what-is-a-gan", "2"]);

  // A copied address opens the same step.
  const copy = await page.context().newPage();
  await copy.goto(await page.evaluate(() => location.href));
  await copy.getByText("Step 2 of 5").waitFor();
  await copy.close();

  await button("Leave the lesson").click();
  assert.deepEqual(await steps(), [null, null]);
  site.assertNoProblems();
});

test("another step in the address of the same page is opened, and an address without a lesson leaves it", async (t) => {
  const { site, page } = await openLesson(t, { lesson: "what-is-a-gan" }, "ring");
  const go = (hash) => page.evaluate((hash) => { location.hash = hash; }, hash);
  await go("lesson=collapse-on-a-ring&step=3&backend=cpu&lang=en");
  await page.getByText("Step 3 of 3").waitFor();
  await site.until("the repair", async ({ phase }) => phase === "running" && (await specOf(page)).objective === "relativistic_paired");
  assert.deepEqual(await inAddress(page), ["collapse-on-a-ring", "3"]);
  await go("preset=ring&backend=cpu&lang=en");
  await page.locator(".lab-lesson").waitFor({ state: "detached" });
  await site.until("the other run", ({ preset }) => preset === "ring");
  assert.deepEqual(await inAddress(page), [null, null]);
  site.assertNoProblems();
});

test("a teacher's link to this run does not open the lesson that is on", async (t) => {
  const { site, page } = await openLesson(t, { lesson: "collapse-on-a-ring", step: 2 });
  await site.show("teach");
  await page.getByText("Make a link for your class").click();
  const made = page.locator(".lab-made");
  await made.getByText(/preset=ring-collapse/).waitFor();
  assert.doesNotMatch(await made.innerText(), /lesson=|step=/);
});

test("a step says what it changes, by the labels of the settings", async (t) => {
  const { site, page, changes } = await openLesson(t, { lesson: "collapse-on-a-ring", step: 3 });
  const lines = await changes.allInnerTexts();
  assert.equal(lines.length, 7, lines.join("\n"));
  assert.equal(lines[0], "Objective Non-saturating → Relativistic, paired");
  assert.equal(lines[1], "Generator learning rate 0.001 → 0.002");
  assert.match(lines[6], /^… and \d+ more$/);
  for (const label of ["Objective", "Generator learning rate"]) {
    assert.ok((await page.locator(".settings").getByText(label, { exact: true }).count()) > 0, label);
  }
  await page.getByRole("button", { name: "中文", exact: true }).click();
  assert.equal(await changes.first().innerText(), "目标函数 非饱和 → 相对论式（配对）");

  // The first step has no run before it, and a step without a run changes nothing.
  for (const step of [1, 2]) {
    const other = await openLesson(t, { lesson: "collapse-on-a-ring", step });
    assert.equal(await other.page.getByText("What this step changes:").isVisible(), false, `step ${step}`);
    await other.page.close();
  }
  site.assertNoProblems();
});

test("modes that are found by chance are not what a lesson waits for", async (t) => {
  const { site, page, next } = await openLesson(t, { lesson: "what-is-a-gan", step: 4 }, "ring");
  await site.until("modes without samples at them", ({ scores }) => scores.modesCovered >= 6 && scores.highQuality < 0.2);
  assert.equal(await isDisabled(next), true);
  await page.getByText("There it is.").waitFor({ timeout: 240_000 });
  // The share goes up and down by a few percent, and a look may be half a second old.
  const { scores } = await site.snapshot();
  assert.ok(scores.highQuality > 0.2, JSON.stringify(scores));
});

test("the findings of a lesson's run are folded until they are opened or the run is another", async (t) => {
  const { site, page, button } = await openLesson(t, { lesson: "collapse-on-a-ring" });
  const folded = page.locator(".lab-diagnoses summary");
  const found = page.locator(".lab-found").first();
  await folded.filter({ hasText: /^\d+ findings?, part of this lesson$/ }).waitFor({ timeout: 120_000 });
  await site.call("pause");
  assert.equal(await found.isVisible(), false);
  await folded.click();
  await found.waitFor({ state: "visible" });
  await folded.click();
  await found.waitFor({ state: "hidden" });
  // With a setting of the reader's own, what is found is no longer the lesson's.
  const { generator_optimizer: { learning_rate: rate } } = await specOf(page);
  await site.call("tune", { generator_learning_rate: 0.0009 });
  await found.waitFor({ state: "visible" });
  assert.equal(await folded.isVisible(), false);
  await site.call("tune", { generator_learning_rate: rate });
  await found.waitFor({ state: "hidden" });
  await button("Leave the lesson").click();
  await site.show("run");
  await found.waitFor({ state: "visible" });
  assert.equal(await folded.isVisible(), false);
  site.assertNoProblems();
});

test("a lesson ends with a summary, and leads to the next one, to its worksheet and to the list", async (t) => {
  const { steps, summary } = fileOf("repairs");
  const { site, page, next, text, heading, card, button } = await openLesson(t, { lesson: "repairs", step: 5 });
  await card.getByRole("button", { name: steps[4].question.answers[0].text.en }).click();
  await button("Finish").click();
  await page.getByRole("heading", { name: "Three repairs of a collapse: in short", exact: true }).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "H2");
  assert.equal(await heading.evaluate((element) => element === document.activeElement), true);
  assert.equal(await text.innerText(), summary.en);
  assert.deepEqual(await inAddress(page), ["repairs", "5"]);

  const sheet = await card.getByRole("link", { name: "Its worksheet" }).evaluate((link) => link.href);
  assert.equal(sheet, new URL("worksheets/#en-repairs", siteUrl()).href);
  const beside = await page.context().newPage();
  await beside.goto(sheet);
  await beside.locator("#en-repairs").getByRole("heading", { name: "Three repairs of a collapse" }).waitFor();
  await beside.close();

  await button("Back").click();
  await page.getByText("Step 5 of 5").waitFor();
  await button("Finish").click();
  assert.match(await next.innerText(), /^Next lesson: 4 · Collapse, seen in digits · about \d+ min$/);
  await next.click();
  await page.getByRole("heading", { name: "Collapse, seen in digits", exact: true }).waitFor();
  assert.deepEqual(await inAddress(page), ["collapse-on-digits", null]);
  site.assertNoProblems();
});

test("the list of all lessons is behind a lesson's end, and the last lesson names none after it", async (t) => {
  const { steps } = fileOf("repairs");
  const { page, card, button } = await openLesson(t, { lesson: "repairs", step: 5 });
  await card.getByRole("button", { name: steps[4].question.answers[0].text.en }).click();
  await button("Finish").click();
  await button("All lessons").click();
  await page.locator(".lab-lesson-list ol").waitFor();
  assert.deepEqual(await inAddress(page), [null, null]);
  // The last lesson's last step waits for diversity, which is there almost from the start.
  const last = await openLesson(t, { lesson: "reading-the-scores", step: 4 }, "ring");
  await untilOpen(last.page);
  await last.button("Finish").click();
  await last.button("All lessons").waitFor();
  assert.equal(await last.page.getByText(/^Next lesson/).count(), 0);
});

for (const colorScheme of ["light", "dark"]) {
  test(`no barrier that axe finds in a lesson: ${colorScheme}`, async (t) => {
    const context = { viewport: { width: 390, height: 900 }, colorScheme };
    const options = { context };
    const { steps } = fileOf("repairs");
    const { page, card, button } = await openLesson(t, { lesson: "repairs", step: 4 }, "ring-collapse", options);
    const assertAccessible = async (what, place = ".lab-lessons") => {
      const violations = await page.evaluate(async (place) => {
        const { violations: found } = await window.axe.run(place);
        return found.map(({ id, help, nodes }) => `${id}: ${help} at ${nodes.map((n) => n.target)}`);
      }, place);
      assert.deepEqual(violations, [], what);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(wider, 0, `${what}: ${wider} px wider than the window`);
    };
    await page.evaluate(axe);
    await assertAccessible("a step that waits and changes settings");
    await untilOpen(page);
    await button("Next").click();
    await card.getByRole("button", { name: steps[4].question.answers[0].text.en }).click();
    await assertAccessible("a question with its answer");
    await button("Finish").click();
    await button("All lessons").waitFor();
    await assertAccessible("the end");
    await button("All lessons").click();
    await page.locator(".lab-lesson-list ol").waitFor();
    await assertAccessible("the list", ".lab-lesson-list");
  });
}

test("a lesson is not begun where a teacher's link hides the lessons", async (t) => {
  const site = new URL("?hide=lessons", siteUrl());
  const playground = await open(t, { backend: "cpu", lang: "en", lesson: "repairs" }, { site });
  await playground.untilLab();
  await playground.untilReady();
  await playground.page.waitForTimeout(1_000);
  const { preset, phase, step } = await playground.snapshot();
  assert.deepEqual({ preset, phase, step }, { preset: "mnist-dcgan-small", phase: "ready", step: 0 });
});
