// Links that open a run or a generator from another address.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { tinyConv } from "./support/nets.mjs";
import { originOfThisFile } from "./support/origin.mjs";

const open = browserOfThisFile();
const files = {};
/** A host that lets every site have its files, and one that does not. */
const host = originOfThisFile(files);
const closed = originOfThisFile(files, { isClosed: true });

const address = (part, url) => ({ backend: "cpu", lang: "en", [part]: encodeURIComponent(url) });

/** A checkpoint of a run that was trained for three steps. */
async function checkpointOf(t) {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  await site.untilReady();
  await site.call("step", 3);
  return Buffer.from(await site.page.evaluate(async () => [...(await window.ganPlayground.checkpoint())]));
}

const sends = (bytes) => (response) => {
  response.setHeader("Content-Length", bytes.length);
  response.end(bytes);
};

test("a link opens a run from another address, until another run takes its place", async (t) => {
  const bytes = await checkpointOf(t);
  files["/run.safetensors"] = sends(bytes);
  const site = await open(t, address("checkpoint", host.url("/run.safetensors")));
  await site.until("the linked run", ({ step, phase }) => step === 3 && phase === "paused");
  const now = await site.page.evaluate(async () => [...(await window.ganPlayground.checkpoint())]);
  assert.deepEqual(Buffer.from(now), bytes);
  const isNamed = () => /checkpoint=/.test(site.page.url());
  await site.call("step", 2);
  assert.ok(isNamed(), "the run is the linked one still");
  await site.load("ring");
  await site.until("an address without the link", () => !isNamed());
  site.assertNoProblems();
});

test("the way back among panels does not fetch a linked run again, and a run begun meanwhile stays", async (t) => {
  const bytes = await checkpointOf(t);
  files["/run.safetensors"] = sends(bytes);
  const site = await open(t, address("checkpoint", host.url("/run.safetensors")));
  await site.until("the linked run", ({ step }) => step === 3);
  await site.show("build");
  await site.load("ring-collapse");
  await site.call("step", 4);
  await site.page.goBack();
  await site.page.locator("#run").waitFor();
  await site.page.waitForTimeout(1_500);
  const { preset, step } = await site.snapshot();
  assert.deepEqual([preset, step], ["ring-collapse", 4]);
  assert.doesNotMatch(site.page.url(), /checkpoint=/);

  let send;
  files["/slow.safetensors"] = (response) => {
    send = () => sends(bytes)(response);
  };
  const slow = await open(t, address("checkpoint", host.url("/slow.safetensors")));
  await slow.untilReady();
  await slow.until("the request", () => send !== undefined);
  await slow.load("ring-collapse");
  await slow.call("step", 4);
  send();
  await slow.page.waitForTimeout(2_000);
  assert.equal((await slow.snapshot()).preset, "ring-collapse");
  assert.ok(await slow.page.getByText(/Fetching the linked run/).isHidden());
});

test("what cannot be opened is refused with its host and the reason", async (t) => {
  const bytes = await checkpointOf(t);
  files["/run.safetensors"] = sends(bytes);
  files["/cut.safetensors"] = sends(bytes.subarray(0, bytes.length - 50));
  files["/page.html"] = sends(Buffer.from("<!doctype html><title>Not found</title>"));
  files["/missing"] = (response) => {
    response.statusCode = 404;
    response.end();
  };
  for (const [url, pattern] of [
    [host.url("/cut.safetensors"), /is refused: /],
    [host.url("/page.html"), /is refused: /],
    [host.url("/missing"), /answers 404/],
    [closed.url("/run.safetensors"), /does not let other sites have its files \(CORS\)/],
    ["file:///run.safetensors", /is not on the web: file:/],
  ]) {
    const site = await open(t, address("checkpoint", url));
    const told = site.page.getByRole("alert").filter({ hasText: pattern });
    await told.waitFor();
    if (url.startsWith("http")) assert.ok((await told.innerText()).includes(new URL(url).host), url);
    // The page has its own run all the same.
    await site.untilReady();
    await told.getByRole("button", { name: "Dismiss" }).click();
    await told.waitFor({ state: "hidden" });
  }
});

test("a link shows a generator from another address", async (t) => {
  const file = new URL("../../web/pretrained/mnist-conditional.safetensors", import.meta.url);
  files["/digits.safetensors"] = sends(await readFile(file));
  const site = await open(t, address("generator", host.url("/digits.safetensors")));
  const sampler = site.page.locator(".lab-sampler");
  await sampler.getByRole("combobox", { name: "Class" }).waitFor();
  const shown = site.page.getByRole("button", { name: "From the link" });
  assert.equal(await shown.getAttribute("aria-pressed"), "true");
  await site.page.getByRole("button", { name: "Collapsed" }).click();
  assert.equal(await shown.getAttribute("aria-pressed"), "false");
  // The address is exchanged while the page is open, then freed of the link.
  files["/others.safetensors"] = files["/digits.safetensors"];
  const goTo = (hash) => site.page.evaluate((hash) => (location.hash = hash), hash);
  const other = host.url("/others.safetensors");
  await goTo(`backend=cpu&lang=en&panel=take&generator=${encodeURIComponent(other)}`);
  await site.until("the other generator", async () => (await shown.getAttribute("aria-pressed")) === "true");
  await sampler.locator(`gan-sampler[src="${other}"]`).waitFor();
  await goTo("backend=cpu&lang=en&panel=take");
  await shown.waitFor({ state: "hidden" });
});

test("the run of a shared link says what differs from its preset, until another run or a reload", async (t) => {
  const spec = { batch_size: 64, objective: "hinge" };
  const site = await open(t, { backend: "cpu", lang: "en", preset: "ring", spec });
  await site.untilLab();
  const told = site.page.locator(".lab-shared");
  assert.match(
    await told.innerText(),
    /“Ring of eight: learned”: Batch size 256 → 64 · Objective Relativistic, paired → Hinge$/,
  );
  // In the page's language, also when that changes.
  await site.page.getByRole("button", { name: "中文" }).click();
  await told.getByText(/^此链接中的训练与预设“八团环：学会”不同：/).waitFor();
  await site.load("ring-collapse");
  await told.waitFor({ state: "hidden" });
  await site.page.reload();
  await site.untilLab();
  assert.ok(await told.isHidden());
  site.assertNoProblems();
});

test("a run that is its preset's says nothing of a link", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "ring" });
  await site.untilLab();
  assert.ok(await site.page.locator(".lab-shared").isHidden());
});
