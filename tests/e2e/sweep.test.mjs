// A sweep: one setting, several values, and a score against the value.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { isDrawn, type } from "./support/controls.mjs";
import { drawnDigits, tinyMlp } from "./support/nets.mjs";

const open = browserOfThisFile();

async function openSweep(t, address) {
  const site = await open(t, { backend: "cpu", lang: "en", panel: "compare", ...address });
  await site.until("a run", ({ phase }) => phase !== "loading");
  const { page } = site;
  const sweep = page.getByRole("region", { name: /^A sweep/ });
  await sweep.waitFor();
  return {
    site,
    page,
    sweep,
    setting: sweep.getByLabel("Setting", { exact: true }),
    values: sweep.getByLabel("Values, with blanks between them"),
    steps: sweep.getByLabel("Steps of each run"),
    begin: sweep.getByRole("button", { name: "Start the sweep" }),
    tries: sweep.locator(".lab-tries li"),
  };
}

test("each value is trained, scored and drawn, and the one that is chosen becomes the page's run", async (t) => {
  const { site, page, sweep, setting, values, steps, begin, tries } = await openSweep(t, { preset: "ring" });
  await site.call("start");
  await site.untilStep(3);
  await setting.selectOption({ label: "Discriminator steps per generator step" });
  await values.fill("1 2; 3");
  await type(steps, 40);
  await begin.click();
  for (const [place, value] of ["1", "2", "3"].entries()) {
    const one = tries.nth(place);
    await one.getByText(/Modes found \d/).waitFor({ timeout: 120_000 });
    assert.equal(await one.locator("strong").innerText(), value);
    assert.ok(await isDrawn(one.locator("canvas")), `a picture of ${value}`);
  }
  assert.equal((await site.snapshot()).phase, "paused");
  const chart = sweep.locator(".lab-sweep-chart");
  assert.equal(await chart.locator("circle").count(), 3);
  assert.match(await chart.getAttribute("aria-label"), /^1: \d; 2: \d; 3: \d$/);
  await sweep.getByRole("button", { name: /^Diversity/ }).click();
  assert.match(await chart.getAttribute("aria-label"), /^1: \d+ %; 2: \d+ %; 3: \d+ %$/);
  await tries.nth(2).getByRole("button", { name: /Train with this value/ }).click();
  await site.until("the run with three steps", async () =>
    (await page.evaluate(() => window.ganPlayground.spec().discriminator_steps)) === 3);
  assert.equal((await site.snapshot()).step, 0);
  // Whatever run is on the page by then, it is that of the sweep that is loaded.
  await site.load("mnist-conditional");
  await tries.nth(1).getByRole("button", { name: /Train with this value/ }).click();
  await site.until("the run with two steps", async () => {
    const { data, discriminator_steps: count, labels } = await page.evaluate(() => window.ganPlayground.spec());
    return count === 2 && data.source === "points" && labels === undefined;
  });
  site.assertNoProblems();
});

test("the same value gives the same run as on the page", async (t) => {
  const spec = { ...tinyMlp, ...drawnDigits };
  const { site, page, values, steps, setting, begin, tries, sweep } = await openSweep(t, { preset: "mnist-mlp", spec });
  await setting.selectOption({ label: "Seed" });
  await values.fill("1 2");
  await type(steps, 30);
  await begin.click();
  await tries.nth(1).getByText(/Diversity/).waitFor({ timeout: 120_000 });
  await sweep.getByRole("button", { name: /^Diversity/ }).click();
  const told = await sweep.locator(".lab-sweep-chart").getAttribute("aria-label");
  for (const [place, seed] of [1, 2].entries()) {
    await site.load({ ...spec, seed });
    await site.untilReady();
    await site.call("step", 30);
    // Settled after the report on the last step.
    await site.call("pause");
    const { scores } = await site.snapshot();
    const diversity = `${Math.round(100 * scores.diversity)} %`;
    assert.equal(told.split("; ")[place], `${seed}: ${diversity}`);
  }
  assert.equal(await page.locator(".lab-sweep-chart circle").count(), 2);
});

test("what is no sweep is refused with its reason, and one under way is ended", async (t) => {
  const { site, sweep, setting, values, steps, begin, tries } = await openSweep(t, { preset: "ring" });
  await setting.selectOption({ label: "Batch size" });
  for (const [typed, pattern] of [
    ["16", /needs 2 to 12 different values/],
    ["16 many", /many is no value of this setting/],
    ["16 0", /^0: batch_size: is 0; allowed is/],
  ]) {
    await values.fill(typed);
    await begin.click();
    await sweep.getByRole("alert").filter({ hasText: pattern }).waitFor();
    assert.equal(await tries.count(), 0);
  }
  await values.fill("16 32 64");
  await type(steps, 50_000);
  await begin.click();
  await tries.first().getByText(/Step [1-9]\d* of 50000/).waitFor();
  await sweep.getByRole("button", { name: "End the sweep" }).click();
  await begin.waitFor();
  assert.ok(await begin.isEnabled());
  assert.equal(await tries.count(), 0);
  assert.equal((await site.snapshot()).phase, "ready");
  site.assertNoProblems();
});
