// <gan-sampler mode="edit">: sliders for the directions that a generator's file names.

import assert from "node:assert/strict";
import { test } from "node:test";

import { drawn, picture, postsOfThisFile } from "./support/post.mjs";

const post = postsOfThisFile();
const SIDE = 28;
const [NAMED, UNNAMED] = ["conditional", "dcgan"].map((name) => `/pretrained/mnist-${name}.safetensors`);
const tag = (src, attributes = "") => `<gan-sampler src="${src}" mode="edit" count="1" label="7" controls ${attributes}></gan-sampler>`;

/** Grey values of the only sample. */
const image = (sampler) =>
  picture(sampler).evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return [...data].filter((_, at) => at % 4 === 0);
  });

/** The tangent of an image's slant, by its moments; and its ink. */
function measured(values) {
  const area = values.reduce((sum, x) => sum + x, 0);
  const mean = (of) => values.reduce((sum, x, at) => sum + x * of(Math.floor(at / SIDE), at % SIDE), 0) / area;
  const [y, x] = [mean((row) => row), mean((_, column) => column)];
  return [-mean((row, column) => (row - y) * (column - x)) / mean((row) => (row - y) ** 2), area];
}

/** Moves a slider, and waits for the samples. */
async function slide(sampler, name, value) {
  await sampler.evaluate((element) => {
    window.sampled = new Promise((done) => element.addEventListener("sample", () => done(), { once: true }));
  });
  await sampler.getByLabel(name).fill(String(value));
  await sampler.evaluate(() => window.sampled);
}

test("each slider moves what it names, and back", async (t) => {
  const { sampler, said } = await post(t, tag(NAMED));
  await drawn(sampler);
  const first = await image(sampler);
  const latent = await sampler.evaluate((element) => [...element.latent]);
  const [slant, ink] = measured(first);
  await slide(sampler, "Slant", 4);
  const right = measured(await image(sampler))[0];
  await slide(sampler, "Slant", -4);
  const left = measured(await image(sampler))[0];
  assert.ok(left < slant - 0.05 && right > slant + 0.05, `${left}, ${slant}, ${right}`);
  await slide(sampler, "Slant", 0);
  assert.deepEqual(await image(sampler), first);
  await slide(sampler, "Thickness", 4.8);
  const thick = measured(await image(sampler))[1];
  assert.ok(thick > 1.03 * ink, `${thick} for ${ink}`);
  // A script sees the latents as they are shown.
  const moved = await sampler.evaluate((element) => [...element.latent]);
  assert.notDeepEqual(moved, latent);
  await sampler.evaluate((element, values) => (element.latent = values), latent);
  await drawn(sampler);
  assert.equal(await sampler.getByLabel("Thickness").inputValue(), "0");
  assert.deepEqual(said, []);
});

test("sliders are there in this mode alone, in the reader's language", async (t) => {
  const { page, sampler } = await post(t, tag(NAMED, 'lang="zh"'));
  await drawn(sampler);
  for (const name of ["倾斜", "粗细", "大小"]) {
    assert.ok(await sampler.getByLabel(name).isVisible(), name);
  }
  await sampler.evaluate((element) => (element.mode = "grid"));
  await page.waitForFunction(() => document.querySelector("gan-sampler").shadowRoot.querySelector("[aria-label=编辑]").hidden);
  await sampler.evaluate((element) => (element.mode = "edit"));
  assert.ok(await sampler.getByLabel("倾斜").isVisible());
});

test("another generator takes the sliders over as they are", async (t) => {
  const { sampler } = await post(t, tag(NAMED));
  await drawn(sampler);
  await slide(sampler, "Slant", 4);
  const before = await image(sampler);
  const first = await sampler.getByLabel("Slant").elementHandle();
  await sampler.evaluate((element, src) => element.exchange(src), `${NAMED}?again`);
  // Its own ranges count from now on.
  assert.equal(await first.evaluate((slider) => slider.isConnected), false);
  assert.ok(Math.abs(Number(await sampler.getByLabel("Slant").inputValue()) - 4) < 0.1);
  assert.deepEqual(await image(sampler), before);
});

test("a file that names no directions says so", async (t) => {
  const { sampler } = await post(t, `<gan-sampler src="${UNNAMED}" mode="edit" controls></gan-sampler>`);
  await sampler.getByText("mode: this generator's file names no directions").waitFor();
});
