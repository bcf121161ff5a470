// What is kept in the browser by itself, and what a teacher's link hides and locks.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

import { browserOfThisFile, siteUrl } from "./support/browser.mjs";

const open = browserOfThisFile();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function openLab(t, address, options) {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "ring", ...address }, options);
  await site.until("a run", ({ phase }) => phase !== "loading");
  await site.page.locator(".lab-shelf").waitFor({ state: "attached" });
  return { site, page: site.page };
}

async function assertAccessible(page, place) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((place) => window.axe.run(place), place);
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
}

test("a run that stops is kept, outlives the page, and goes on from there", async (t) => {
  const { site, page } = await openLab(t);
  const kept = page.locator(".lab-kept li");
  await site.call("step", 60);
  await kept.getByText("Step 60;").waitFor();
  const before = await page.evaluate(async () => [...(await window.ganPlayground.checkpoint())]);
  // It is one run, however often it is kept.
  await site.call("step", 5);
  await kept.getByText("Step 65;").waitFor();
  assert.equal(await kept.count(), 1);
  await assertAccessible(page, ".lab-shelf");
  // Another page of the same browser, with another run.
  const other = await openLab(t, { preset: "ring-collapse" }, { beside: site });
  const there = other.page.locator(".lab-kept li");
  await there.getByText("Step 65;").waitFor();
  await there.getByRole("button", { name: "Go on with it" }).click();
  await other.site.until("the kept run", ({ step, phase }) => step === 65 && phase === "paused");
  assert.equal((await other.page.evaluate(() => window.ganPlayground.spec())).objective, "relativistic_paired");
  const after = await other.page.evaluate(async () => [...(await window.ganPlayground.checkpoint())]);
  assert.equal(after.length, before.length);
  const saving = other.page.waitForEvent("download");
  await there.getByRole("button", { name: "Save as a file" }).click();
  assert.match((await saving).suggestedFilename(), /^ring-65\.safetensors$/);
  await there.getByRole("button", { name: "Delete" }).click();
  await there.waitFor({ state: "detached" });
  site.assertNoProblems();
  other.site.assertNoProblems();
});

test("a run that begins anew is kept beside the one before", async (t) => {
  const { site, page } = await openLab(t);
  await site.call("step", 30);
  await page.locator(".lab-kept").getByText("Step 30;").waitFor();
  await site.call("reset");
  // What goes back is noticed when it is looked at.
  await page.waitForTimeout(1_500);
  await site.call("step", 25);
  await page.locator(".lab-kept").getByText("Step 25;").waitFor();
  assert.equal(await page.locator(".lab-kept li").count(), 2);
});

test("without storage the run goes on, and the page says that it is not kept", async (t) => {
  const forbidden = () => {
    Object.defineProperty(window, "indexedDB", {
      value: {
        open() {
          throw new DOMException("storage is forbidden here", "SecurityError");
        },
      },
    });
  };
  const { site, page } = await openLab(t, {}, { init: [forbidden] });
  await site.call("step", 40);
  await page.locator(".lab-shelf [role=alert]").getByText("storage is forbidden here").waitFor();
  await site.call("step", 1);
  assert.equal((await site.snapshot()).step, 41);
});

test("a teacher's link hides and locks what it names, and the page makes such links", async (t) => {
  const { page } = await openLab(t);
  await page.getByText("Make a link for your class").click();
  const teacher = page.locator(".lab-teacher");
  await teacher.getByLabel("Charts", { exact: true }).check();
  await teacher.getByLabel("Lock the settings").check();
  await teacher.getByLabel("It opens").selectOption({ label: "Running in circles" });
  await assertAccessible(page, ".lab-teacher");
  const link = await page.locator(".lab-made").innerText();
  assert.equal(link, new URL("?hide=charts,teacher&lock=settings#lesson=oscillation", siteUrl()).href);
  await teacher.getByRole("button", { name: "Copy the link" }).click();
  await teacher.getByRole("button", { name: "Copied" }).waitFor();

  const pupil = await page.context().newPage();
  await pupil.goto(link);
  await pupil.getByText("The smallest GAN there is").waitFor();
  assert.ok(await pupil.locator(".charts").isHidden());
  assert.ok(await pupil.locator(".lab-teacher").isHidden());
  assert.ok(await pupil.locator(".lab-beside").isVisible());
  const settings = pupil.locator(".settings");
  assert.ok(await settings.isVisible());
  assert.equal(await settings.evaluate((part) => part.inert), true);
});
