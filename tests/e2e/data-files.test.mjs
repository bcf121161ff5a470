// Data files of the user's in every form: shown before they are trained on, read as what they are.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { controlsOf, isDrawn, upload } from "./support/controls.mjs";
import { gzipped, idxImages, idxLabels } from "./support/idx.mjs";
import { tinyMlp } from "./support/nets.mjs";
import { npy } from "./support/npy.mjs";

const open = browserOfThisFile();

/** The page with small nets, and its panel for own data. */
async function openSite(t, more = {}) {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "mnist-mlp", spec: tinyMlp, ...more });
  await site.untilReady();
  const panel = site.page.locator(".lab-pictures");
  await site.untilLab();
  const controls = controlsOf(site);
  const choose = (...files) => controls.chooseData(...files.map(([name, bytes]) => upload(name, bytes)));
  const told = () => panel.locator(".lab-data-told");
  /** The grey value of the preview's first image at a place. */
  const shown = (x, y) =>
    panel.locator(".lab-data-files canvas").evaluate(
      (canvas, [x, y]) => canvas.getContext("2d").getImageData(x, y, 1, 1).data[0],
      [x, y],
    );
  const spec = () => site.page.evaluate(() => window.ganPlayground.spec());
  return { site, panel, choose, told, shown, spec };
}

/** A white bar at the left of a picture that stands upright. */
const bar = (_, row, column) => (column < 6 ? 255 : 20);

test("EMNIST's letters are shown, set upright, and are 26 classes named 1 to 26", async (t) => {
  const { site, panel, choose, told, shown, spec } = await openSite(t);
  const lying = (image, row, column) => bar(image, column, row);
  await choose(
    ["emnist-letters-train-images-idx3-ubyte.gz", gzipped(idxImages(52, 28, 28, lying))],
    ["emnist-letters-train-labels-idx1-ubyte.gz", gzipped(idxLabels(52, (index) => (index % 26) + 1))],
  );
  await site.until("the files", ({ dataset, phase }) => dataset === "idx_files" && phase === "ready");
  assert.match(await told().innerText(), /52 grey images, 28 × 28 pixels; black is 0, white is 255/);
  await panel.getByText(/Classes: 26\. 1 2 · 2 2 · .* · 26 2$/).waitFor();
  const upright = panel.getByRole("checkbox", { name: /Exchange rows and columns/ });
  assert.ok(await upright.isChecked(), "the name says that they lie on their side");
  assert.deepEqual([await shown(2, 20), await shown(20, 2)], [255, 20]);
  await upright.uncheck();
  await site.until("the other side", async () => (await shown(20, 2)) === 255);
  await upright.check();
  await site.until("upright again", async () => (await shown(2, 20)) === 255);
  await panel.getByRole("combobox", { name: "Nets" }).selectOption("folders");
  await site.until("nets for the classes", async () => (await spec()).labels?.classes === 26);
  await site.call("step", 2);
  site.assertNoProblems();
});

/** CIFAR's records of these labels (bytes in front of each image), with a red image and a blue one in turn. */
function records(labels) {
  const image = (index) => {
    const planes = Buffer.alloc(3072, 10);
    planes.fill(230, index % 2 === 0 ? 0 : 2048, index % 2 === 0 ? 1024 : 3072);
    return planes;
  };
  return Buffer.concat(labels.flatMap((bytes, index) => [Buffer.from(bytes), image(index)]));
}

test("a preset on CIFAR-10 asks for its files, and begins with them", async (t) => {
  const { site, choose, spec } = await openSite(t);
  await site.page.locator("#preset").selectOption("cifar-colour");
  await site.untilTold(/This run learns from files/);
  // One byte for the class, then the image: sevens are horses.
  await choose(["data_batch_1.bin", records(Array.from({ length: 40 }, (_, index) => [index % 2 === 0 ? 7 : 1]))]);
  await site.until("its run", ({ dataset, phase }) => dataset === "cifar_files" && phase === "ready");
  const { condition, data } = await spec();
  assert.deepEqual([condition.picture.kind, data.classes], ["grey", [7]]);
  await site.call("step", 2);
  await site.page.getByRole("heading", { name: "Given, made, true" }).waitFor();
  // Back from another preset, the page still has them.
  await site.page.locator("#preset").selectOption("mnist-mlp");
  await site.until("the other preset", ({ dataset }) => dataset === "mnist");
  await site.page.locator("#preset").selectOption("cifar-colour");
  await site.until("its run again", ({ dataset, phase }) => dataset === "cifar_files" && phase === "ready");
  site.assertNoProblems();
});

test("a preset on CIFAR-10 asks for its files where others are open, too", async (t) => {
  const { site, choose, spec } = await openSite(t);
  await choose(["images-idx3-ubyte", idxImages(20, 28, 28, bar)]);
  await site.until("the files", ({ dataset, phase }) => dataset === "idx_files" && phase === "ready");
  await site.show("run");
  await site.page.locator("#preset").selectOption("cifar-colour");
  await site.untilTold(/This run learns from files/);
  // An aeroplane, of class 0, comes first.
  await choose(["data_batch_4.bin", records(Array.from({ length: 40 }, (_, index) => [index % 2 === 0 ? 0 : 7]))]);
  await site.until("its run", ({ dataset, phase }) => dataset === "cifar_files" && phase === "ready");
  assert.deepEqual((await spec()).data.classes, [7]);
  site.assertNoProblems();
});

test("CIFAR-10 without its ending is trained on in colour", async (t) => {
  const { site, choose, told, spec } = await openSite(t);
  await choose(["cifar", records(Array.from({ length: 40 }, (_, index) => [index % 10]))]);
  await site.until("the files", ({ dataset, phase }) => dataset === "idx_files" && phase === "ready");
  assert.match(await told().innerText(), /40 colour images, 32 × 32 pixels/);
  const { channels, height } = (await spec()).data;
  assert.deepEqual([channels, height], [3, 32]);
  // The list of data names them.
  await site.page.waitForFunction(() => document.querySelector("#dataset").value === "idx_files");
  await site.call("step", 1);
  site.assertNoProblems();
});

test("CIFAR-100 has its fine classes, or the coarse ones", async (t) => {
  const { panel, choose } = await openSite(t);
  await choose(["train.bin", records(Array.from({ length: 60 }, (_, index) => [index % 20, index]))]);
  await panel.getByText("Classes: 60.").waitFor();
  await panel.getByRole("checkbox", { name: /20 coarse classes/ }).check();
  await panel.getByText("Classes: 20.").waitFor();
});

test("arrays of NumPy are read, and the range of 8 x 8 digits is found", async (t) => {
  const { site, choose, told, shown } = await openSite(t);
  const pixels = Array.from({ length: 20 * 64 }, (_, at) => at % 17);
  await choose(["digits.npy", npy("|u1", [20, 8, 8], pixels)]);
  await site.until("the files", ({ dataset, phase }) => dataset === "idx_files" && phase === "ready");
  assert.match(await told().innerText(), /20 grey images, 8 × 8 pixels; black is 0, white is 16/);
  assert.equal(await shown(0, 2), 255);
});

test("gzip files of several members are whole", async (t) => {
  const { site, choose, told } = await openSite(t);
  const file = idxImages(30, 28, 28, bar);
  const members = Buffer.concat([gzipped(file.subarray(0, 5_000)), gzipped(file.subarray(5_000))]);
  await choose(["images.gz", members]);
  await site.until("the files", ({ dataset, phase }) => dataset === "idx_files" && phase === "ready");
  assert.match(await told().innerText(), /30 grey images/);
});

test("what is no data is named with the remedy, and the run is left alone", async (t) => {
  const { site, panel, choose } = await openSite(t);
  await site.call("step", 3);
  for (const [name, text, remedy] of [
    ["train-images-idx3-ubyte.gz", "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 9\n", /git lfs pull/],
    ["images.idx", "<!doctype html><html>Sign in</html>", /is a web page/],
    ["data_batch_1", "\x80\x02}q\x01(U\x0bbatch_label", /binary version/],
  ]) {
    await choose([name, Buffer.from(text, "latin1")]);
    await panel.getByRole("alert").filter({ hasText: remedy }).waitFor();
    const { step, error } = await site.snapshot();
    assert.deepEqual([step, error], [3, null], name);
  }
  // And a file that is one takes the message away.
  await choose(["good.idx", idxImages(16, 28, 28, bar)]);
  await site.until("the files", ({ dataset, phase }) => dataset === "idx_files" && phase === "ready");
  assert.equal(await panel.getByRole("alert").filter({ hasText: "binary version" }).count(), 0);
});

test("a table of points is shown and trained on, whatever the run before learned from", async (t) => {
  const { site, panel, choose } = await openSite(t);
  // A square's corners, large numbers, with headings and semicolons.
  const table = "x;y\n100;100\n500;100\n100;500\n500;500\n";
  await choose(["corners.csv", Buffer.from(table)]);
  await panel.getByText(/corners\.csv: 4 points of the plane\..*Moved by \(300\.000, 300\.000\)/).waitFor();
  assert.ok(await isDrawn(panel.locator(".lab-points-read canvas")));
  await panel.getByRole("button", { name: "Train on these points" }).click();
  await site.until("the points", ({ dataset, phase, step }) => dataset === "points" && phase === "running" && step > 2);
  const { points } = (await site.page.evaluate(() => window.ganPlayground.spec())).data.points;
  assert.deepEqual(points, [[-3, -3], [3, -3], [-3, 3], [3, 3]]);
  await site.call("pause");
  // Small numbers stay as they are; pasted ones are as good.
  await site.show("data");
  await panel.getByText("Paste a table of points").click();
  await panel.getByRole("textbox", { name: "Paste a table of points" }).fill("0.5 -1\n2 3");
  await panel.getByRole("button", { name: "Read it" }).click();
  await panel.getByText("The pasted table: 2 points of the plane.").waitFor();
  await panel.getByRole("button", { name: "Train on these points" }).click();
  await site.until("the pasted points", async () =>
    (await site.page.evaluate(() => window.ganPlayground.spec().data.points.points)).length === 2);
  // And out again.
  await site.call("step", 40);
  await site.show("past");
  const saving = site.page.waitForEvent("download");
  await site.page.getByRole("button", { name: "Points (CSV)" }).click();
  const saved = await readFile(await (await saving).path(), "utf8");
  assert.match(saved, /^x,y\n-?\d/);
  assert.equal(saved.trim().split("\n").length, 501);
  site.assertNoProblems();
});

test("a table of points that is none is refused with its line", async (t) => {
  const { panel, choose } = await openSite(t);
  await choose(["broken.csv", Buffer.from("x,y\n1,2\n3,many\n")]);
  await panel.getByRole("alert").filter({ hasText: /line 3, column 2: `many` is no number/ }).waitFor();
});
