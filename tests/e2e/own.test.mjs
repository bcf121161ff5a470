// Runs on files of the user's own: kept, gone on with, shared by a link, and looked at as any other.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { controlsOf, isDrawn, upload } from "./support/controls.mjs";
import { idxImages } from "./support/idx.mjs";
import { tinyMlp } from "./support/nets.mjs";
import { npy } from "./support/npy.mjs";
import { headerOf } from "./support/safetensors.mjs";

const open = browserOfThisFile();

/** Stripes of grey; `shift` makes other images of them. */
const stripes = (shift = 0) => idxImages(32, 28, 28, (i, row) => ((row + i + shift) % 7 < 3 ? 230 : 10));

const mlp = { preset: "mnist-mlp", spec: tinyMlp };

async function openLab(t, address = mlp, options = {}) {
  const site = await open(t, { backend: "cpu", lang: "en", ...address }, options);
  await site.until("a run", ({ phase }) => phase !== "loading");
  await site.untilLab();
  return { site, page: site.page };
}

const isOnFiles = ({ dataset, phase }) => dataset === "idx_files" && phase !== "loading";

/** A page with a run on a file of the user's, trained to `step`. */
async function trained(t, step = 30, file = ["stripes.idx", stripes()]) {
  const opened = await openLab(t);
  await controlsOf(opened.site).chooseData(upload(...file));
  await opened.site.until("the files", isOnFiles);
  await opened.site.call("step", step);
  return opened;
}

/** Drops files on the page as a file manager would. */
async function drop({ page }, ...files) {
  const dataTransfer = await page.evaluateHandle((all) => {
    const transfer = new DataTransfer();
    for (const [name, bytes] of all) transfer.items.add(new File([new Uint8Array(bytes)], name));
    return transfer;
  }, files.map(([name, bytes]) => [name, [...bytes]]));
  for (const type of ["dragenter", "dragover", "drop"]) {
    await page.dispatchEvent("main", type, { dataTransfer });
  }
}

const filesOf = (site) =>
  site.page.evaluate(() => window.ganPlayground.runFiles().map(({ name, bytes }) => [name, bytes.length]));

test("a run on own files is kept with them, and goes on in another page", async (t) => {
  const { site, page } = await trained(t);
  await site.show("past");
  await page.locator(".lab-kept").getByText("Step 30;").waitFor();
  const other = await openLab(t, { preset: "ring", panel: "past" }, { beside: site });
  const there = other.page.locator(".lab-kept li");
  await there.getByText("Step 30;").waitFor();
  await there.getByRole("button", { name: "Go on with it" }).click();
  await other.site.until("the kept run", (now) => isOnFiles(now) && now.step === 30);
  assert.deepEqual(await filesOf(other.site), [["stripes.idx", stripes().length]]);
  await other.site.call("step", 5);
  // Deleted and taken back it is whole.
  await there.getByText("Step 35;").waitFor();
  await there.getByRole("button", { name: "Delete" }).click();
  await other.page.getByRole("button", { name: "Undo" }).click();
  await there.getByText("Step 35;").waitFor();
  await other.site.load("ring");
  await there.first().getByRole("button", { name: "Go on with it" }).click();
  await other.site.until("the kept run", (now) => isOnFiles(now) && now.step === 35);
  site.assertNoProblems();
  other.site.assertNoProblems();
});

/** How many entries there are in the storage, by kind. */
const stored = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open("gan-playground-runs");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const keys = opening.result.transaction("files").objectStore("files").getAllKeys();
          keys.onsuccess = () => {
            const data = keys.result.filter((key) => key.startsWith("data/")).length;
            opening.result.close();
            resolve({ data, checkpoints: keys.result.length - data });
          };
        };
      }),
  );

test("runs on the same files share them, and files that no run needs are deleted", async (t) => {
  const { site, page } = await trained(t);
  const kept = page.locator(".lab-kept li");
  await site.show("past");
  await kept.getByText("Step 30;").waitFor();
  await site.call("reset");
  await site.call("step", 40);
  await kept.getByText("Step 40;").waitFor();
  assert.deepEqual(await stored(page), { data: 1, checkpoints: 2 });
  await kept.first().getByRole("button", { name: "Delete" }).click();
  await page.waitForFunction(() => document.querySelectorAll(".lab-kept li").length === 1);
  assert.deepEqual(await stored(page), { data: 1, checkpoints: 1 });
  await kept.first().getByRole("button", { name: "Delete" }).click();
  await page.waitForFunction(() => document.querySelectorAll(".lab-kept li").length === 0);
  assert.deepEqual(await stored(page), { data: 0, checkpoints: 0 });
});

test("a run whose files are too large is not kept, which is said, and goes on from its checkpoint", async (t) => {
  const { site, page } = await openLab(t);
  await page.evaluate(async () => {
    // 85,000 images of 784 bytes.
    const bytes = new Uint8Array(16 + 85_000 * 784);
    bytes.set([0, 0, 8, 3, 0, 1, 76, 8, 0, 0, 0, 28, 0, 0, 0, 28]);
    bytes.fill(200, 16, 16 + 784 * 10);
    await window.ganPlayground.files([{ name: "large.idx", bytes }]);
    await window.ganPlayground.load({ data: { source: "idx_files" } });
  });
  await site.call("step", 25);
  await site.show("past");
  await page.locator(".lab-shelf").getByText(/not kept: its files have 67 MB/).waitFor();
  assert.equal(await page.locator(".lab-kept li").count(), 0);
  // Not too large for a copy beside the run.
  await site.show("look");
  await page.locator(".lab-game").getByRole("button", { name: "Play" }).waitFor();
});

test("the way back to a run on own files leads to its own files", async (t) => {
  const { site, page } = await trained(t);
  await controlsOf(site).chooseData(upload("others.idx", stripes(3)));
  await site.until("the others", (now) => isOnFiles(now) && now.step === 0);
  await page.locator(".lab-before").getByRole("button", { name: "Back to that run" }).click();
  await site.until("the run before", (now) => isOnFiles(now) && now.step === 30);
  assert.deepEqual(await filesOf(site), [["stripes.idx", stripes().length]]);
  assert.ok(!(await site.notices()).some((text) => /other data/.test(text)));
});

test("a checkpoint dropped together with its files goes on, in a fresh page", async (t) => {
  const { site } = await trained(t);
  const checkpoint = Buffer.from(await site.checkpoint());
  assert.deepEqual(headerOf(new Uint8Array(checkpoint)).data.files, ["stripes.idx"]);
  const fresh = await openLab(t);
  await drop(fresh.site, ["stripes.idx", stripes()], ["run.safetensors", checkpoint]);
  await fresh.site.until("the run", (now) => isOnFiles(now) && now.step === 30);
  await fresh.site.untilTold(/Opened run\.safetensors, at step 30/);
  assert.ok(!(await fresh.site.notices()).some((text) => /other data/.test(text)));
  await fresh.site.call("step", 1);
  fresh.site.assertNoProblems();
});

test("a checkpoint without its files says which, and goes on once they come", async (t) => {
  const { site } = await trained(t);
  const checkpoint = Buffer.from(await site.checkpoint());
  const fresh = await openLab(t);
  const controls = controlsOf(fresh.site);
  await controls.openCheckpoint(upload("run.safetensors", checkpoint));
  const told = await fresh.site.untilTold(/run\.safetensors needs the files/);
  assert.match(told, /stripes\.idx.*step 30/);
  assert.equal((await fresh.site.snapshot()).dataset, "drawn_digits", "the run goes on meanwhile");
  // Its generator can be looked at without them.
  await fresh.page.getByRole("button", { name: "Look at its generator" }).click();
  const shown = fresh.page.getByRole("button", { name: "run.safetensors" });
  await fresh.site.until("the generator", async () => (await shown.getAttribute("aria-pressed")) === "true");
  const picture = fresh.page.locator(".lab-sampler canvas");
  await fresh.site.until("samples", () => isDrawn(picture));
  await controls.chooseData(upload("stripes.idx", stripes()));
  await fresh.site.until("the run", (now) => isOnFiles(now) && now.step === 30);
  await fresh.page.waitForFunction(() => !document.body.innerText.includes("needs the files"));
  // A script that has no files to give is refused.
  const bare = await openLab(t);
  const code = await bare.page.evaluate(
    (bytes) => window.ganPlayground.restore(new Uint8Array(bytes)).then(() => "taken", (e) => e.code),
    [...checkpoint],
  );
  assert.equal(code, "spec");
});

test("a checkpoint goes on with data in any form that the page reads, dropped with it or later", async (t) => {
  const digits = ["digits.npy", npy("|u1", [32, 28, 28], stripes().subarray(16))];
  const { site } = await trained(t, 30, digits);
  const checkpoint = ["run.safetensors", Buffer.from(await site.checkpoint())];
  assert.deepEqual(headerOf(new Uint8Array(checkpoint[1])).data.files, ["digits.npy"]);
  for (const drops of [[[digits, checkpoint]], [[checkpoint], [digits]]]) {
    const fresh = await openLab(t);
    for (const files of drops) {
      await drop(fresh.site, ...files);
      await fresh.site.untilTold(/run\.safetensors/);
    }
    await fresh.site.until("the run", (now) => isOnFiles(now) && now.step === 30);
    await fresh.site.untilTold(/Opened run\.safetensors, at step 30/);
    assert.ok(!(await fresh.site.notices()).some((text) => /other data|needs the files/.test(text)));
    fresh.site.assertNoProblems();
  }
});

for (const [lang, pattern] of [["en", /trained on other data: stripes\.idx, 32 images.*others\.idx, 32/], ["zh", /其他数据训练的：stripes\.idx.*others\.idx/]]) {
  test(`with other files a checkpoint goes on and says so: ${lang}`, async (t) => {
    const { site } = await trained(t);
    const checkpoint = Buffer.from(await site.checkpoint());
    const fresh = await openLab(t, { ...mlp, lang });
    await drop(fresh.site, ["run.safetensors", checkpoint], ["others.idx", stripes(3)]);
    await fresh.site.until("the run", (now) => isOnFiles(now) && now.step === 30);
    await fresh.site.untilTold(pattern);
    await fresh.site.call("step", 1);
    assert.deepEqual(headerOf(await fresh.site.checkpoint()).data.files, ["others.idx"]);
    // It is true until another run comes.
    await fresh.site.load("ring");
    await fresh.page.waitForFunction((text) => !document.body.innerText.includes(text), "others.idx, 32");
  });
}

test("a link to a run on own files says what it lacks, and asks for it keeping the settings", async (t) => {
  const { site, page } = await trained(t);
  await site.show("take");
  await page.getByRole("button", { name: "Copy link" }).first().click();
  await site.untilTold(/Link copied\. It holds your settings, not your files/);
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await site.show("teach");
  await page.getByText("Make a link for your class").click();
  await page.getByText(/hand those to the class too/).waitFor();

  const fresh = await openLab(t);
  await fresh.page.goto("about:blank");
  await fresh.page.goto(link);
  await fresh.page.waitForFunction(() => window.ganPlayground !== undefined);
  await fresh.site.until("a run", ({ phase }) => phase !== "loading");
  await fresh.site.untilTold(/This run learns from files/);
  assert.equal(fresh.page.url(), link, "the address still holds the link's run");
  await controlsOf(fresh.site).chooseData(upload("mine.idx", stripes(1)));
  await fresh.site.until("the link's run", isOnFiles);
  const spec = await fresh.page.evaluate(() => window.ganPlayground.spec());
  assert.deepEqual([spec.batch_size, spec.latent.size], [tinyMlp.batch_size, tinyMlp.latent.size]);
  await fresh.page.waitForFunction(() => !document.body.innerText.includes("This run learns from files"));
  fresh.site.assertNoProblems();
});

test("a link that has become very long says so", async (t) => {
  const { site, page } = await openLab(t, { preset: "ring" });
  const points = Array.from({ length: 400 }, (_, i) => [Math.cos(i) * 2, Math.sin(i) * 2]);
  const spec = await page.evaluate(() => window.ganPlayground.spec());
  await site.load({ ...spec, data: { source: "points", points: { kind: "drawn", points, sd: 0.05 } } });
  await site.show("take");
  await page.getByRole("button", { name: "Copy link" }).first().click();
  await site.untilTold(/is very long/);
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(link.length > 8_000 && link === page.url().replace("&panel=take", ""));
});

test("what looks at a copy of the run looks at one on own files", async (t) => {
  const { site, page } = await trained(t);
  await site.show("look");
  const game = page.locator(".lab-game");
  await game.getByRole("button", { name: "Play" }).click();
  await game.getByRole("button", { name: "Real", exact: true }).click();
  await game.getByText(/1 of 16 judged/).waitFor();
  const nearest = page.locator(".lab-nearest");
  await nearest.getByRole("button").first().click();
  await nearest.getByText(/32 real images were searched/).waitFor();
  assert.equal(await nearest.locator("li").count(), 8);
  await site.show("step");
  const scope = page.locator(".lab-scope");
  await scope.getByRole("button").first().click();
  await scope.locator(".lab-moments").waitFor();
  // Half a step comes back to the page, and the files with it.
  await scope.getByRole("button", { name: "Only the discriminator's step" }).click();
  await scope.locator(".lab-moments").waitFor();
  assert.deepEqual(await filesOf(site), [["stripes.idx", stripes().length]]);
  await site.show("compare");
  const beside = page.locator(".lab-beside");
  await beside.getByRole("button").first().click();
  await beside.locator(".lab-run").nth(1).getByText(/step [1-9]/i).waitFor();
  site.assertNoProblems();
});

for (const [lang, pattern] of [["en", /Not with these files: they have 201 MB/], ["zh", /这些文件无法用于此处：它们有 201 MB/]]) {
  test(`where files are too large for a copy, that is said in the place: ${lang}`, async (t) => {
    // The page's own word for its files: 201 MB would take minutes to be read and trained on here.
    const init = [
      () =>
        document.addEventListener("gan-playground-ready", () => {
          const large = { name: "large.idx", bytes: { length: 200_500_000 } };
          window.ganPlayground.runFiles = () => [large];
        }),
    ];
    const { site, page } = await openLab(t, { ...mlp, lang }, { init });
    const places = { ".lab-game": "look", ".lab-nearest": "look", ".lab-scope": "step", ".lab-beside": "compare" };
    for (const [place, tab] of Object.entries(places)) {
      await site.show(tab);
      const panel = page.locator(place);
      await panel.getByText(pattern).waitFor();
      await panel.locator("h2").waitFor();
      assert.ok(await panel.locator("button").first().isHidden(), place);
    }
  });
}
