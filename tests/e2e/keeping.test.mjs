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
  await site.untilLab();
  return { site, page: site.page };
}

async function assertAccessible(page, place) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((place) => window.axe.run(place), place);
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
}

test("a run that stops is kept, outlives the page, and goes on from there", async (t) => {
  const { site, page } = await openLab(t, { panel: "past" });
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
  const other = await openLab(t, { preset: "ring-collapse", panel: "past" }, { beside: site });
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

test("a run begins with the nets of a kept one, also after a reset, and nets that do not fit are refused", async (t) => {
  const { site, page } = await openLab(t, { panel: "past" });
  await site.call("step", 40);
  const kept = page.locator(".lab-kept li").filter({ hasText: "Step 40;" });
  await kept.waitFor();
  const spec = () => page.evaluate(() => window.ganPlayground.spec());
  const load = (changes) => page.evaluate(async (changes) => {
    const { ganPlayground } = window;
    await ganPlayground.load({ ...ganPlayground.spec(), ...changes });
  }, changes);
  /** Samples of the same latents: the nets alone decide them. */
  const samples = () => page.evaluate(async () => [...(await window.ganPlayground.sample({ count: 8, seed: 3 })).points]);
  await load({ seed: 5 });
  const anew = await samples();
  await kept.getByText("Begin with its nets").click();
  await assertAccessible(page, ".lab-shelf");
  await kept.getByRole("button", { name: "The generator" }).click();
  await site.until("the nets", async () => (await spec()).initial != null);
  const { initial, seed } = await spec();
  assert.deepEqual([initial.nets, seed], ["generator", 5]);
  assert.match(initial.checkpoint, /^[0-9a-f]{16}$/);
  const trained = await samples();
  assert.notDeepEqual(trained, anew);
  await site.call("step", 3);
  assert.notDeepEqual(await samples(), trained);
  await site.call("reset");
  assert.deepEqual(await samples(), trained, "after a reset");
  await load({ batch_size: 32 });
  assert.deepEqual(await samples(), trained, "with other settings");
  // Another preset begins anew, and has other nets.
  await site.call("load", "mnist-mlp");
  assert.equal((await spec()).initial, undefined);
  await kept.getByRole("button", { name: "Both nets" }).click();
  await page.locator(".lab-shelf").getByText(/^Not begun: /).waitFor();
  assert.equal((await spec()).initial, undefined);
  // Scripts do the same.
  await site.call("load", "ring");
  await page.evaluate(async () => {
    const { ganPlayground } = window;
    const checkpoint = await ganPlayground.checkpoint();
    await ganPlayground.beginWith({ checkpoint, nets: "discriminator" });
  });
  assert.equal((await spec()).initial.nets, "discriminator");
  const codes = await page.evaluate(async () => {
    const { ganPlayground } = window;
    const checkpoint = await ganPlayground.checkpoint();
    const refused = [
      ganPlayground.begin({ spec: "ring", checkpoint }),
      ganPlayground.beginWith({ checkpoint, nets: "critic" }),
      ganPlayground.beginWith({ nets: "both" }),
    ];
    return (await Promise.allSettled(refused)).map(({ reason }) => reason?.code);
  });
  assert.deepEqual(codes, ["usage", "usage", "usage"]);
  // An address brings no nets: a reload begins with drawn ones.
  assert.doesNotMatch(await page.evaluate(() => window.location.hash), /initial/);
  await page.reload();
  await site.until("a run anew", ({ phase, step }) => phase === "ready" && step === 0);
  assert.equal((await spec()).initial, undefined);
  site.assertNoProblems();
});

/** A run that has gone on since it was last kept: 45 seconds have not passed. */
async function trainPast(site, step) {
  await site.call("start");
  await site.untilStep(step);
}

const restarts = {
  "reset by the button": ({ page }) => page.getByRole("button", { name: "Reset", exact: true }).click(),
  "another preset": ({ page }) => page.getByLabel("Networks").selectOption("ring-collapse"),
  "a setting that restarts": async ({ page }) => {
    const seed = page.getByRole("textbox", { name: "Seed" });
    await seed.fill("77");
    await seed.press("Enter");
  },
  "a lesson": async ({ site, page }) => {
    await site.show("learn");
    await page.getByRole("button", { name: "Reading the scores" }).click();
    await page.locator(".lab-before").getByText(/before the lesson/).waitFor();
    await page.getByRole("button", { name: "Leave the lesson" }).click();
  },
  "a script": ({ site }) => site.load("ring-collapse"),
};

for (const [name, restart] of Object.entries(restarts)) {
  test(`a run is kept as it is before another takes its place: ${name}`, async (t) => {
    const opened = await openLab(t);
    const { site, page } = opened;
    await trainPast(site, 60);
    await restart(opened);
    const line = page.locator(".lab-before").getByText(/stood at step \d+/);
    await line.waitFor();
    const step = Number((await line.innerText()).match(/stood at step (\d+)/)[1]);
    assert.ok(step >= 60);
    await site.call("pause");
    await site.show("past");
    await page.locator(".lab-kept").getByText(`Step ${step};`).waitFor();
    await assertAccessible(page, ".lab-before");
    await page.getByRole("button", { name: "Back to that run" }).click();
    await site.until("the run before", (now) => now.step === step && now.phase === "paused");
    assert.equal((await site.snapshot()).preset, "ring");
    // It is the same run, and not kept a second time.
    await site.call("step", 5);
    await page.locator(".lab-kept").getByText(`Step ${step + 5};`).waitFor();
    assert.equal(await page.locator(".lab-kept").getByText(`Step ${step};`).count(), 0);
    site.assertNoProblems();
  });
}

test("a load that is refused leaves the run, and says nothing of another", async (t) => {
  const { site, page } = await openLab(t);
  await site.show("past");
  await site.call("step", 40);
  await page.locator(".lab-kept").getByText("Step 40;").waitFor();
  // Refused by the worker: the run was asked for what is kept of it all the same.
  await site.call("files", [{ name: "broken.idx", bytes: new Uint8Array(50) }]);
  const refused = await site.refusal("load", { preset: "mnist-mlp", data: { source: "idx_files" } });
  assert.equal(refused.code, "file");
  await page.waitForTimeout(1_000);
  assert.ok(await page.getByText(/Another run has begun/).isHidden());
  assert.equal((await site.snapshot()).step, 40);
});

test("a run is kept when the page goes out of sight", async (t) => {
  const { site, page } = await openLab(t, { panel: "past" });
  await trainPast(site, 60);
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  });
  await page.locator(".lab-kept").getByText(/Step \d+;/).waitFor();
});

test("half a step makes no other run of it", async (t) => {
  const { site, page } = await openLab(t);
  await site.call("step", 30);
  await site.show("past");
  await page.locator(".lab-kept").getByText("Step 30;").waitFor();
  await site.show("step");
  const half = page.getByRole("button", { name: "Only the discriminator's step" });
  await half.click();
  // Whoever makes it is at work until the page has the nets.
  await site.until("the half step", async () => (await half.getAttribute("aria-disabled")) !== "true");
  await site.call("step", 10);
  await site.show("past");
  await page.locator(".lab-kept").getByText("Step 40;").waitFor();
  assert.equal(await page.locator(".lab-kept li").count(), 1);
});

/** Puts runs of these steps into the browser's storage, the first being the oldest. */
function fill(page, runs) {
  return page.evaluate(async (runs) => {
    const database = await new Promise((resolve) => {
      const request = indexedDB.open("gan-playground-runs", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("runs", { keyPath: "id" });
        request.result.createObjectStore("files");
      };
      request.onsuccess = () => resolve(request.result);
    });
    const begun = database.transaction(["runs", "files"], "readwrite");
    runs.forEach((run, number) => {
      const id = `filled-${number}`;
      const known = { preset: "ring", dataset: "points", saved_ms: 1_000 + number, bytes: 3, picture: "" };
      begun.objectStore("runs").put({ ...known, id, ...run });
      begun.objectStore("files").put(new Uint8Array([1, 2, 3]), id);
    });
    await new Promise((resolve) => (begun.oncomplete = resolve));
    database.close();
  }, runs);
}

test("what is short makes way first, and what is pinned never", async (t) => {
  const { site, page } = await openLab(t, { panel: "past" });
  const long = Array.from({ length: 11 }, (_, number) => ({ step: 2_000 + number }));
  await fill(page, [{ step: 21, pinned: true }, { step: 156 }, ...long]);
  await site.call("step", 30);
  const kept = page.locator(".lab-kept");
  await kept.getByText("Step 30;").waitFor();
  assert.equal(await kept.locator("li").count(), 13, "twelve and the pinned one");
  assert.equal(await kept.getByText("Step 156;").count(), 0);
  assert.equal(await kept.getByText("Step 21;").count(), 1);
  assert.equal(await kept.getByText(/Step 20\d\d;/).count(), 11);
});

test("a kept run is named, pinned, deleted and taken back", async (t) => {
  const { site, page } = await openLab(t, { panel: "past" });
  await site.call("step", 30);
  const run = page.locator(".lab-kept li");
  await run.getByText("Step 30;").waitFor();
  const name = run.getByLabel("Name of this run");
  await name.fill("My best ring");
  await name.press("Enter");
  await run.locator("button[aria-pressed=true]").waitFor();
  await assertAccessible(page, ".lab-shelf");
  // The name stays while the run is kept again.
  await site.call("step", 5);
  await run.getByText("Step 35;").waitFor();
  assert.equal(await name.inputValue(), "My best ring");
  await run.getByRole("button", { name: "Delete" }).click();
  await run.waitFor({ state: "detached" });
  const undo = page.locator(".lab-shelf").getByRole("button", { name: "Undo" });
  await page.getByText("Deleted: My best ring").waitFor();
  await site.until("the focus", () => undo.evaluate((button) => button === document.activeElement));
  await assertAccessible(page, ".lab-shelf");
  await undo.click();
  await run.getByText("Step 35;").waitFor();
  assert.equal(await name.inputValue(), "My best ring");
  await run.getByRole("button", { name: "Pin" }).click();
  await run.locator("button[aria-pressed=false]").waitFor();
  site.assertNoProblems();
});

test("a remedy that restarts says so, and there is a way back to the preset", async (t) => {
  const { site, page } = await openLab(t, { preset: "ring-collapse" });
  await site.call("start");
  const packing = page.locator(".lab-found").getByRole("button", { name: /PacGAN/ }).first();
  await packing.waitFor({ timeout: 120_000 });
  assert.match(await packing.innerText(), /starts at step 0/);
  await packing.click();
  await page.locator(".lab-before").getByText(/stood at step/).waitFor();
  assert.equal((await page.evaluate(() => window.ganPlayground.spec())).packing, 4);
  // The preset has no packing: back to it, as soon as the new run is reported on.
  const causes = page.locator(".lab-causes");
  await causes.getByText(/Samples judged as one 1 → 4/).first().waitFor({ state: "attached" });
  const toPreset = causes.getByRole("button", { name: /Back to the preset/ });
  await site.until("the ways back", async () => {
    await causes.evaluate((details) => (details.open = true));
    return toPreset.isVisible();
  });
  assert.match(await toPreset.innerText(), /starts at step 0/);
  await toPreset.click();
  await page.waitForFunction(() => (window.ganPlayground.spec().packing ?? 1) === 1);
  site.assertNoProblems();
});

test("a remedy that changes the run as it goes is taken back", async (t) => {
  // A discriminator that is far too fast: the page says that it wins, or that nothing is left to learn.
  const { site, page } = await openLab(t, { lesson: "vanishing-gradient" });
  // The finding is what the lesson is about.
  await page.locator(".lab-diagnoses summary").click({ timeout: 120_000 });
  const remedy = page.locator(".lab-found").getByRole("button", { name: "Discriminator's rate to a quarter" }).first();
  await remedy.waitFor({ timeout: 120_000 });
  assert.doesNotMatch(await remedy.innerText(), /starts at step 0/);
  const rate = () =>
    page.evaluate(() => window.ganPlayground.spec().discriminator_optimizer.learning_rate);
  const before = await rate();
  const { step } = await site.snapshot();
  await remedy.click();
  const findings = page.locator(".lab-findings");
  await findings.getByText("Changed: Discriminator's rate to a quarter.").waitFor();
  assert.equal(await rate(), before / 4);
  await findings.getByRole("button", { name: "Undo the last change" }).click();
  await site.until("the rate as it was", async () => (await rate()) === before);
  await findings.getByText(/^Changed:/).waitFor({ state: "hidden" });
  assert.ok((await site.snapshot()).step >= step, "the run did not start again");
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
  const { site, page } = await openLab(t, { panel: "past" }, { init: [forbidden] });
  await site.call("step", 40);
  await page.locator(".lab-shelf [role=alert]").getByText("storage is forbidden here").waitFor();
  await site.call("step", 1);
  assert.equal((await site.snapshot()).step, 41);
});

test("a teacher's link hides and locks what it names, and the page makes such links", async (t) => {
  const { page } = await openLab(t, { panel: "teach" });
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
  // A panel all of whose parts are hidden has no tab.
  assert.ok(await pupil.getByRole("tab", { name: "Compare" }).isVisible());
  assert.equal(await pupil.getByRole("tab", { name: "Teach" }).count(), 0);
  const settings = pupil.locator(".settings");
  assert.ok(await settings.isVisible());
  assert.equal(await settings.evaluate((part) => part.inert), true);
});

test("the address that is shown for this run is the one that is copied", async (t) => {
  const { site, page } = await openLab(t, { panel: "teach" });
  await page.getByText("Make a link for your class").click();
  const teacher = page.locator(".lab-teacher");
  // The page writes another run into its address without an event.
  await site.load({ preset: "ring-collapse", seed: 9 });
  await site.untilReady();
  await teacher.locator(".lab-made").getByText(/ring-collapse/).waitFor();
  await teacher.getByRole("button", { name: "Copy the link" }).click();
  await teacher.getByRole("button", { name: "Copied" }).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, await page.locator(".lab-made").innerText());
  assert.match(decodeURIComponent(copied), /preset=ring-collapse.*"seed":9/);
});
