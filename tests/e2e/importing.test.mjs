// Generators of other frameworks' files: opened by the button or dropped, shown, and kept as a file.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { isDrawn, upload } from "./support/controls.mjs";
import { headerOf } from "./support/safetensors.mjs";

const open = browserOfThisFile();
const fixtures = new URL("../fixtures/import/", import.meta.url);
const bytesOf = (name) => readFile(new URL(name, fixtures));

/** The page at the panel where generators are shown, with what imports them. */
async function openSite(t, more = {}) {
  const site = await open(t, { backend: "cpu", lang: "en", panel: "take", ...more });
  await site.untilReady();
  await site.untilLab();
  const { page } = site;
  const panel = page.locator(".lab-import");
  const choose = async (...names) => {
    const files = await Promise.all(names.map(async (name) => upload(basename(name), await bytesOf(name))));
    await panel.locator("input[type=file]").setInputFiles(files);
  };
  const sampler = page.locator(".lab-sampler gan-sampler");
  /** Waits until the generator called `name` is shown, with a sample. */
  const shown = async (name) => {
    await panel.getByText(`${name} is shown above.`, { exact: false }).waitFor({ timeout: 60_000 });
    await site.until("a sample", () => isDrawn(sampler.locator("canvas")));
  };
  return { site, page, panel, choose, shown, sampler };
}

/** The header of the file behind an address of the page. */
async function headerAt(page, address) {
  const bytes = await page.evaluate(async (address) => [...new Uint8Array(await (await fetch(address)).arrayBuffer())], address);
  return headerOf(Uint8Array.from(bytes));
}

test("a Keras file is opened, shown and kept; what it does not tell is said", async (t) => {
  const { site, page, panel, choose, shown } = await openSite(t);
  await choose("tutorial.keras");
  await shown("tutorial.keras");
  assert.ok(await panel.getByText("drawn from N(0, 1)", { exact: false }).isVisible());
  assert.ok(!(await panel.getByText("neither tanh nor a sigmoid", { exact: false }).isVisible()));
  const link = panel.getByRole("link", { name: "Download the file" });
  assert.equal(await link.getAttribute("download"), "generator.safetensors");
  const header = await headerAt(page, await link.getAttribute("href"));
  assert.deepEqual(header.data, { channels: 1, height: 28, width: 28 });
  assert.equal(header.latent.distribution, "normal");
  await panel.getByRole("checkbox", { name: "Latents are drawn from U(-1, 1)" }).check();
  await site.until("another file", async () => (await headerAt(page, await link.getAttribute("href"))).latent.distribution === "uniform");
  site.assertNoProblems();
});

test("files that belong together are taken in any order, and a class in the latent is told apart", async (t) => {
  const { site, page, panel, choose, shown } = await openSite(t);
  await choose("many.onnx.data", "many.onnx");
  await shown("many.onnx.data, many.onnx");
  const link = panel.getByRole("link", { name: "Download the file" });
  assert.equal((await headerAt(page, await link.getAttribute("href"))).labels.classes, 10);
  await choose("tfjs-uint8/group1-shard1of1.bin", "tfjs-uint8/model.json");
  await shown("group1-shard1of1.bin, model.json");
  await choose("one-hot.keras");
  await shown("one-hot.keras");
  await panel.getByRole("textbox", { name: /as one-hot numbers/ }).fill("10");
  await panel.getByRole("textbox", { name: /as one-hot numbers/ }).press("Tab");
  await site.until("classes", async () => {
    const address = await link.getAttribute("href");
    return address && (await headerAt(page, address)).labels?.classes === 10;
  });
  site.assertNoProblems();
});

test("a state dict's net is proposed, corrected and used", async (t) => {
  const { site, page, panel, choose, shown } = await openSite(t);
  await choose("told.pth");
  const net = panel.getByRole("textbox", { name: "The proposed net" });
  await net.waitFor();
  const proposal = JSON.parse(await net.inputValue());
  assert.deepEqual(proposal.generator.layers.map(({ kind }) => kind), ["label", "linear", "activation", "linear", "activation"]);
  await net.fill(JSON.stringify({ ...proposal, generator: { ...proposal.generator, layers: proposal.generator.layers.slice(0, -2) } }));
  await panel.getByRole("button", { name: "Import with this net" }).click();
  await panel.getByRole("alert").waitFor();
  assert.match(await panel.getByRole("alert").innerText(), /second is left over|end in 12/);
  await net.fill(JSON.stringify(proposal));
  await panel.getByRole("checkbox", { name: /stand before/ }).check();
  await panel.getByRole("button", { name: "Import with this net" }).click();
  await shown("told.pth");
  const address = await panel.getByRole("link", { name: "Download the file" }).getAttribute("href");
  assert.equal((await headerAt(page, address)).labels.classes, 10);
  site.assertNoProblems();
});

test("what cannot be imported says why, and the page goes on", async (t) => {
  const { site, panel, choose, shown } = await openSite(t);
  const alert = panel.getByRole("alert");
  for (const [name, why] of [
    ["subclassed.keras", /subclassed models/],
    ["losses.pth", /no net's numbers/],
    ["discriminator.pth", /as a discriminator does/],
    ["many.onnx", /many\.onnx\.data, which belongs beside/],
  ]) {
    await choose(name);
    await site.until(`the refusal of ${name}`, async () => (await alert.isVisible()) && why.test(await alert.innerText()));
  }
  await panel.locator("input[type=file]").setInputFiles([upload("broken.h5", (await bytesOf("tutorial.h5")).subarray(0, 30_000))]);
  await site.until("the refusal of half a file", async () => /damaged/.test(await alert.innerText()));
  await choose("auxiliary.h5");
  await shown("auxiliary.h5");
  assert.ok(!(await alert.isVisible()));
  site.assertNoProblems();
});

test("the program's own file is shown as it is", async (t) => {
  const { site, page, panel, shown } = await openSite(t);
  const own = await page.evaluate(async () => [...new Uint8Array(await (await fetch("pretrained/mnist-conditional.safetensors")).arrayBuffer())]);
  await panel.locator("input[type=file]").setInputFiles([upload("mine.safetensors", Buffer.from(own))]);
  await shown("mine.safetensors");
  assert.ok(!(await panel.getByRole("checkbox", { name: /U\(-1, 1\)/ }).isVisible()));
  site.assertNoProblems();
});

test("a dropped generator leads to where generators are, and is no data", async (t) => {
  const { site, page, shown } = await openSite(t, { panel: "run" });
  const bytes = [...(await bytesOf("auxiliary.keras"))];
  await page.evaluate((bytes) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], "auxiliary.keras"));
    for (const type of ["dragenter", "dragover", "drop"]) {
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    }
  }, bytes);
  await shown("auxiliary.keras");
  assert.equal((await site.snapshot()).dataset, "mnist");
  site.assertNoProblems();
});
