// The two builds of the worker for the processor: which of them runs, and that both compute the same.

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
  const plain = script.replace(/const BUILDS = \[.*\];/, "const BUILDS = [];");
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
    // One rounding in place of two shows somewhere: otherwise both were the same build.
    assert.ok(found.some(({ l2 }) => l2 > 0), "not a single number differs");
  });
}
