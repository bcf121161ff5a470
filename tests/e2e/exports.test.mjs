// What is served: the wasm modules, as they were linked.

import assert from "node:assert/strict";
import { test } from "node:test";

import { siteUrl } from "./support/browser.mjs";

async function served(path) {
  const response = await fetch(new URL(path, siteUrl()));
  assert.equal(response.status, 200, `${path} is answered with ${response.status}`);
  return response;
}

for (const variant of ["cpu", "gpu"]) {
  test(`the ${variant} worker's module is no command that runs its constructors at every call`, async () => {
    const response = await served(`worker/${variant}/gan_worker_bg.wasm`);
    const module = await WebAssembly.compile(await response.arrayBuffer());
    const names = WebAssembly.Module.exports(module).map(({ name }) => name);
    assert.ok(names.includes("memory"), names.join());
    assert.deepEqual(names.filter((name) => name.endsWith(".command_export")), []);
  });
}

test("the page's own module is a fraction of a worker's, so that the page is soon there", async () => {
  const html = await (await served("")).text();
  const path = html.match(/[\w./-]+_bg\.wasm/)?.[0];
  assert.ok(path, "the page names no module");
  const bytes = await (await served(path)).arrayBuffer();
  assert.ok(bytes.byteLength < 1.5 * 2 ** 20, `it has ${bytes.byteLength} bytes`);
  const names = WebAssembly.Module.exports(await WebAssembly.compile(bytes)).map(({ name }) => name);
  assert.deepEqual(names.filter((name) => name.endsWith(".command_export")), []);
});
