// Styles of a style-based generator: mixed and truncated, in the lab and in the widget.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { drawnDigits } from "./support/nets.mjs";

const open = browserOfThisFile();

const SIDE = 28;
/** From one image of the table to the next. */
const STRIDE = SIDE + 1;

/** The images of the table, row by row, as grey values. */
const tableOf = (panel) =>
  panel.locator(".lab-styles-table canvas").evaluate(
    (canvas, { side, stride }) => {
      const context = canvas.getContext("2d");
      const rows = Math.round((canvas.height + 1) / stride);
      const columns = Math.round((canvas.width + 1) / stride);
      const at = (row, column) => {
        const { data } = context.getImageData(column * stride, row * stride, side, side);
        return [...data].filter((_, place) => place % 4 === 0).join();
      };
      return Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) => at(row, column)));
    },
    { side: SIDE, stride: STRIDE },
  );

test("a table mixes the styles of its rows and columns by layer, and truncation makes all alike", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", panel: "look", preset: "mnist-style", spec: drawnDigits });
  await site.page.evaluate(() => window.ganPlayground.step(10));
  const panel = site.page.locator(".lab-styles");
  await panel.getByRole("button", { name: "Mix styles of this run" }).click();
  await panel.locator(".lab-styles-table[aria-busy=false]").waitFor({ timeout: 60_000 });
  const table = await tableOf(panel);
  assert.deepEqual([table.length, table[0].length], [5, 5]);
  const slide = async (name, value) => {
    const before = JSON.stringify(await tableOf(panel));
    await panel.getByLabel(name).fill(String(value));
    await site.until(`a table after ${name}`, async () => JSON.stringify(await tableOf(panel)) !== before);
    return tableOf(panel);
  };
  const columns = await slide("Column's style from layer", 0);
  for (const [row, column] of [[1, 1], [2, 4], [4, 3]]) {
    assert.equal(columns[row][column], columns[0][column], "all layers have the column's style");
  }
  const layers = Number(await panel.getByLabel("Column's style from layer").getAttribute("max"));
  const rows = await slide("Column's style from layer", layers);
  for (const [row, column] of [[1, 1], [2, 4], [4, 3]]) {
    assert.equal(rows[row][column], rows[row][0], "all layers have the row's style");
  }
  await panel.getByText(`All ${layers} layers have the row's style.`).waitFor();
  assert.notEqual(rows[1][0], rows[2][0]);
  const mean = await slide("Truncation ψ", 0);
  const all = mean.flat().slice(1);
  assert.equal(new Set(all).size, 1, "the mean style is one");
  assert.notEqual(mean[0][0], mean[1][1], "the corner is empty");
  site.assertNoProblems();
});

test("the curve of truncation has a distance and a diversity for each ψ, and none but the noise’s where all have the mean style", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", panel: "look", preset: "mnist-style", spec: drawnDigits });
  await site.page.evaluate(() => window.ganPlayground.step(10));
  const panel = site.page.locator(".lab-styles");
  await panel.getByRole("button", { name: "Mix styles of this run" }).click();
  await panel.getByRole("button", { name: "What truncation gives and takes" }).click();
  const curves = panel.locator(".lab-styles-curve");
  await curves.locator("path.line").nth(1).waitFor({ timeout: 120_000 });
  const told = await curves.evaluateAll((all) => all.map((svg) => svg.getAttribute("aria-label")));
  const [distance, diversity] = told.map((label) => [...label.matchAll(/ψ [\d.]+: ([\d.]+)/g)].map((found) => Number(found[1])));
  assert.deepEqual([distance.length, diversity.length], [8, 8], told.join("\n"));
  assert.ok(distance.every((value) => value > 0), told[0]);
  // By ψ 0, 0.5 and 1: at 0 samples differ by the layers' noise alone.
  assert.ok(diversity[0] < diversity[2] / 10 && diversity[2] < diversity[5], told[1]);
  const drawn = await curves.locator("path.line").evaluateAll((lines) => lines.map((line) => line.getAttribute("d")));
  assert.equal(new Set(drawn).size, 2);
  site.assertNoProblems();
});

test("a run without styles has no such panel", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", panel: "look", preset: "mnist-dcgan-small", spec: drawnDigits });
  await site.page.locator(".lab-map").waitFor({ timeout: 60_000 });
  assert.ok(await site.page.locator(".lab-styles").isHidden());
  site.assertNoProblems();
});

test("the widget truncates the styles of a generator that has some, and says so where there are none", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "mnist-style", spec: drawnDigits });
  await site.page.evaluate(() => window.ganPlayground.step(3));
  const found = await site.page.evaluate(async () => {
    const { blobAddress } = await (async () => {
      const checkpoint = await window.ganPlayground.checkpoint();
      const worker = new Worker(new URL("lab/inspector-worker.js", location.href), { type: "module" });
      const file = await new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.value));
        worker.postMessage({ id: 1, kind: "generator", checkpoint });
      });
      worker.terminate();
      return { blobAddress: URL.createObjectURL(new Blob([file])) };
    })();
    await import(new URL("widget/gan-sampler.js", location.href));
    const drawn = async (src, truncation) => {
      const sampler = document.createElement("gan-sampler");
      Object.assign(sampler, { src, count: 4, loading: "eager", truncation });
      const outcome = new Promise((resolve) => {
        sampler.addEventListener("sample", () => resolve("sample"), { once: true });
        sampler.addEventListener("error", ({ detail }) => resolve(detail.message), { once: true });
      });
      document.body.prepend(sampler);
      const told = await outcome;
      const blob = told === "sample" ? await sampler.toBlob() : undefined;
      const bytes = blob && [...new Uint8Array(await blob.arrayBuffer())].join();
      sampler.remove();
      return { told, bytes };
    };
    const plain = await drawn(blobAddress, null);
    const same = await drawn(blobAddress, "1");
    const half = await drawn(blobAddress, 0.5);
    const other = await drawn(new URL("pretrained/mnist-dcgan.safetensors", location.href).href, 0.5);
    return { plain, same, half, other };
  });
  assert.equal(found.plain.told, "sample");
  assert.equal(found.same.bytes, found.plain.bytes);
  assert.equal(found.half.told, "sample");
  assert.notEqual(found.half.bytes, found.plain.bytes);
  assert.match(found.other.told, /truncation: this generator has no style/);
});
