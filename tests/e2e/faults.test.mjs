// What breaks: workers that die, files that do not come, WebGPU that is not there. The run goes on
// or the page says why not.

import assert from "node:assert/strict";
import { test } from "node:test";

import { answer, browserOfThisFile } from "./support/browser.mjs";
import { controlsOf } from "./support/controls.mjs";
import { tinyConv, tinyMlp } from "./support/nets.mjs";
import { GPU_PATIENCE_MS } from "./support/playground.mjs";

const open = browserOfThisFile();

/** Ends a worker from inside, as a crash would; its answer to this call may never come. */
function kill(worker) {
  return worker.evaluate(() => self.close()).catch(() => {});
}

test("a CPU worker that dies is replaced and the run goes on from its checkpoint", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  await site.untilReady();
  await site.call("start");
  await site.untilStep(20);
  await site.checkpoint();
  const saved = (await site.snapshot()).step;
  await site.untilStep(saved + 5);
  assert.equal(site.started("cpu"), 1);

  const steps = [];
  await kill(site.worker("cpu"));
  await site.until("another worker", () => site.started("cpu") === 2);
  await site.until("training", ({ phase, step, backend }) => {
    steps.push(step);
    return phase === "running" && backend === "cpu" && step > saved + 10;
  });
  assert.ok(Math.min(...steps) >= 20, `the run was at step ${Math.min(...steps)}`);
  await site.untilTold(/started again from step/);
  const { error, dataset } = await site.snapshot();
  assert.deepEqual([error, dataset], [null, "drawn_digits"]);
});

test("a paused run survives its worker and stays paused", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  await site.untilReady();
  await site.call("step", 6);
  await site.checkpoint();
  const before = await site.pixels();
  await kill(site.worker("cpu"));
  await site.until("another worker", () => site.started("cpu") === 2);
  const { step } = await site.untilPhase("paused");
  assert.equal(step, 6);
  assert.deepEqual(await site.pixels(), before);
});

test("a call under way when its worker dies is rejected, not forgotten", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  await site.untilReady();
  const refused = site.refusal("step", 1_000_000);
  await site.untilStep(3);
  await kill(site.worker("cpu"));
  assert.equal((await refused).code, "worker_lost");
});

test("a worker whose code fails again and again leaves a page that can try again", async (t) => {
  let status = 500;
  const broken = (route) => (status === 200 ? route.continue() : answer(status)(route));
  const routes = [["**/worker/cpu*/gan_worker.js", broken]];
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv }, { routes });
  const { error } = await site.untilPhase("failed");
  assert.ok(error.message.length > 0);
  await site.untilTold(/./);
  // Nothing has started again: that must not be said.
  assert.ok(!(await site.notices()).some((text) => /started again/.test(text)));
  status = 200;
  await controlsOf(site).tryAgain.click();
  assert.equal((await site.untilReady()).error, null);
  await site.call("step", 1);
});

for (const status of [404, 500]) {
  test(`a CPU worker answered with ${status} fails with a message and a retry that works`, async (t) => {
    const routes = [["**/worker/entry.js*", answer(status)]];
    const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv }, { routes });
    const { error } = await site.untilPhase("failed");
    assert.ok(error.message.length > 0);
    assert.equal(typeof error.code, "string");
    const shown = await site.page.locator("header").innerText();
    assert.ok(shown.includes(error.message), `the page does not say: ${error.message}`);
    assert.equal((await site.refusal("start")).code, error.code);

    await site.context.unroute("**/worker/entry.js*");
    await controlsOf(site).tryAgain.click();
    const ready = await site.untilReady();
    assert.equal(ready.error, null);
    await site.call("step", 1);
  });
}

test("a WebGPU device lost in mid-run lets the run go on on the CPU", async (t) => {
  const site = await open(t, { backend: "webgpu", lang: "en", spec: tinyMlp });
  await site.untilReady(GPU_PATIENCE_MS);
  await site.call("start");
  await site.untilStep(2, GPU_PATIENCE_MS);
  await site.callWithin(GPU_PATIENCE_MS, "checkpoint");
  const saved = (await site.snapshot()).step;
  assert.equal((await site.snapshot()).backend, "webgpu");
  await site.worker("gpu").evaluate(() => self.ganDevice.destroy());

  const steps = [];
  const moved = await site.until("training on the CPU", ({ backend, phase, step }) => {
    steps.push(step);
    return backend === "cpu" && phase === "running" && step > saved;
  });
  assert.ok(Math.min(...steps) >= 2, `the run was at step ${Math.min(...steps)}`);
  assert.equal(moved.error, null);
  await site.untilTold(/WebGPU/);
  await site.untilStep(moved.step + 3);
});

test("without the files of the WebGPU worker the run starts on the CPU and says so", async (t) => {
  const routes = [["**/worker/gpu/**", answer(404)]];
  const address = { backend: "webgpu", lang: "en", spec: tinyMlp };
  const site = await open(t, address, { routes });
  await site.untilTold(/WebGPU/);
  assert.equal((await site.untilReady()).backend, "cpu");
  await site.call("step", 1);
});

test("without WebGPU in the browser the run starts on the CPU and says so", async (t) => {
  const hideGpu = () => delete Navigator.prototype.gpu;
  const address = { backend: "webgpu", lang: "en", spec: tinyMlp };
  const site = await open(t, address, { init: [hideGpu] });
  await site.untilTold(/WebGPU/);
  assert.equal((await site.untilReady()).backend, "cpu");
  assert.equal(site.started("gpu"), 0);
  await site.call("step", 1);
});

test("without an adapter the run starts on the CPU and says so", async (t) => {
  const refuse = () => {
    GPU.prototype.requestAdapter = async () => null;
  };
  const address = { backend: "webgpu", lang: "en", spec: tinyMlp };
  const site = await open(t, address, { init: [refuse] });
  await site.untilTold(/WebGPU/);
  assert.equal((await site.untilReady()).backend, "cpu");
});

test("a software adapter is never chosen unasked", async (t) => {
  const watch = () => {
    const { requestAdapter } = GPU.prototype;
    GPU.prototype.requestAdapter = async function (...options) {
      const adapter = await requestAdapter.apply(this, options);
      window.adapterOffered = adapter?.info.architecture ?? "none";
      return adapter;
    };
  };
  const site = await open(t, { backend: "auto", lang: "en", spec: tinyConv }, { init: [watch] });
  await site.untilReady();
  await site.page.waitForFunction(() => window.adapterOffered !== undefined);
  assert.equal(await site.page.evaluate(() => window.adapterOffered), "swiftshader");
  await site.call("step", 20);
  const { backend } = await site.snapshot();
  assert.equal(backend, "cpu");
  assert.equal(site.started("gpu"), 0);
});
