// What the controls change: the run's settings, the language, the fresh samples.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { controlsOf, fingerprint, type, upload } from "./support/controls.mjs";
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

/** The texts of page and lab by key, as the locale files have them. */
function locale(lang) {
  const files = ["", "lab."].map((part) => new URL(`../../web/locales/${part}${lang}.ftl`, import.meta.url));
  const lines = files.flatMap((file) => readFileSync(file, "utf8").split("\n"));
  return new Map(lines.filter((line) => line.includes(" = ")).map((line) => line.split(/ = (.*)/)));
}

test("a Chinese page has no English text left, whether it was opened or switched", async (t) => {
  const chinese = locale("zh");
  const differing = [...locale("en")].filter(([key, text]) => chinese.get(key) !== text);
  const english = differing.map(([, text]) => text);
  for (const lang of ["zh", "en"]) {
    const site = await open(t, { backend: "cpu", lang, spec: tinyConv });
    await site.untilReady();
    await site.untilLab();
    if (lang === "en") await controlsOf(site).chinese.click();
    await site.until("Chinese", async () => /^zh/.test(await site.page.locator("html").getAttribute("lang")));
    const left = await site.page.evaluate((english) => {
      const names = ["aria-label", "title", "placeholder"];
      const texts = [...document.body.querySelectorAll("*")].flatMap((element) => [
        ...[...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim()),
        ...names.map((name) => element.getAttribute(name)),
      ]);
      return texts.filter((text) => english.includes(text));
    }, english);
    // The button that leads to English is called so.
    assert.deepEqual(left.filter((text) => text !== "English"), [], lang);
  }
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

/** The text beneath the field with this id, once it says something. */
async function toldAt(site, id) {
  const told = site.page.locator(`.field:has(#${id}) [role=alert]`);
  await told.waitFor();
  return told.innerText();
}

test("a decimal comma is taken as a decimal, in the digits of any input method", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  const controls = controlsOf(site);
  await site.untilReady();
  for (const [typed, rate] of [["0,1", 0.1], ["0,05", 0.05], ["０．００３", 0.003], ["5e-4", 0.0005]]) {
    await type(controls.generatorRate, typed);
    await site.page.waitForFunction(
      (rate) => window.ganPlayground.spec().generator_optimizer.learning_rate === rate,
      rate,
    );
  }
  await type(controls.labelSmoothing, "0,25");
  await site.page.waitForFunction(() => window.ganPlayground.spec().label_smoothing === 0.25);
  await type(controls.discriminatorSteps, "２");
  await site.page.waitForFunction(() => window.ganPlayground.spec().discriminator_steps === 2);
  const told = await site.page.locator(".settings [role=alert]").allInnerTexts();
  assert.deepEqual(told.filter((text) => text !== ""), []);
  site.assertNoProblems();
});

test("what is not clearly one number stays as it was typed, with a sentence beside it", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  const controls = controlsOf(site);
  await site.untilReady();
  const before = await site.page.evaluate(() => window.ganPlayground.spec());
  const fields = [
    [controls.generatorRate, "generator-rate", "1,000", "0.0005"],
    [controls.discriminatorRate, "discriminator-rate", "fast", "0.0005"],
    [controls.discriminatorSteps, "discriminator-steps", "1,5", "1"],
    [controls.seed, "seed", "1,5", undefined],
    [controls.batchSize, "batch-size", "5000", "8"],
  ];
  for (const [field, id, typed, inForce] of fields) {
    const value = inForce ?? (await field.inputValue());
    await type(field, typed);
    assert.ok((await toldAt(site, id)).includes(`Still in force: ${value}.`), id);
    assert.equal(await field.inputValue(), typed);
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    assert.ok(await site.page.locator(`.field:has(#${id}) [role=alert]`).isVisible());
  }
  assert.deepEqual(await site.page.evaluate(() => window.ganPlayground.spec()), before);
  assert.equal((await site.snapshot()).step, 0);
  // An empty field is the one in force.
  await type(controls.generatorRate, "");
  await site.page.locator(".field:has(#generator-rate) [role=alert]").waitFor({ state: "detached" });
  assert.equal(await controls.generatorRate.inputValue(), "0.0005");
  // What is put away is, too.
  await site.page.locator(".field:has(#discriminator-rate)").getByRole("button", { name: "Dismiss" }).click();
  await site.until("the rate in force", async () => (await controls.discriminatorRate.inputValue()) === "0.0005");
  site.assertNoProblems();
});

test("a refusal stands where the setting is, and goes with the next one that is taken", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  const controls = controlsOf(site);
  await site.untilReady();
  await type(controls.labelSmoothing, "0.9");
  assert.match(await toldAt(site, "label-smoothing"), /^Not done: label_smoothing: is 0.9/);
  assert.equal(await controls.labelSmoothing.inputValue(), "0.9");
  await type(controls.labelSmoothing, "0.3");
  await site.page.locator("[role=alert]:visible").waitFor({ state: "detached" });
  await site.until("the new value", async () => (await controls.labelSmoothing.inputValue()) === "0.3");
  // In another panel, far from the bar at the top.
  await site.show("build");
  await site.page.getByText("Everything, as JSON").click();
  await site.page.locator(".spec textarea").fill('{"batch_size": -1}');
  await site.page.locator(".spec").getByRole("button", { name: "Load" }).click();
  const refusal = site.page.locator(".spec [role=alert]");
  await refusal.filter({ hasText: /^Not done: batch_size/ }).waitFor();
  await site.page.locator(".spec textarea").fill('{"batch_size": 4}');
  await site.page.locator(".spec").getByRole("button", { name: "Load" }).click();
  await refusal.waitFor({ state: "hidden" });
  site.assertNoProblems();
});

test("a refusal is told in Chinese on the Chinese page, and in English to scripts", async (t) => {
  // Refused before the lab is there, which brings the list of refusals.
  const site = await open(t, { backend: "cpu", lang: "zh", spec: { ...tinyConv, batch_size: 0 } });
  const controls = controlsOf(site);
  await site.untilTold(/链接中有无法使用的内容.*batch_size：现为 0；允许 2 到 4096/);
  // What was told before the language changed follows it.
  await controls.english.click();
  await site.untilTold(/cannot be used.*batch_size: is 0; allowed is 2 to 4096/);
  await controls.dismissNotices();
  await site.call("load", tinyConv);
  await controls.chooseData(upload("notes.txt", Buffer.from("just some notes\n".repeat(50))));
  await site.untilTold(/notes\.txt: is no file of samples that is known here/);
  await controls.chinese.click();
  await site.untilTold(/notes\.txt：不是这里认识的样本文件/);
  const refused = await site.refusal("load", { objective: "best" });
  assert.match(refused.message, /^objective: unknown variant `best`, expected `non_saturating`/);
  await site.show("build");
  await site.page.locator(".spec summary").click();
  await site.page.locator(".spec textarea").fill('{"batch_size": -1}');
  await site.page.locator(".spec button").first().click();
  const told = site.page.locator(".spec [role=alert]");
  await told.filter({ hasText: /^未执行：batch_size：数值不对|^未执行：batch_size：类型不对/ }).waitFor();
});

test("a refused file is no longer told once a good one is loaded", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", spec: tinyConv });
  const controls = controlsOf(site);
  await site.untilReady();
  await site.call("step", 2);
  const checkpoint = await site.checkpoint();
  await controls.openCheckpoint(upload("half.safetensors", checkpoint.slice(0, checkpoint.length / 2)));
  const told = site.page.locator("#take .notice[role=alert]");
  await told.getByText(/half\.safetensors/).waitFor();
  await controls.openCheckpoint(upload("whole.safetensors", checkpoint));
  await told.waitFor({ state: "detached" });
  await site.untilTold(/Opened whole\.safetensors/);
});

test("notices of the run stay in sight, however far the page is scrolled", async (t) => {
  for (const width of [390, 1280]) {
    const options = { context: { viewport: { width, height: 800 } } };
    const site = await open(t, { backend: "cpu", lang: "en", preset: "no-such-preset" }, options);
    const notice = site.page.locator(".notices.of-run [role=alert]");
    await notice.waitFor();
    await site.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    const box = await notice.boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= 800, JSON.stringify([width, box]));
    await site.page.close();
  }
});
