// A run's numbers: seeded, saved and continued exactly; wrong ones refused.

import assert from "node:assert/strict";
import { test } from "node:test";

import { answer, browserOfThisFile } from "./support/browser.mjs";
import { controlsOf, upload } from "./support/controls.mjs";
import { drawnDigits, explosive, tinyConv, tinyMlp } from "./support/nets.mjs";
import { GPU_PATIENCE_MS } from "./support/playground.mjs";
import { headerOf, read } from "./support/safetensors.mjs";

const open = browserOfThisFile();

/** Trains `steps` steps and gives the newest losses, some samples and all that the run knows. */
async function trained(site, steps, timeout_ms) {
  await site.callWithin(timeout_ms ?? 120_000, "step", steps);
  const { losses } = await site.snapshot();
  const pixels = await site.pixels();
  assert.ok(new Set(pixels).size > 20, "samples without contrast say nothing");
  return { losses, pixels, file: await site.checkpoint() };
}

test("the same seed gives the same numbers, another seed others", async (t) => {
  const site = await open(t, { backend: "cpu", spec: tinyConv });
  await site.untilReady();
  const first = await trained(site, 10);
  await site.call("reset");
  assert.deepEqual(await trained(site, 10), first);
  await site.load({ ...tinyConv, seed: 2 });
  const other = await trained(site, 10);
  assert.notDeepEqual(other.losses, first.losses);
  assert.notDeepEqual(other.pixels, first.pixels);
});

test("the same address gives the same run on another visit", async (t) => {
  const address = { backend: "cpu", spec: { ...tinyConv, seed: 11 } };
  const first = await open(t, address);
  const before = await trained(first, 5);
  const second = await open(t, address);
  assert.deepEqual(await trained(second, 5), before);
});

for (const [backend, patience_ms] of [["cpu"], ["webgpu", GPU_PATIENCE_MS]]) {
  test(`a checkpoint is continued exactly on ${backend}`, async (t) => {
    const net = backend === "cpu" ? tinyConv : tinyMlp;
    const site = await open(t, { backend, spec: net });
    await site.untilReady(patience_ms);
    assert.equal((await site.snapshot()).backend, backend);
    await trained(site, 4, patience_ms);
    const file = await site.checkpoint();
    assert.equal(headerOf(file).step, 4);
    const straight = await trained(site, 3, patience_ms);

    await site.load({ ...net, seed: 5 });
    await site.callWithin(patience_ms ?? 120_000, "restore", file);
    const restored = await site.snapshot();
    assert.deepEqual([restored.phase, restored.step], ["paused", 4]);
    assert.deepEqual(await trained(site, 3, patience_ms), straight);
    assert.equal((await site.snapshot()).backend, backend);
    site.assertNoProblems();
  });
}

test("a checkpoint opened on another visit continues the run", async (t) => {
  const first = await open(t, { backend: "cpu", spec: tinyConv });
  await trained(first, 4);
  const file = await first.checkpoint();
  const straight = await trained(first, 2);

  const second = await open(t, { backend: "cpu", lang: "en", spec: tinyMlp });
  await second.untilReady();
  await controlsOf(second).openCheckpoint(upload("run.safetensors", file));
  await second.untilTold(/run\.safetensors/);
  await second.until("the run of the file", ({ step, phase }) => step === 4 && phase === "paused");
  assert.deepEqual(await trained(second, 2), straight);
});

test("a checkpoint can be saved as a file", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  await trained(site, 2);
  const download = site.page.waitForEvent("download");
  await controlsOf(site).saveCheckpoint();
  const saved = await download;
  assert.match(saved.suggestedFilename(), /\.safetensors$/);
  const chunks = [];
  for await (const chunk of await saved.createReadStream()) chunks.push(chunk);
  const header = headerOf(new Uint8Array(Buffer.concat(chunks)));
  assert.equal(header.format, "gan-playground-checkpoint-1");
  assert.equal(header.step, 2);
});

test("a wrong spec given by a script is refused with its path and the run goes on", async (t) => {
  const site = await open(t, { backend: "cpu", spec: tinyConv });
  await site.untilReady();
  await site.call("start");
  await site.untilStep(2);
  const wrong = [
    [{ batch_size: 0 }, /batch_size: is 0/],
    [{ generator: { layers: [{ kind: "linear", units: 0 }] } }, /generator\.layers\[0\]\.units/],
    [{ generator: { layers: [{ kind: "telepathy" }] } }, /generator\.layers/],
    [{ generator: { layers: [{ kind: "linear", units: 10 }] } }, /generator\.layers/],
    [{ objective: "wishful" }, /objective/],
    [{ colour: "blue" }, /colour/],
    ["no-such-preset", /no-such-preset/],
  ];
  for (const [run, pattern] of wrong) {
    const refused = await site.refusal("load", run);
    assert.match(refused.message, pattern);
    assert.equal(refused.code, "spec", refused.message);
  }
  const { phase, step } = await site.snapshot();
  assert.equal(phase, "running");
  await site.untilStep(step + 3);
});

test("a wrong spec in the address is told with its path and the default run loads", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: { batch_size: 0 } });
  await site.untilTold(/batch_size: is 0/);
  const { preset, phase, error } = await site.untilReady();
  assert.deepEqual([preset, phase, error], ["mnist-dcgan-small", "ready", null]);
});

test("a spec in the address that is no JSON is told", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: "{nonsense" });
  await site.untilTold(/spec/);
  await site.untilReady();
});

test("another address in the same page loads another run", async (t) => {
  const site = await open(t, { backend: "cpu", spec: tinyConv });
  await site.untilReady();
  await site.call("step", 2);
  const spec = encodeURIComponent(JSON.stringify({ ...tinyMlp, seed: 3 }));
  await site.page.evaluate((hash) => { location.hash = hash; }, `preset=mnist-mlp&backend=cpu&spec=${spec}`);
  await site.until("the other run", ({ preset, step }) => preset === "mnist-mlp" && step === 0);
  await site.untilReady();
  assert.equal(headerOf(await site.checkpoint()).spec.seed, 3);
});

test("a run whose numbers overflow pauses at its last good checkpoint and can go on", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: explosive });
  await site.untilReady();
  await site.call("step", 3);
  const rates = (rate) => ({ generator_learning_rate: rate, discriminator_learning_rate: rate });
  await site.call("tune", rates(1));
  await site.call("start");
  await site.untilTold(/broke down/);
  const { error, losses } = await site.untilPhase("paused");
  assert.equal(error, null);
  assert.ok(Number.isFinite(losses.generator), JSON.stringify(losses));
  const { tensors } = read(await site.checkpoint());
  for (const [name, values] of tensors) assert.ok(values.every(Number.isFinite), name);

  await site.call("tune", rates(1e-6));
  const { step } = await site.snapshot();
  await site.call("step", 2);
  assert.equal((await site.snapshot()).step, step + 2);
});

test("a long run needs no more memory than a short one", async (t) => {
  const MOST_GROWTH_BYTES = 4 * 65_536;
  // Without the lab, whose requests for samples come when they come: what they need at once is no growth.
  const routes = [["**/lab/entry.js", answer(404)]];
  const site = await open(t, { backend: "cpu", spec: tinyConv }, { routes });
  await site.untilReady();
  await site.call("start");
  const memoryBytes = () =>
    site.worker("cpu").evaluate(async () => {
      // The same module as the worker's own; initialising it again gives its exports.
      const { default: initialize } = await import(
        new URL(`./${self.ganBuild}/gan_worker.js`, self.location.href)
      );
      return (await initialize()).memory.buffer.byteLength;
    });
  const { step: early } = await site.untilStep(500);
  // The most that a run needs at once is when it is saved.
  await site.checkpoint();
  const before = await memoryBytes();
  const started_ms = performance.now();
  const { step } = await site.untilStep(5_500, 240_000);
  const seconds = (performance.now() - started_ms) / 1_000;
  const after = await memoryBytes();
  t.diagnostic(
    `wasm memory ${before / 2 ** 20} MiB after ${early} steps, ${after / 2 ** 20} MiB after ${step} ` +
      `(${seconds.toFixed(0)} s)`,
  );
  // The allocator may round a few times (41 pages at the start, 44 from step 7,500 to 13,000); seven
  // numbers kept of each step would be more.
  assert.ok(after - before <= MOST_GROWTH_BYTES, `${(after - before) / 1_024} KiB more`);
});

test("a default run on drawn digits learns something within 60 steps", async (t) => {
  const site = await open(t, { backend: "cpu", spec: drawnDigits });
  await site.untilReady();
  const before = await site.pixels(16);
  await site.callWithin(240_000, "step", 60);
  const after = await site.pixels(16);
  const mean = (pixels) => pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  // A fresh generator paints everything mid-grey; digits are mostly black.
  t.diagnostic(`mean pixel ${mean(before).toFixed(0)} before, ${mean(after).toFixed(0)} after`);
  assert.ok(Math.abs(mean(before) - 127) < 40, "a fresh generator paints grey");
  assert.ok(mean(after) < mean(before) - 20, "the samples have not moved towards the data");
});

test("points of the plane are drawn, sampled and learned from", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "ring" });
  await site.untilReady();
  await site.call("step", 30);
  const { points } = await site.call("sample", { count: 100, seed: 3 });
  assert.equal(points.length, 200);
  assert.ok(points.every(Number.isFinite));
  const colours = await site.page.evaluate(() => {
    const canvas = document.getElementById("fixed-sheet");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(Array.from({ length: data.length / 4 }, (_, i) => data[4 * i + 2])).size;
  });
  assert.ok(colours > 20, `${colours} shades of blue: the picture is empty`);
  site.assertNoProblems();
});

test("what has no control of its own is changed as text", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "ring" });
  await site.untilReady();
  await site.show("build");
  await site.page.locator("details.spec summary").click();
  const editor = site.page.locator("details.spec textarea");
  assert.match(await editor.inputValue(), /"relativistic_paired"/);
  const load = site.page.locator("details.spec").getByRole("button", { name: "Load" });
  await editor.fill('{"objective": "hinge", "packing": 2, "penalties": []}');
  await load.click();
  await site.until("the changed run", ({ phase }) => phase === "ready");
  await site.page.waitForFunction(() => /"packing": 2/.test(
    document.querySelector("details.spec textarea").value,
  ));
  await editor.fill('{"packing": 99}');
  await load.click();
  await site.page.getByText("packing: is 99; allowed is 1 to 8").waitFor();
  // Text that is typed stays, whatever else changes the run.
  const discard = site.page.getByRole("button", { name: "Discard what is typed" });
  await editor.fill('{"batch_size": 12}');
  await discard.waitFor();
  await site.call("tune", { generator_learning_rate: 0.0004 });
  await site.page.waitForTimeout(1_500);
  assert.equal(await editor.inputValue(), '{"batch_size": 12}');
  await discard.click();
  assert.match(await editor.inputValue(), /"learning_rate": 0.0004/);
  await discard.waitFor({ state: "hidden" });
});
