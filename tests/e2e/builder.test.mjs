// The nets, layer by layer.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";

const open = browserOfThisFile();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function openBuilder(t, address) {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "ring", panel: "build", ...address });
  await site.until("a run", ({ phase }) => phase !== "loading");
  const { page } = site;
  const button = (name) => page.getByRole("button", { name, exact: true });
  await button("Take the nets of this run").click();
  const net = (name) => {
    const place = page.getByRole("group", { name, exact: true });
    return { place, layers: place.locator("li"), add: place.getByLabel("Add a layer…") };
  };
  return { site, page, button, generator: net("Generator"), discriminator: net("Discriminator") };
}

const kinds = ({ layers }) => layers.locator("code").allInnerTexts();

test("layers are shown with shapes and parameters, changed, and loaded into a run that trains", async (t) => {
  const { site, page, button, generator } = await openBuilder(t);
  // The builder follows the page's run once the lab has looked at it.
  await generator.layers.nth(4).waitFor();
  assert.deepEqual(await kinds(generator), ["linear", "activation", "linear", "activation", "linear"]);
  assert.match(await generator.layers.nth(0).innerText(), /→ 64 · 576 parameters/);
  await generator.place.getByText("4866 parameters").waitFor();
  const units = generator.layers.nth(0).getByLabel("units");
  await units.fill("32");
  await units.press("Tab");
  await generator.layers.nth(0).getByText("→ 32 · 288 parameters").waitFor();
  await generator.add.selectOption("layer_norm");
  await button("Move layer 6, layer_norm, up").click();
  assert.deepEqual((await kinds(generator)).slice(4), ["layer_norm", "linear"]);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(".lab-builder"));
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
  await button("Load these nets and begin anew").click();
  await site.page.waitForFunction(
    () => window.ganPlayground.spec().generator.layers[0].units === 32,
  );
  await site.until("the new run", ({ phase, step }) => phase === "ready" && step === 0);
  const { layers } = (await page.evaluate(() => window.ganPlayground.spec())).generator;
  assert.deepEqual(layers.map(({ kind }) => kind).slice(4), ["layer_norm", "linear"]);
  await site.call("step", 5);
  assert.ok(Number.isFinite((await site.snapshot()).losses.generator));
  site.assertNoProblems();
});

test("an error stands at its layer, and nets that do not fit cannot be loaded", async (t) => {
  const { site, button, discriminator } = await openBuilder(t);
  const load = button("Load these nets and begin anew");
  assert.ok(await load.isEnabled());
  await discriminator.add.selectOption("conv");
  await discriminator.layers.nth(5).getByText("conv takes an image and gets a vector").waitFor();
  assert.ok(await load.isDisabled());
  await discriminator.add.selectOption("conv");
  await button("Remove layer 7, conv").click();
  await button("Remove layer 6, conv").click();
  assert.ok(await load.isEnabled());
  // What is no number stays as it was typed, and is not taken.
  const units = discriminator.layers.nth(0).getByLabel("units");
  for (const typed of ["many", "1,000"]) {
    await units.fill(typed);
    await units.press("Tab");
    await discriminator.layers.nth(0).getByText(`Not taken: “${typed}”`).waitFor();
    assert.equal(await units.inputValue(), typed);
    assert.ok(await load.isEnabled());
  }
  const slope = discriminator.layers.nth(1).getByLabel("slope");
  await slope.fill("0,3");
  await slope.press("Tab");
  assert.equal(await slope.inputValue(), "0.3");
  await units.fill("0");
  await units.press("Tab");
  await discriminator.layers.nth(0).getByText(/units: is 0/).waitFor();
  assert.ok(await load.isDisabled());
  site.assertNoProblems();
});

test("an activation's function is chosen, and has the fields that belong to it", async (t) => {
  const { page, button, generator } = await openBuilder(t);
  const layer = generator.layers.nth(1);
  assert.equal(await layer.getByLabel("slope").count(), 1);
  await layer.getByLabel("Function").selectOption("tanh");
  await layer.getByLabel("slope").waitFor({ state: "detached" });
  await button("Load these nets and begin anew").click();
  await page.waitForFunction(
    () => window.ganPlayground.spec().generator.layers[1].function.name === "tanh",
  );
});

test("the nets are there when the panel is, and follow the run until they are changed", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "ring" });
  const { page } = site;
  await site.untilReady();
  await site.show("build");
  const units = page.getByRole("group", { name: "Generator", exact: true }).locator("li").first().getByLabel("units");
  await units.waitFor();
  assert.equal(await units.inputValue(), "64");
  const generator = await page.evaluate(() => window.ganPlayground.spec().generator);
  const changed = (count) => ({ generator: { layers: [{ ...generator.layers[0], units: count }, ...generator.layers.slice(1)] } });
  await site.load(changed(48));
  await site.until("the run's nets", async () => (await units.inputValue()) === "48");
  await units.fill("24");
  await units.press("Tab");
  await site.load(changed(40));
  await site.untilReady();
  await page.waitForTimeout(1_200);
  assert.equal(await units.inputValue(), "24", "what was changed stays");
  await page.getByRole("button", { name: "Take the nets of this run" }).click();
  await site.until("the run's nets", async () => (await units.inputValue()) === "40");
});
