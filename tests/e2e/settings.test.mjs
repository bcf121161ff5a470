// What the controls change: the run's settings, the language, the fresh samples.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { controlsOf, fingerprint, type } from "./support/controls.mjs";
import { drawnDigits, tinyConv } from "./support/nets.mjs";
import { headerOf } from "./support/safetensors.mjs";

const open = browserOfThisFile();

test("settings made through the controls reach the run", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  const controls = controlsOf(site);
  await site.untilReady();
  await site.call("step", 1);

  await type(controls.generatorRate, 0.003);
  await type(controls.discriminatorRate, 0.0007);
  await type(controls.labelSmoothing, 0.2);
  await controls.objective.selectOption("least_squares");
  await type(controls.discriminatorSteps, 3);

  let spec;
  const isThere = async () => {
    ({ spec } = headerOf(await site.checkpoint()));
    return spec.objective === "least_squares" && spec.discriminator_steps === 3;
  };
  await site.until("the settings in a checkpoint", isThere);
  const rates = [spec.generator_optimizer.learning_rate, spec.discriminator_optimizer.learning_rate];
  assert.deepEqual(rates, [0.003, 0.0007]);
  assert.equal(Math.fround(spec.label_smoothing), Math.fround(0.2));

  await site.call("step", 1);
  const header = headerOf(await site.checkpoint());
  assert.deepEqual([header.step, header.discriminator_step], [2, 1 + 3]);
  site.assertNoProblems();
});

test("what is being typed stays while another setting changes", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  const controls = controlsOf(site);
  await site.untilReady();

  await controls.labelSmoothing.fill("0.2");
  await site.call("tune", { discriminator_steps: 2 });
  await site.until("the other setting on the page", async () =>
    (await controls.discriminatorSteps.inputValue()) === "2");
  assert.equal(await controls.labelSmoothing.inputValue(), "0.2");

  await controls.labelSmoothing.press("Enter");
  await site.until("what was typed in a checkpoint", async () => {
    const { spec } = headerOf(await site.checkpoint());
    return Math.fround(spec.label_smoothing) === Math.fround(0.2);
  });

  // Its own change does replace it.
  await controls.labelSmoothing.fill("0.3");
  await site.call("tune", { label_smoothing: 0.4 });
  await site.until("the new value", async () =>
    (await controls.labelSmoothing.inputValue()) === "0.4");
  site.assertNoProblems();
});

test("tune changes the settings of a run as it goes", async (t) => {
  const site = await open(t, { backend: "cpu", spec: tinyConv });
  await site.untilReady();
  await site.call("start");
  await site.untilStep(2);
  await site.call("tune", { generator_learning_rate: 0.004, discriminator_steps: 2 });
  const header = headerOf(await site.checkpoint());
  assert.equal(header.spec.generator_optimizer.learning_rate, 0.004);
  assert.equal(header.spec.discriminator_steps, 2);
  assert.ok(header.step >= 2, "the run did not start again");
  assert.equal((await site.snapshot()).phase, "running");
});

test("a wrong setting is refused with its name and changes nothing", async (t) => {
  const site = await open(t, { backend: "cpu", spec: tinyConv });
  await site.untilReady();
  const before = headerOf(await site.checkpoint()).spec;
  const refused = await site.refusal("tune", { discriminator_steps: 0 });
  assert.equal(refused.code, "spec");
  assert.match(refused.message, /discriminator_steps/);
  assert.deepEqual(headerOf(await site.checkpoint()).spec, before);
  const unknown = await site.refusal("tune", { colour: "blue" });
  assert.match(unknown.message, /colour/);
});

test("the preset control loads another run", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: drawnDigits });
  const controls = controlsOf(site);
  await site.untilReady();
  await controls.preset.selectOption("mnist-mlp");
  await site.until("the MLP", ({ preset, phase }) => preset === "mnist-mlp" && phase === "ready");
  const kinds = headerOf(await site.checkpoint()).spec.generator.layers.map(({ kind }) => kind);
  assert.ok(!kinds.includes("conv_transpose"), kinds.join());
});

test("another seed starts the run again with other nets", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  await site.untilReady();
  const before = await site.pixels();
  await site.call("step", 2);
  await type(controlsOf(site).seed, 77);
  await site.untilReady();
  assert.equal(headerOf(await site.checkpoint()).spec.seed, 77);
  assert.notDeepEqual(await site.pixels(), before);
  assert.match(decodeURIComponent(site.page.url()), /"seed":77/);
});

test("the button for new samples changes the fresh sheet and leaves the fixed one", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  const controls = controlsOf(site);
  await site.untilReady();
  await site.call("step", 1);
  const fixed = await fingerprint(controls.fixedSheet);
  let fresh = await fingerprint(controls.freshSheet);
  for (let press = 0; press < 3; press += 1) {
    await controls.newSamples.click();
    let now;
    const differs = async () => (now = await fingerprint(controls.freshSheet)) !== fresh;
    await site.until("other samples on the fresh sheet", differs);
    fresh = now;
  }
  assert.equal(await fingerprint(controls.fixedSheet), fixed);
});

test("the language switch changes the texts, the page's language and its link", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  await site.untilReady();
  const words = () => site.page.locator("body").innerText();
  const language = () => site.page.locator("html").getAttribute("lang");
  const isChinese = (text) => /\p{Script=Han}{2}/u.test(text);

  assert.match(await language(), /^en/);
  const english = await words();
  await controlsOf(site).chinese.click();
  await site.until("Chinese", async () => /^zh/.test(await language()));
  const chinese = await words();
  assert.notEqual(chinese, english);
  assert.ok(isChinese(chinese), chinese.slice(0, 200));
  assert.ok(await controlsOf(site, "zh").start.isVisible());

  assert.match(site.page.url(), /lang=zh/);
  await controlsOf(site).english.click();
  await site.until("English", async () => /^en/.test(await language()));
  assert.ok(await controlsOf(site).start.isVisible());
  site.assertNoProblems();
});

test("lang= in the address chooses the language", async (t) => {
  for (const lang of ["en", "zh"]) {
    const site = await open(t, { backend: "cpu", lang, spec: tinyConv });
    await site.untilReady();
    assert.match(await site.page.locator("html").getAttribute("lang"), new RegExp(`^${lang}`));
    assert.ok(await controlsOf(site, lang).start.isVisible());
    await site.page.close();
  }
});
