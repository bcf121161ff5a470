// Files in: the user's own data and checkpoints, broken ones, and MNIST from the server.

import assert from "node:assert/strict";
import { test } from "node:test";

import { answer, browserOfThisFile, siteUrl } from "./support/browser.mjs";
import { controlsOf, type, upload } from "./support/controls.mjs";
import { gzipped, idxImages, idxLabels } from "./support/idx.mjs";
import { tinyConv, tinyMlp } from "./support/nets.mjs";
import { serveInstead } from "./support/proxy.mjs";
import { headerOf } from "./support/safetensors.mjs";

const open = browserOfThisFile();

/** Drops a file on the page as a file manager would. */
async function drop(site, name, buffer) {
  const dataTransfer = await site.page.evaluateHandle(
    ([fileName, bytes]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], fileName));
      return transfer;
    },
    [name, new Uint8Array(buffer)],
  );
  for (const type of ["dragenter", "dragover", "drop"]) {
    await site.page.dispatchEvent("main", type, { dataTransfer });
  }
}

/** Rings of grey, different in each image. */
const rings = (image, row, column) =>
  Math.hypot(row - 13, column - 13) % (3 + (image % 5)) < 2 ? 255 : 0;

for (const [what, side, pack] of [
  ["28x28 pixels", 28, (file) => file],
  ["28x28 pixels, gzip", 28, gzipped],
  ["20x20 pixels, scaled to the nets", 20, (file) => file],
  ["20x20 pixels, gzip", 20, gzipped],
]) {
  test(`the user's IDX images are trained on: ${what}`, async (t) => {
    const site = await open(t, { backend: "cpu", lang: "en", preset: "mnist-mlp", spec: tinyMlp });
    await site.untilReady();
    const file = upload("own-images.idx", pack(idxImages(64, side, side, rings)));
    await controlsOf(site).chooseData(file);
    await site.until("the files", ({ dataset, phase }) => dataset === "idx_files" && phase === "ready");
    await site.call("step", 5);
    const { losses, step } = await site.snapshot();
    assert.equal(step, 5);
    assert.ok(Number.isFinite(losses.generator) && Number.isFinite(losses.discriminator));
    site.assertNoProblems();
  });
}

test("the samples come to look like the user's images", async (t) => {
  const small = { initial_weights: { kind: "normal", sd: 0.05 } };
  const spec = {
    ...tinyMlp,
    generator: { ...tinyMlp.generator, ...small },
    discriminator: { ...tinyMlp.discriminator, ...small },
  };
  const site = await open(t, { backend: "cpu", lang: "en", preset: "mnist-mlp", spec });
  await site.untilReady();
  // White squares on black: a mean that a fresh generator is far from, in two places.
  const square = (_, row, column) => (row < 14 && column < 14 ? 255 : 0);
  await controlsOf(site).chooseData(upload("squares.idx", idxImages(64, 28, 28, square)));
  await site.until("the files", ({ dataset, phase }) => dataset === "idx_files" && phase === "ready");
  await site.call("tune", { generator_learning_rate: 0.002, discriminator_learning_rate: 0.002 });
  await site.call("step", 400);
  const pixels = await site.pixels(16);
  const mean = (isInside) => {
    let [sum, count] = [0, 0];
    pixels.forEach((value, index) => {
      if (isInside(Math.floor(index / 28) % 28, index % 28)) [sum, count] = [sum + value, count + 1];
    });
    return sum / count;
  };
  const inside = mean((row, column) => row < 14 && column < 14);
  const outside = mean((row, column) => row >= 14 || column >= 14);
  t.diagnostic(`mean inside the square ${inside.toFixed(0)}, outside ${outside.toFixed(0)}`);
  assert.ok(inside > outside + 100, "the generator has not learned the square");
});

test("files can be dropped on the page", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "mnist-mlp", spec: tinyMlp });
  await site.untilReady();
  await drop(site, "dropped-images.gz", gzipped(idxImages(16, 28, 28, rings)));
  await site.until("the files", ({ dataset, phase }) => dataset === "idx_files" && phase === "ready");
});

/** Broken files: name, content, what the message is to say, and what takes them. */
async function brokenFiles(site) {
  const checkpoint = Buffer.from(await site.checkpoint());
  const images = idxImages(32, 28, 28, rings);
  const packed = gzipped(images);
  return [
    ["cut-off.safetensors", checkpoint.subarray(0, checkpoint.length - 100), /./, "openCheckpoint"],
    ["head-only.safetensors", checkpoint.subarray(0, 20), /./, "openCheckpoint"],
    ["notes.safetensors", Buffer.from("just some notes\n".repeat(50)), /./, "openCheckpoint"],
    ["empty.safetensors", Buffer.alloc(0), /./, "openCheckpoint"],
    ["notes.txt", Buffer.from("just some notes\n".repeat(50)), /IDX/, "chooseData"],
    ["cut-off.gz", packed.subarray(0, packed.length - 20), /cut off|damaged/, "chooseData"],
    ["cut-off.idx", images.subarray(0, 5_000), /./, "chooseData"],
    ["boast.idx", boastful(images), /./, "chooseData"],
    ["empty.idx", Buffer.alloc(0), /empty/, "chooseData"],
  ];
}

/** Claims four thousand million images. */
function boastful(images) {
  const file = Buffer.from(images);
  file.writeUInt32BE(0xffff_ffff, 4);
  return file;
}

test("a broken file is refused by name and the run is left alone", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  const controls = controlsOf(site);
  await site.untilReady();
  await site.call("step", 3);
  const before = await site.pixels();
  for (const [name, content, pattern, input] of await brokenFiles(site)) {
    await controls[input](upload(name, content));
    const told = await site.untilTold(new RegExp(name.replaceAll(".", "\\.")));
    assert.match(told, pattern);
    const { step, dataset, error } = await site.snapshot();
    assert.deepEqual([step, dataset, error], [3, "drawn_digits", null], name);
    await controls.dismissNotices();
  }
  assert.deepEqual(await site.pixels(), before);
  await site.call("step", 1);
  assert.equal((await site.snapshot()).step, 4);
});

test("a broken file that is dropped is refused by name while the run trains on", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  await site.untilReady();
  await site.call("start");
  await site.untilStep(3);
  await drop(site, "dropped-notes.txt", Buffer.from("just some notes\n"));
  await site.untilTold(/dropped-notes\.txt/);
  const file = Buffer.from(await site.checkpoint());
  await drop(site, "dropped-half.safetensors", file.subarray(0, file.length / 2));
  await site.untilTold(/dropped-half\.safetensors/);
  const { step, phase } = await site.snapshot();
  assert.equal(phase, "running");
  await site.untilStep(step + 3);
});

test("broken files do not take the place of the user's good ones", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "mnist-mlp", spec: tinyMlp });
  const controls = controlsOf(site);
  await site.untilReady();
  await controls.chooseData(upload("good.idx", idxImages(16, 28, 28, rings)));
  await site.until("the files", ({ dataset, phase }) => dataset === "idx_files" && phase === "ready");
  await controls.chooseData(upload("broken.idx", Buffer.from("no images")));
  await site.untilTold(/broken\.idx/);
  await site.show("run");
  await type(controls.seed, 5);
  await site.until("the other seed", async () => headerOf(await site.checkpoint()).spec.seed === 5);
  assert.equal((await site.snapshot()).dataset, "idx_files");
});

test("broken bytes given to restore are refused", async (t) => {
  const site = await open(t, { backend: "cpu", spec: tinyConv });
  await site.untilReady();
  await site.call("step", 2);
  const file = await site.checkpoint();
  for (const bytes of [file.slice(0, file.length - 8), new Uint8Array(0), new Uint8Array(500)]) {
    assert.equal((await site.refusal("restore", bytes)).code, "checkpoint");
  }
  // A NaN among the weights, which no reading of lengths would find.
  const poisoned = file.slice();
  poisoned.fill(0xff, file.length - 4);
  assert.equal((await site.refusal("restore", poisoned)).code, "checkpoint");
  assert.equal((await site.snapshot()).step, 2);
});

test("without MNIST the page trains on drawn digits and says so", async (t) => {
  const routes = [["**/data/**", answer(404)]];
  const site = await open(t, { backend: "cpu", lang: "en", preset: "mnist-mlp" }, { routes });
  await site.untilTold(/MNIST/);
  assert.equal((await site.untilReady()).dataset, "drawn_digits");
  await site.call("step", 1);
});

test("an answer that is no MNIST is treated like none", async (t) => {
  const page = { status: 200, contentType: "text/html", body: "<!doctype html>welcome" };
  const routes = [["**/data/**", (route) => route.fulfill(page)]];
  const site = await open(t, { backend: "cpu", lang: "en", preset: "mnist-mlp" }, { routes });
  await site.untilTold(/MNIST/);
  assert.equal((await site.untilReady()).dataset, "drawn_digits");
});

/** In the page: notes the names of all progress bars that are ever there. */
function watchProgressBars() {
  window.progressBars = new Set();
  const look = () => {
    for (const bar of document.querySelectorAll("progress, [role=progressbar]")) {
      const label = bar.labels?.[0]?.innerText ?? bar.getAttribute("aria-label");
      const named = document.getElementById(bar.getAttribute("aria-labelledby"))?.innerText;
      window.progressBars.add(named ?? label ?? "");
    }
  };
  const options = { subtree: true, childList: true, attributes: true };
  new MutationObserver(look).observe(document, options);
}

test("MNIST is loaded with a progress bar, and from the browser's cache the next time", async (t) => {
  // A small set in MNIST's place, so that the test is the same with and without MNIST.
  const files = {
    "train-images-idx3-ubyte.gz": gzipped(idxImages(600, 28, 28, rings)),
    "train-labels-idx1-ubyte.gz": gzipped(idxLabels(600, (index) => index % 10)),
  };
  const { url: site, asked } = await serveInstead(t, files, 3_000);
  const address = { backend: "cpu", lang: "en", preset: "mnist-mlp" };
  const first = await open(t, address, { site, init: [watchProgressBars] });
  assert.equal((await first.untilReady()).dataset, "mnist");
  const bars = await first.page.evaluate(() => [...window.progressBars]);
  assert.ok(bars.includes("Loading the data"), `progress bars: ${JSON.stringify(bars)}`);
  assert.deepEqual([...asked].sort(), Object.keys(files));
  await first.call("step", 1);

  const second = await open(t, address, { site, beside: first });
  assert.equal((await second.untilReady()).dataset, "mnist");
  assert.equal(asked.length, 2, "the second visit fetched MNIST again");
});

test("the page trains on the server's MNIST where it has it", async (t) => {
  const images = new URL("data/mnist/train-images-idx3-ubyte.gz", siteUrl());
  const { ok } = await fetch(images, { method: "HEAD" });
  const site = await open(t, { backend: "cpu", lang: "en", preset: "mnist-mlp" });
  assert.equal((await site.untilReady()).dataset, ok ? "mnist" : "drawn_digits");
  await site.call("step", 1);
});
