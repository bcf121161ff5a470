// The diagnosis: when it says something, what may be the cause of a failure, and the ways back.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { controlsOf, type } from "./support/controls.mjs";

const open = browserOfThisFile();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The preset `ring` has this rate for both nets. */
const RATE = 0.001;

/** Opens the ring with the lab beside it, which has seen the run as it begins. */
async function openLab(t, address) {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "ring", ...address });
  await site.untilReady();
  const panel = site.page.locator(".lab-findings");
  await panel.getByText("the preset “Ring of eight: learned”").waitFor({ state: "attached" });
  const causes = panel.locator(".lab-causes");
  return {
    site,
    page: site.page,
    panel,
    causes,
    undo: causes.getByRole("button", { name: /Undo the last change/ }),
    toPreset: site.page.getByRole("button", { name: /Back to the preset/ }),
    controls: controlsOf(site),
  };
}

const spec = (page) => page.evaluate(() => window.ganPlayground.spec());
const discriminatorRate = async (page) => (await spec(page)).discriminator_optimizer.learning_rate;

test("at first it is too early to tell, and later nothing stands out", async (t) => {
  const { site, panel, causes } = await openLab(t);
  await site.call("step", 40);
  await panel.getByText("Too early to tell.").waitFor();
  assert.ok(await panel.getByText("Nothing stands out.").isHidden());
  await site.call("step", 260);
  await panel.getByText("Nothing stands out.").waitFor();
  assert.ok(await panel.getByText("Too early to tell.").isHidden());
  // Without a finding, the settings are a folded line.
  assert.equal(await causes.evaluate((details) => details.open), false);
  site.assertNoProblems();
});

test("after a change it is too early to tell again", async (t) => {
  const { site, panel, causes, controls } = await openLab(t);
  await site.call("step", 300);
  await panel.getByText("Nothing stands out.").waitFor();
  await type(controls.discriminatorRate, 0.0008);
  await causes.getByText("Discriminator learning rate 0.001 → 0.0008 at step 300").waitFor({ state: "attached" });
  await site.call("step", 40);
  await panel.getByText("Too early to tell.").waitFor();
});

test("the setting that broke the run is named, and is taken back without a restart", async (t) => {
  const { site, page, panel, causes, undo, toPreset, controls } = await openLab(t);
  await site.call("step", 60);
  await type(controls.discriminatorRate, 100 * RATE);
  const cause = causes.getByText("Changed last: Discriminator learning rate 0.001 → 0.1 at step 60");
  await cause.waitFor({ state: "attached" });
  await site.call("start");
  await panel.locator(".lab-found").first().waitFor({ timeout: 240_000 });
  await site.call("pause");
  // It is unfolded, beside what differs from the preset, and stands before the remedies.
  await cause.waitFor();
  await causes
    .getByText("Not as in the preset “Ring of eight: learned”: Discriminator learning rate 0.001 → 0.1")
    .waitFor();
  const isFirst = await panel.evaluate((panel) => {
    const [causes, remedies] = [panel.querySelector(".lab-causes"), panel.querySelector(".lab-found .lab-remedies")];
    return Boolean(causes.compareDocumentPosition(remedies) & Node.DOCUMENT_POSITION_FOLLOWING);
  });
  assert.ok(isFirst);
  assert.match(await toPreset.innerText(), /starts at step 0/);
  assert.doesNotMatch(await undo.innerText(), /starts at step 0/);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(".lab-findings"));
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
  const before = await site.snapshot();
  await undo.click();
  await site.until("the rate as it was", async () => (await discriminatorRate(page)) === RATE);
  await panel.getByText(/All settings are those of the preset/).waitFor({ state: "attached" });
  assert.ok(await undo.isHidden(), "no change is left");
  const after = await site.snapshot();
  assert.deepEqual([after.run, after.step], [before.run, before.step], "the run did not start again");
  site.assertNoProblems();
});

test("a finding's figures are those of the list", async (t) => {
  const broken = { discriminator_optimizer: { learning_rate: 100 * RATE } };
  const { site, panel } = await openLab(t, { spec: broken });
  await site.call("start");
  await panel.locator(".lab-found").first().waitFor({ timeout: 240_000 });
  await site.call("pause");
  const [found, list] = await panel.evaluate((panel) => [
    [...panel.querySelectorAll(".lab-found .hint.number")].map((figures) => figures.textContent).join(" · "),
    Object.fromEntries(
      [...panel.querySelectorAll("dl > div:not([hidden])")].map((row) => [
        row.querySelector("dt").textContent,
        // Without the scores of real samples, which stand beside.
        [...row.querySelector("dd").childNodes].map((node) => (node.nodeType === Node.TEXT_NODE ? node.textContent : "")).join(""),
      ]),
    ),
  ]);
  const figure = (name) => found.match(new RegExp(`${name} ([^·]+?)(?: ·|$)`))?.[1];
  assert.match(list["Samples at a mode"], /^\d+ % ± \d+$/);
  const shared = [
    ["diversity", "Diversity, of the real samples'"],
    ["samples at a mode", "Samples at a mode"],
  ].filter(([name]) => figure(name) !== undefined);
  assert.ok(shared.length > 0, found);
  for (const [name, entry] of shared) assert.equal(figure(name), list[entry], found);
});

test("the way back to the preset stands once, keeps the run and restarts", async (t) => {
  const { site, page, causes, toPreset, controls } = await openLab(t);
  await site.call("step", 60);
  await type(controls.discriminatorRate, 0.0008);
  await causes.getByText(/Changed last/).waitFor({ state: "attached" });
  await causes.locator("summary").click();
  assert.equal(await toPreset.count(), 1);
  assert.match(await toPreset.innerText(), /starts at step 0/);
  const { run } = await site.snapshot();
  await toPreset.click();
  await site.until("another run", (now) => now.run > run && now.step === 0);
  assert.equal(await discriminatorRate(page), RATE);
  await page.locator(".lab-before").getByText("stood at step 60").waitFor();
  site.assertNoProblems();
});

test("a setting that restarts the run is taken back by a restart, which is said", async (t) => {
  const { site, page, causes, undo, controls } = await openLab(t);
  await site.call("step", 60);
  await type(controls.seed, 77);
  await site.until("the other run", async ({ step, phase }) => step === 0 && phase === "ready" && (await spec(page)).seed === 77);
  await causes.getByText("Changed last: Seed 1 → 77 at step 0").waitFor({ state: "attached" });
  await site.call("step", 30);
  await causes.locator("summary").click();
  assert.match(await undo.innerText(), /starts at step 0/);
  await undo.click();
  await site.until("the seed as it was", async ({ step }) => step === 0 && (await spec(page)).seed === 1);
  await page.locator(".lab-before").getByText("stood at step 30").waitFor();
  await causes.getByText(/All settings are those of the preset/).waitFor({ state: "attached" });
  site.assertNoProblems();
});

test("the causes are told in the page's language", async (t) => {
  const { site, page, causes, controls } = await openLab(t);
  await site.call("step", 30);
  await type(controls.discriminatorRate, 0.0008);
  await causes.getByText(/Changed last/).waitFor({ state: "attached" });
  await controls.chinese.click();
  await causes.getByText("最近一次更改：判别器学习率 0.001 → 0.0008（第 30 步）").waitFor({ state: "attached" });
  await page.locator(".lab-findings").getByText("现在下结论还太早。").waitFor();
});
