// The same step on both backends, for every preset as it is shipped and for what no preset has.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { drawnDigits, needsFiles, presets, presetSpec, tinyConv, usesImages } from "./support/nets.mjs";
import { GPU_PATIENCE_MS } from "./support/playground.mjs";
import { deviations, read } from "./support/safetensors.mjs";

const open = browserOfThisFile();

/**
 * Steps on the CPU before the compared one: none is the hardest, gradients being smallest. A paired
 * objective starts with verdicts that are all alike, whose differences are nothing but rounding, and
 * in a translation gradients go through two generators of either way; the page's own proof begins at
 * step 5.
 */
const stepsBefore = (preset) => (usesImages(preset) && !presetSpec(preset).translation ? 0 : 5);
/** The L2 norm of a parameter's difference, relative to the parameter's. */
const MOST_L2 = 1e-3;

/** A step as long as the gradient: Adam's first ones show little but its sign. */
const descent = {
  learning_rate: 0.1,
  method: { kind: "sgd", beta_1: null, beta_2: null, epsilon: null },
};

/** All that differentiable augmentation does, before a discriminator that is quick on both. */
const augmented = {
  ...tinyConv,
  generator_optimizer: descent,
  discriminator_optimizer: descent,
  diff_augment: {
    translation: 0.125,
    cutout: 0.3,
    brightness: 0.5,
    rotation_degrees: 30,
    scale: 1.3,
    shear: 0.4,
  },
};

/**
 * A classifier's features are the kinks of hundreds of thousands of numbers. With 32 pictures a few
 * of these lie within a rounding of their kink, on one side here and on the other there, and
 * gradients then differ by up to 9e-4 of their norm. With 8 none does, and they differ by 6e-7. A
 * descent keeps what a turned kink changes small, where Adam's first step shows signs alone.
 */
function onImages(preset) {
  const byClassifier = (presetSpec(preset).terms ?? []).some(({ kind }) => kind === "perceptual");
  const calm = byClassifier ? { generator_optimizer: descent, batch_size: 8 } : {};
  return { ...drawnDigits, ...calm };
}

const cases = [
  ...presets.filter((preset) => !needsFiles(preset)).map((preset) => [preset, preset, usesImages(preset) ? onImages(preset) : undefined]),
  ["augmented images", "mnist-dcgan-small", augmented],
];

for (const [name, preset, spec] of cases) {
  test(`a step of ${name} gives the same nets on CPU and WebGPU`, async (t) => {
    const address = spec ? { preset, spec } : { preset };
    const cpu = await open(t, { ...address, backend: "cpu" });
    const steps = stepsBefore(preset);
    await cpu.callWithin(GPU_PATIENCE_MS, "step", steps);
    const before = await cpu.checkpoint();
    await cpu.callWithin(GPU_PATIENCE_MS, "step", 1);
    const onCpu = read(await cpu.checkpoint());
    await cpu.page.close();

    const gpu = await open(t, { ...address, backend: "webgpu" });
    await gpu.untilReady(GPU_PATIENCE_MS);
    await gpu.callWithin(GPU_PATIENCE_MS, "restore", before);
    await gpu.callWithin(GPU_PATIENCE_MS, "step", 1);
    assert.equal((await gpu.snapshot()).backend, "webgpu");
    const onGpu = read(await gpu.callWithin(GPU_PATIENCE_MS, "checkpoint"));

    assert.deepEqual(onGpu.header, onCpu.header);
    assert.equal(onGpu.header.step, steps + 1);
    const moved = deviations(read(before), onCpu);
    assert.ok(moved.some(({ l2 }) => l2 > 0), "the step has changed nothing");

    const found = deviations(onCpu, onGpu);
    for (const measure of ["largest", "l2"]) {
      const worst = found.reduce((a, b) => (b[measure] > a[measure] ? b : a));
      t.diagnostic(`${name}: ${measure} ${worst[measure].toExponential(1)} at ${worst.name}`);
    }
    for (const { name, l2 } of found) {
      assert.ok(l2 <= MOST_L2, `${name} differs by ${l2.toExponential(1)} relative to its norm`);
    }
  });
}
