// Training on WebGPU, and the way there from the CPU.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { controlsOf } from "./support/controls.mjs";
import { posingAsHardware } from "./support/adapter.mjs";
import { tracedSteps, traceGpu } from "./support/trace.mjs";
import { drawnDigits, tinyConv, tinyMlp } from "./support/nets.mjs";
import { GPU_PATIENCE_MS } from "./support/playground.mjs";
import { headerOf } from "./support/safetensors.mjs";

const open = browserOfThisFile();

test("backend=webgpu trains on WebGPU and names the adapter", async (t) => {
  const site = await open(t, { backend: "webgpu", lang: "en", spec: tinyMlp });
  await site.untilReady(GPU_PATIENCE_MS);
  await site.callWithin(GPU_PATIENCE_MS, "step", 3);
  const { backend, adapter, step, losses } = await site.snapshot();
  assert.equal(backend, "webgpu");
  assert.match(adapter, /swiftshader/i);
  assert.equal(step, 3);
  assert.ok(Number.isFinite(losses.generator) && Number.isFinite(losses.discriminator));
  t.diagnostic(`adapter: ${adapter}`);
  const { pixels } = await site.callWithin(GPU_PATIENCE_MS, "sample", { count: 4, seed: 1 });
  assert.ok(new Set(pixels).size > 2, "the samples are blank");
  site.assertNoProblems();
});

test("a hardware adapter takes the run over from the CPU, at the step where it is", async (t) => {
  const address = { backend: "auto", lang: "en", spec: tinyConv };
  const site = await open(t, address, { init: [posingAsHardware] });
  const first = await site.untilReady();
  assert.equal(first.backend, "cpu");
  await site.call("start");
  await site.untilStep(1);

  const steps = [];
  let lastOnCpu;
  const isMoved = (snapshot) => {
    steps.push(snapshot.step);
    if (snapshot.backend === "cpu") lastOnCpu = snapshot;
    return snapshot.backend === "webgpu" && snapshot.phase === "running";
  };
  const moved = await site.until("WebGPU", isMoved, GPU_PATIENCE_MS);
  await site.untilStep(moved.step + 2, GPU_PATIENCE_MS);
  const now = await site.snapshot();
  t.diagnostic(`taken over at step ${moved.step}; losses ${JSON.stringify(lastOnCpu.losses)} before`);

  steps.push(now.step);
  const fell = steps.findIndex((step, index) => index > 0 && step < steps[index - 1]);
  assert.equal(fell, -1, `the step fell from ${steps[fell - 1]} to ${steps[fell]}`);
  assert.equal(now.backend, "webgpu");
  assert.match(now.adapter, /\S/);
  assert.ok(Number.isFinite(now.losses.generator));
  await site.untilTold(/WebGPU/);
  site.assertNoProblems();
});

test("a paused run is taken over with its nets and stays paused", async (t) => {
  const address = { backend: "auto", lang: "en", spec: tinyMlp };
  const site = await open(t, address, { init: [posingAsHardware] });
  await site.call("step", 3);
  const before = await site.pixels(16);
  const isMoved = ({ backend, phase }) => backend === "webgpu" && phase === "paused";
  const moved = await site.until("WebGPU", isMoved, GPU_PATIENCE_MS);
  assert.equal(moved.step, 3);
  const after = await site.pixels(16);
  const largest = Math.max(...before.map((value, index) => Math.abs(value - after[index])));
  t.diagnostic(`samples of the same nets differ by at most ${largest} of 255 between the backends`);
  assert.ok(largest <= 1, `a pixel differs by ${largest}`);
});

for (const preset of ["mnist-dcgan-small", "mnist-dcgan"]) {
  // Adam's first step turns rounding noise into full steps: the proof must not stumble over it.
  test(`a fresh run of ${preset} passes the proof and is taken over`, async (t) => {
    const address = { backend: "auto", lang: "en", preset, spec: drawnDigits };
    const site = await open(t, address, { init: [posingAsHardware] });
    const isMoved = async ({ backend, phase }) => {
      const rejected = (await site.notices()).filter((text) => /did not pass/.test(text));
      assert.deepEqual(rejected, []);
      return backend === "webgpu" && phase === "ready";
    };
    const { step, error } = await site.until("WebGPU", isMoved, GPU_PATIENCE_MS);
    assert.deepEqual([step, error], [0, null]);
  });
}

test("the control for what computes moves the run there and back", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyMlp });
  const { backend: control } = controlsOf(site);
  await site.call("step", 4);
  await control.selectOption("webgpu");
  const isOn = (wanted) => ({ backend, phase }) => backend === wanted && phase === "paused";
  const there = await site.until("WebGPU", isOn("webgpu"), GPU_PATIENCE_MS);
  assert.equal(there.step, 4);
  await site.callWithin(GPU_PATIENCE_MS, "step", 1);
  await control.selectOption("cpu");
  const back = await site.until("the CPU", isOn("cpu"), GPU_PATIENCE_MS);
  assert.equal(back.step, 5);
  assert.equal(headerOf(await site.checkpoint()).step, 5);
});

for (const [what, STEPS, address] of [
  ["a tiny MLP", 4, { spec: tinyMlp }],
  ["mnist-dcgan-small", 4, { spec: drawnDigits }],
  ["mnist-dcgan", 2, { preset: "mnist-dcgan", spec: drawnDigits }],
]) {
  test(`the CPU queues a step on WebGPU quickly: ${what}`, async (t) => {
    const site = await open(t, { backend: "webgpu", ...address });
    await site.untilReady(GPU_PATIENCE_MS);
    // Shaders are compiled in the first step.
    await site.callWithin(GPU_PATIENCE_MS, "step", 1);
    const worker = site.worker("gpu");
    await worker.evaluate(traceGpu);
    for (let step = 0; step < STEPS; step += 1) {
      await site.callWithin(GPU_PATIENCE_MS, "step", 1);
    }
    const { queueing_ms: times_ms, dispatches, submits } = tracedSteps(
      await worker.evaluate(() => self.gpuTrace),
      STEPS,
    );
    t.diagnostic(
      `queued in ${times_ms.map((time_ms) => time_ms.toFixed(0)).join(", ")} ms; ` +
        `${dispatches} dispatches and ${submits} submits a step`,
    );
    assert.ok(dispatches > 0 && submits > 0);
    // With constructors run at every call it took 1,500 ms; this only guards against that.
    assert.ok(Math.min(...times_ms) < 1_000, `the quickest took ${Math.min(...times_ms)} ms`);
  });
}
