// Where the page may stand: behind plain http on another machine, in a sandboxed frame of somebody's page.

import assert from "node:assert/strict";
import { test } from "node:test";

import { engineOfThisFile } from "../support/engines/index.mjs";
import { gzipped, idxImages, idxLabels } from "../support/idx.mjs";
import { presets, tinyConv, usesImages } from "../support/nets.mjs";
import { originOfThisFile } from "../support/origin.mjs";
import { hash, siteUrl } from "../support/site.mjs";

const IMAGES = 256;
const sends = (file) => (response) => response.end(gzipped(file));
const mnist = {
  "/data/mnist/train-images-idx3-ubyte.gz": sends(
    idxImages(IMAGES, 28, 28, (image, row, column) => (row + column + image) % 256),
  ),
  "/data/mnist/train-labels-idx1-ubyte.gz": sends(idxLabels(IMAGES, (image) => image % 10)),
};

/** A host that lets everybody have its files, as many do. As a proxy it is the classroom's server too. */
const host = originOfThisFile(mnist);
/** One that does not. */
const closed = originOfThisFile({}, { isClosed: true });
/** Where somebody's page is. */
const blog = originOfThisFile();

const open = engineOfThisFile({ proxy: () => host.url("/") });
const CLASSROOM = "http://classroom.test/";

/** Opens somebody's page that has the playground at `address` in a sandboxed frame; gives the frame. */
async function framed(t, address) {
  blog.answers["/post"] = (response) => {
    response.setHeader("Content-Type", "text/html");
    response.end(
      `<!doctype html><title>A post</title>
      <iframe width="1200" height="700" sandbox="allow-scripts" src="${address}"></iframe>`,
    );
  };
  const tab = await open(t, blog.url("/post"));
  return tab.frame("iframe");
}

/** Presses a button of copying, and gives what came to the clipboard. */
async function copiedBy(tab, button) {
  await tab.evaluate(() => {
    window.copied = undefined;
    // Behind the handler that answers the event.
    addEventListener("copy", (event) => {
      window.copied = event.clipboardData.getData("text/plain");
    });
    const clipboard = navigator.clipboard;
    const write = clipboard?.writeText;
    if (write) {
      clipboard.writeText = async (text) => {
        await write.call(clipboard, text);
        window.copied = text;
      };
    }
  });
  await tab.press(button);
  return tab.until(`what "${button}" copies`, () => window.copied);
}

/** Opens the part of the lab that `selector` finds. */
const unfold = (tab, selector) =>
  tab.until(
    selector,
    (wanted) => {
      const details = document.querySelector(wanted);
      if (details) details.open = true;
      return details !== null;
    },
    `${selector} details`,
  );

async function copyButtonsWork(tab) {
  const show = (panel) => tab.evaluate((name) => window.ganPlayground.panel(name), panel);
  await tab.until("the panels", () => window.ganPlayground?.panel !== undefined);
  const run = await tab.evaluate(() => location.href);
  await show("take");
  // The panel is no part of a link to the run.
  assert.equal(await copiedBy(tab, "Copy link"), run);
  await tab.untilRead("Link copied");
  await unfold(tab, ".lab-code");
  assert.match(await copiedBy(tab, "Copy"), /import torch/);
  await show("teach");
  await unfold(tab, ".lab-teacher");
  // Nothing is hidden or locked yet.
  assert.equal(await copiedBy(tab, "Copy the link"), run);
}

test("over plain http from another machine every preset on MNIST trains", async (t) => {
  const tab = await open(t, new URL(hash({ lang: "en" }), CLASSROOM).href);
  const missing = await tab.evaluate(() => [
    isSecureContext,
    typeof caches,
    typeof navigator.clipboard,
    typeof navigator.locks,
    typeof navigator.gpu,
  ]);
  assert.deepEqual(missing, [false, ...Array(4).fill("undefined")]);
  await tab.untilPhase("ready");
  for (const preset of presets.filter(usesImages)) {
    const seen = await tab.evaluate(async (name) => {
      await window.ganPlayground.load(name);
      await window.ganPlayground.step(1);
      return window.ganPlayground.snapshot();
    }, preset);
    const { backend, dataset, step, error } = seen;
    assert.deepEqual([preset, backend, dataset, step, error], [preset, "cpu", "mnist", 1, null]);
  }
  await copyButtonsWork(tab);
});

test("that WebGPU needs https is said where it is asked for", async (t) => {
  const address = { lang: "en", backend: "webgpu", spec: tinyConv };
  const tab = await open(t, new URL(hash(address), CLASSROOM).href);
  await tab.untilRead("WebGPU cannot be used \\(it needs https\\)");
  const { backend } = await tab.untilPhase("ready");
  assert.equal(backend, "cpu");
});

for (const [kind, site] of [["as served here", siteUrl], ["of a plain host", () => host.url("/")]]) {
  test(`the page ${kind} works in a sandboxed frame`, async (t) => {
    const address = hash({ lang: "en", spec: tinyConv });
    const tab = await framed(t, new URL(address, site()).href);
    assert.equal(await tab.evaluate(() => window.origin), "null");
    await tab.untilPhase("ready");
    const [straight, restored] = await tab.evaluate(async () => {
      const page = window.ganPlayground;
      await page.step(2);
      const file = await page.checkpoint();
      const losses = async () => {
        await page.step(2);
        return page.snapshot().losses;
      };
      const first = await losses();
      await page.restore(file);
      return [first, await losses()];
    });
    assert.deepEqual(restored, straight);
    await copyButtonsWork(tab);
    await tab.untilRead("sandboxed frame");
    await tab.evaluate(() => window.ganPlayground.lesson("what-is-a-gan"));
  });
}

test("MNIST is loaded into a sandboxed frame", async (t) => {
  const tab = await framed(t, new URL(hash({ lang: "en" }), host.url("/")).href);
  const { dataset } = await tab.untilPhase("ready");
  assert.equal(dataset, "mnist");
});

test("a sandboxed frame that cannot have the program says what it needs", async (t) => {
  const tab = await framed(t, closed.url("/"));
  await tab.untilRead("needs allow-same-origin, or Access-Control-Allow-Origin");
});
