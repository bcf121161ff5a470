// The two builds of the worker for the processor, and its helpers: which of them run, and that all compute the same.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { tinyConv, tinyMlp } from "./support/nets.mjs";
import { deviations, read } from "./support/safetensors.mjs";

const open = browserOfThisFile();

/** Steps made on both, and what is then allowed: the L2 norm of a difference relative to the tensor's. */
const STEPS = 10;
const MOST_L2 = 1e-3;

/** The worker's first script as in a browser for which there is nothing but the plain build. */
async function withoutOthers(route) {
  const response = await route.fetch();
  const script = await response.text();
  const plain = script.replace(/\["cpu"[^\]]*\]/, "[]");
  assert.notEqual(plain, script, "the script lists no builds");
  await route.fulfill({ response, body: plain });
}

const running = (site) => site.worker("cpu").evaluate(() => self.ganBuild);

for (const [name, spec] of Object.entries({ tinyMlp, tinyConv })) {
  test(`${STEPS} steps of ${name} give the same nets by both builds`, async (t) => {
    const files = [];
    for (const [routes, build] of [
      [[], "cpu-relaxed"],
      [[["**/worker/entry.js*", withoutOthers]], "cpu"],
    ]) {
      const site = await open(t, { backend: "cpu", spec }, { routes });
      await site.call("step", STEPS);
      assert.equal(await running(site), build);
      files.push(read(await site.checkpoint()));
      await site.page.close();
    }
    const [fused, plain] = files;
    assert.equal(fused.header.step, STEPS);
    const found = deviations(plain, fused);
    for (const { name, l2 } of found) {
      assert.ok(l2 <= MOST_L2, `${name} differs by ${l2.toExponential(1)} relative to its norm`);
    }
    // One rounding in place of two shows somewhere (on processors that fuse the two, as all x86-64 of the last ten
    // years and ARM do): otherwise both modules were made of the same code.
    assert.ok(found.some(({ l2 }) => l2 > 0), "not a single number differs");
  });
}

/** With convolutions large enough to be shared. */
const wideConv = {
  ...tinyConv,
  batch_size: 16,
  generator: {
    initial_weights: { kind: "normal", sd: 0.2 },
    layers: [
      { kind: "linear", units: 1568, bias: false },
      { kind: "reshape", channels: 32, height: 7, width: 7 },
      { kind: "conv_transpose", channels: 32, kernel: 4, stride: 2, padding: 1 },
      { kind: "activation", function: { name: "relu" } },
      { kind: "conv_transpose", channels: 1, kernel: 4, stride: 2, padding: 1 },
      { kind: "activation", function: { name: "tanh" } },
    ],
  },
  discriminator: {
    initial_weights: { kind: "normal", sd: 0.2 },
    layers: [
      { kind: "conv", channels: 32, kernel: 4, stride: 2, padding: 1 },
      { kind: "activation", function: { name: "leaky_relu" } },
      { kind: "conv", channels: 32, kernel: 4, stride: 2, padding: 1 },
      { kind: "flatten" },
      { kind: "linear", units: 1 },
    ],
  },
};

const tasksShared = (site) => site.worker("cpu").evaluate(() => self.ganHelpers?.tasks ?? 0);

async function stepped(t, options, helps) {
  const site = await open(t, { backend: "cpu", spec: wideConv }, options);
  // The first step starts the helpers; their part is done by the worker itself until they are there.
  await site.call("step", 1);
  if (helps) {
    await site.until("the helpers", () =>
      site.worker("cpu").evaluate(() => self.ganHelpers.ready === self.ganHelpers.count),
    );
  }
  await site.call("step", 9);
  const shared = await tasksShared(site);
  const file = await site.checkpoint();
  await site.page.close();
  return { shared, file };
}

test("large convolutions are shared with helpers, which changes no bit of any number", async (t) => {
  const alone = (route) =>
    route.fulfill({ contentType: "text/javascript", body: "export const pool = () => undefined;" });
  const one = await stepped(t, { routes: [["**/worker/helpers.js", alone]] }, false);
  assert.equal(one.shared, 0);
  const more = await stepped(t, {}, true);
  assert.ok(more.shared >= 9, `${more.shared} tasks were shared`);
  const [expected, found] = [one, more].map(({ file }) => read(file));
  for (const [name, values] of expected.tensors) {
    assert.deepEqual(found.tensors.get(name), values, name);
  }
});

test("a helper whose script cannot be loaded leaves its part to the worker", async (t) => {
  // Requests of a worker's workers pass the tests' routes by: it is asked for by another name.
  const misled = async (route) => {
    const response = await route.fetch();
    const script = await response.text();
    const misnamed = script.replace('"helper.js"', '"no-such-helper.js"');
    assert.notEqual(misnamed, script);
    await route.fulfill({ response, body: misnamed });
  };
  const { shared } = await stepped(t, { routes: [["**/worker/helpers.js", misled]] }, false);
  assert.equal(shared, 0);
});
