// The lab's own runs: a step taken apart on a copy, half steps, and a second run beside the page's.
// And the program that makes the same run elsewhere.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { tinyConv } from "./support/nets.mjs";

const open = browserOfThisFile();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function openLab(t, panel, address) {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "ring", panel, ...address });
  await site.until("a run", ({ phase }) => phase !== "loading");
  const { page } = site;
  await page.locator(`#${panel}`).waitFor();
  const button = (name) => page.getByRole("button", { name, exact: true });
  return { site, page, button, told: page.locator(".lab-scope-told") };
}

/** The numbers in a text. */
const numbers = (text) => (text.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);

async function assertAccessible(page, place) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((place) => window.axe.run(place), place);
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
}

for (const [kind, address] of [
  ["points", {}],
  ["images", { spec: tinyConv }],
]) {
  test(`a step of a run on ${kind} is taken apart, and is then the step that is made`, async (t) => {
    const { site, page, button, told } = await openLab(t, "step", address);
    await site.call("step", 3);
    await button("Take the next step apart").click();
    await told.getByText("Step 4 begins").waitFor();
    const texts = [];
    for (let moment = 0; moment < 8; moment += 1) {
      texts.push(await told.innerText());
      if (moment < 7) {
        await button("Next moment").click();
      }
    }
    assert.equal(new Set(texts).size, 8, texts.join("\n"));
    const [discriminatorLoss] = numbers(texts[4]);
    const [norm, before, after] = numbers(texts[5]);
    assert.equal(before, discriminatorLoss);
    assert.ok(norm > 0 && after !== before, texts[5]);
    const [, generatorLoss] = numbers(texts[7]);
    await assertAccessible(page, ".lab-scope");
    // Nothing of the run has moved; the step that is made now has the same losses.
    assert.equal((await site.snapshot()).step, 3);
    await button("Make this step, and on to the next").click();
    await told.getByText("Step 5 begins").waitFor();
    const { step, losses, phase } = await site.snapshot();
    assert.deepEqual([step, phase], [4, "paused"]);
    const near = (told, exact) => Math.abs(told - exact) <= 6e-4 * Math.abs(exact);
    assert.ok(near(discriminatorLoss, losses.discriminator), `${discriminatorLoss} ${losses.discriminator}`);
    assert.ok(near(generatorLoss, losses.generator), `${generatorLoss} ${losses.generator}`);
    site.assertNoProblems();
  });
}

test("half steps let one net learn alone", async (t) => {
  const { site, button, told } = await openLab(t, "step");
  const weights = async (net) => {
    const bytes = await site.page.evaluate(async () => [...(await window.ganPlayground.checkpoint())]);
    const file = Buffer.from(bytes);
    const size = Number(file.readBigUInt64LE(0));
    const header = JSON.parse(file.subarray(8, 8 + size).toString());
    const [name] = Object.keys(header).filter((name) => name.startsWith(`${net}.`) && !name.includes("optimizer"));
    const [begin, end] = header[name].data_offsets;
    return file.subarray(8 + size + begin, 8 + size + end).toString("hex");
  };
  await site.call("step", 2);
  const start = [await weights("generator"), await weights("discriminator")];
  await button("Only the discriminator's step").click();
  await told.getByText("Step 3 begins").waitFor();
  const learned = [await weights("generator"), await weights("discriminator")];
  assert.equal(learned[0], start[0]);
  assert.notEqual(learned[1], start[1]);
  await button("Only the generator's step").click();
  await told.getByText("Step 4 begins").waitFor();
  assert.notEqual(await weights("generator"), learned[0]);
  assert.equal(await weights("discriminator"), learned[1]);
  assert.equal((await site.snapshot()).step, 3);
  site.assertNoProblems();
});

test("slow motion goes through the moments by itself, and a run that goes on closes it", async (t) => {
  const { site, page, button, told } = await openLab(t, "step");
  await button("Take the next step apart").click();
  await told.getByText("Step 1 begins").waitFor();
  await button("Slow motion").click();
  await told.getByText("The generator makes one sample").waitFor();
  await told.getByText("The discriminator judges a batch").waitFor();
  await site.call("start");
  await page.locator(".lab-scope-step").waitFor({ state: "hidden" });
  site.assertNoProblems();
});

test("runs are trained side by side, and what differs is named", async (t) => {
  const { site, page, button } = await openLab(t, "compare");
  // A run that has got further than the new one will: it is not taken for it.
  await site.call("step", 400);
  await page.locator("#lab-beside-change").selectOption({ label: "Objective: hinge" });
  await button("Add a run").click();
  await page.locator("#lab-beside-change-1").selectOption({ label: "Batches of 16" });
  await button("Add a run").click();
  assert.equal(await button("Add a run").getAttribute("aria-disabled"), "true");
  await button("Remove the last").click();
  assert.ok(await page.locator("#lab-beside-change-2").isHidden());
  await button("Train all from the start").click();
  const runs = page.locator(".lab-run:visible figcaption .number");
  const steps = async () => (await runs.allInnerTexts()).map((text) => numbers(text)[0]);
  await page.waitForFunction(() =>
    [...document.querySelectorAll(".lab-run:not([hidden]) figcaption .number")].every(
      (told) => Number(told.textContent.match(/step (\d+)/)?.[1]) > 50,
    ),
  );
  assert.equal(await runs.count(), 3);
  const differs = await page.locator(".lab-differences li").allInnerTexts();
  assert.equal(differs.length, 2);
  assert.match(differs[0], /^B .*Objective Relativistic, paired → Hinge/);
  assert.match(differs[1], /^C .*Batch size 256 → 16/);
  assert.equal((await site.page.evaluate(() => window.ganPlayground.spec())).objective, "relativistic_paired");
  // All pictures hold points, and all runs have their lines in the charts.
  const inked = await page.locator(".lab-run:visible canvas").evaluateAll((all) =>
    all.map((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.filter((value, place) => place % 4 === 0 && value > 100).length;
    }),
  );
  assert.ok(inked.every((count) => count > 50), `${inked}`);
  for (const line of ["run-a", "run-b", "run-c"]) {
    // Of two points or more, which a fast machine has later than its first steps.
    await page.waitForFunction(
      (line) => /^M[\d. ]+L/.test(document.querySelector(`.lab-runs-chart path.${line}`)?.getAttribute("d")),
      line,
    );
  }
  await assertAccessible(page, ".lab-beside");
  // What is changed on the way is named, too: it is changed in one run alone.
  await site.call("tune", { generator_learning_rate: 0.0005 });
  await page.locator(".lab-differences").getByText("Generator learning rate").first().waitFor();
  // The others rest when the page's run does.
  await site.call("pause");
  await page.waitForTimeout(1_500);
  const resting = await steps();
  await page.waitForTimeout(1_500);
  assert.deepEqual(await steps(), resting);
  await button("End the comparison").click();
  await page.locator(".lab-beside-runs").waitFor({ state: "hidden" });
  site.assertNoProblems();
});

test("a change that is no run is refused with its reason, and nothing is begun", async (t) => {
  const { site, page, button } = await openLab(t, "compare");
  await site.call("step", 5);
  await page.locator("#lab-beside-change").selectOption("own");
  const typed = page.getByRole("textbox", { name: "A change of your own, as JSON" });
  for (const [text, reason] of [
    ['{"batch_size": 0}', /batch_size/],
    ['{"batch_size"', /EOF|expected/],
  ]) {
    await typed.fill(text);
    await button("Train all from the start").click();
    await page.locator(".lab-beside [role=alert]").getByText(reason).waitFor();
    assert.equal((await site.snapshot()).step, 5);
    assert.ok(await page.locator(".lab-beside-runs").isHidden());
  }
  site.assertNoProblems();
});

test("the run is shown as a PyTorch program, to be copied or saved", async (t) => {
  const { site, page, button } = await openLab(t, "take");
  await page.getByText("Show it in PyTorch").click();
  await page.locator(".lab-code pre").getByText("import torch").waitFor();
  const text = await page.locator(".lab-code pre").innerText();
  assert.match(text, /^import torch$/m);
  assert.match(text, /nn\.Linear/);
  await button("Copy").click();
  await button("Copied").waitFor();
  assert.equal((await page.evaluate(() => navigator.clipboard.readText())).trim(), text.trim());
  const saving = page.waitForEvent("download");
  await button("gan.py").click();
  const file = await (await saving).path();
  assert.equal((await readFile(file, "utf8")).trim(), text.trim());
  await assertAccessible(page, ".lab-code");
  site.assertNoProblems();
});
