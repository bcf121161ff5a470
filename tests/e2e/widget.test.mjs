// <gan-sampler> in pages of others: posts, second origins, strict policies, broken files.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

import { contextOfThisFile, siteUrl } from "./support/browser.mjs";
import { originOfThisFile } from "./support/origin.mjs";
import { drawn, picture, pixels, postsOfThisFile, WEIGHTS } from "./support/post.mjs";

const contextOf = contextOfThisFile();
const post = postsOfThisFile();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self'";

const weights = () => fetch(new URL(WEIGHTS, siteUrl())).then((answer) => answer.arrayBuffer());

const elsewhere = originOfThisFile({
  "/cut.safetensors": async (response) => {
    const bytes = Buffer.from(await weights());
    response.writeHead(200, { "Content-Length": bytes.length });
    response.write(bytes.subarray(0, 1000), () => response.destroy());
  },
  "/short.safetensors": async (response) => response.end(Buffer.from(await weights()).subarray(0, 5000)),
  "/endless.safetensors": (response) => {
    const part = Buffer.alloc(1 << 20);
    const more = () => response.destroyed || response.write(part, more);
    more();
  },
  "/hostile.safetensors": (response) => {
    response.end(Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 0, 0, 0x40]), Buffer.from("{}")]));
  },
  "/words.safetensors": (response) => response.end("<!doctype html><p>not found, but with status 200"),
});

/** Does `what`, and waits until the first element's picture is another one. */
async function changes(page, sampler, what) {
  const before = await pixels(sampler);
  await what();
  await page.waitForFunction(
    (old) => document.querySelector("gan-sampler").shadowRoot.querySelector("canvas").toDataURL() !== old,
    before,
    { timeout: 10_000 },
  );
}

/** The share of pixels that are bright, and of those that are dark. */
const tones = (sampler) =>
  picture(sampler).evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const reds = data.filter((_, i) => i % 4 === 0);
    const share = (wanted) => reds.filter(wanted).length / reds.length;
    return { bright: share((x) => x > 200), dark: share((x) => x < 50) };
  });

test("digits are drawn, the same for the same seed", async (t) => {
  const { page, sampler, said } = await post(
    t,
    `<gan-sampler src="/${WEIGHTS}" seed="7" alt="Digits"></gan-sampler><gan-sampler src="/${WEIGHTS}" seed="8"></gan-sampler>`,
  );
  await drawn(sampler);
  const { bright, dark } = await tones(sampler);
  assert.ok(bright > 0.05 && bright < 0.4 && dark > 0.5, `${bright} bright, ${dark} dark`);
  assert.equal(await picture(sampler).getAttribute("aria-label"), "Digits");
  const first = await pixels(sampler);
  const second = page.locator("gan-sampler").nth(1);
  await drawn(second);
  assert.notEqual(first, await pixels(second));
  await sampler.evaluate((element) => element.sample());
  assert.equal(await sampler.getAttribute("seed"), "8");
  assert.equal((await pixels(sampler)) === (await pixels(second)), true);
  // Out of sight it draws only what it is asked for by `sample()`.
  await sampler.evaluate((element) => (element.seed = 7));
  await page.waitForTimeout(200);
  assert.equal((await pixels(sampler)) === first, false);
  await sampler.scrollIntoViewIfNeeded();
  await page.waitForFunction(
    (wanted) => document.querySelector("gan-sampler").shadowRoot.querySelector("canvas").toDataURL() === wanted,
    first,
  );
  assert.deepEqual(said, []);
});

test("nothing is fetched until it is near, nothing moves, and twelve share one copy", async (t) => {
  const one = `<gan-sampler src="/${WEIGHTS}" controls></gan-sampler>`;
  const { page, asked, said } = await post(t, `<div style="block-size: 4000px"></div>${one.repeat(12)}<p id="end">End</p>`);
  await page.waitForFunction(() => customElements.get("gan-sampler"));
  await page.waitForTimeout(300);
  const fetched = (end) => asked.filter((path) => path.endsWith(end)).length;
  assert.deepEqual([fetched(".wasm"), fetched(".safetensors")], [0, 0]);
  const place = () => page.locator("#end").evaluate((end) => end.getBoundingClientRect().top + window.scrollY);
  const before = await place();
  for (let i = 0; i < 12; i += 1) {
    const sampler = page.locator("gan-sampler").nth(i);
    await drawn(sampler);
  }
  assert.deepEqual([fetched(".wasm"), fetched(".safetensors")], [1, 1]);
  assert.equal(await place(), before);
  assert.deepEqual(said, []);
});

test("a second origin serves the element and its files", async (t) => {
  const { sampler, said } = await post(t, `<gan-sampler src="${elsewhere.url(`/${WEIGHTS}`)}"></gan-sampler>`, {
    script: elsewhere.url("/widget/gan-sampler.js"),
  });
  await drawn(sampler);
  assert.ok(elsewhere.seen.includes("/widget/wasm/gan_widget_bg.wasm"));
  assert.deepEqual(said, []);
});

test("a strict policy is kept", async (t) => {
  const body = `<gan-sampler src="/${WEIGHTS}" mode="walk" controls></gan-sampler>`;
  const { page, sampler, said } = await post(t, body, { policy: POLICY });
  await drawn(sampler);
  const saved = page.waitForEvent("download");
  await sampler.getByRole("button", { name: "Download as PNG" }).click();
  assert.equal((await saved).suggestedFilename(), "samples.png");
  assert.deepEqual(said, []);
});

test("without scripts the words between the tags are shown", async (t) => {
  const { page } = await post(t, `<gan-sampler src="/${WEIGHTS}">Digits would be here.</gan-sampler>`, {
    context: { javaScriptEnabled: false },
  });
  await page.getByText("Digits would be here.").waitFor({ state: "visible" });
});

for (const [what, path, code, message] of [
  ["a file that is cut off", "/short.safetensors", "file", /cannot be used/],
  ["a file with a lie in its header", "/hostile.safetensors", "file", /cannot be used/],
  ["a page in place of a file", "/words.safetensors", "file", /cannot be used/],
  ["a file without end", "/endless.safetensors", "file", /is larger than/],
  ["a download that is interrupted", "/cut.safetensors", "network", /was interrupted/],
  ["a file that is not there", "/nowhere.safetensors", "network", /status 404/],
]) {
  test(`${what} is told in place, and nothing else breaks`, async (t) => {
    const { page, sampler } = await post(t, `<gan-sampler loading="lazy"></gan-sampler><gan-sampler src="/${WEIGHTS}"></gan-sampler>`);
    const told = await sampler.evaluate(async (element, src) => {
      const failed = new Promise((resolve) => element.addEventListener("error", resolve, { once: true }));
      element.src = src;
      return (await failed).detail;
    }, elsewhere.url(path));
    assert.equal(told.code, code);
    assert.match(told.message, message);
    await sampler.getByRole("alert").getByText(message).waitFor();
    await drawn(page.locator("gan-sampler").nth(1));
    // What was broken can be mended.
    await sampler.evaluate((element, src) => (element.src = src), `/${WEIGHTS}`);
    await drawn(sampler);
    assert.equal(await sampler.getByRole("alert").count(), 0);
  });
}

test("after a failure the button tries again", async (t) => {
  const { page, sampler } = await post(t, `<gan-sampler></gan-sampler>`);
  let fails = true;
  await page.route("**/flaky.safetensors", async (route) => {
    if (fails) {
      return route.abort();
    }
    return route.fulfill({ body: Buffer.from(await weights()) });
  });
  await sampler.evaluate((element) => (element.src = "/flaky.safetensors"));
  const again = sampler.getByRole("button", { name: "Try again" });
  await again.waitFor();
  fails = false;
  await again.click();
  await drawn(sampler);
});

test("twelve widgets are small", async (t) => {
  const { page } = await post(t, "<p>No widget yet</p>");
  await page.waitForFunction(() => customElements.get("gan-sampler"));
  const browser = await page.context().browser().newBrowserCDPSession();
  // The renderers' share of the memory: what they share with others counts in part.
  const megabytes = async () => {
    const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
    let sum = 0;
    for (const { id } of processInfo.filter(({ type }) => type === "renderer")) {
      const rollup = await readFile(`/proc/${id}/smaps_rollup`, "utf8");
      sum += Number(/Pss:\s+(\d+)/.exec(rollup)[1]) / 1024;
    }
    return sum;
  };
  const before = await megabytes();
  await page.evaluate((src) => {
    for (let i = 0; i < 12; i += 1) {
      document.querySelector("main").append(Object.assign(document.createElement("gan-sampler"), { src }));
    }
  }, `/${WEIGHTS}`);
  for (let i = 0; i < 12; i += 1) {
    await drawn(page.locator("gan-sampler").nth(i));
  }
  const after = await megabytes();
  t.diagnostic(`${before.toFixed(0)} MB before, ${after.toFixed(0)} MB with twelve widgets`);
  assert.ok(after - before < 150, `${after - before} MB more`);
});

test("a class is chosen, and one that is not there is refused", async (t) => {
  const { page, sampler } = await post(t, `<gan-sampler src="/pretrained/mnist-conditional.safetensors" count="10" controls></gan-sampler>`);
  await drawn(sampler);
  await changes(page, sampler, () => sampler.getByRole("combobox", { name: "Class" }).selectOption("3"));
  assert.equal(await sampler.getAttribute("label"), "3");
  await sampler.evaluate((element) => (element.label = 12));
  await sampler.getByRole("alert").getByText("label: is 12; there are 10 classes").waitFor();
});

test("the keyboard alone walks and morphs", async (t) => {
  const { page, sampler } = await post(t, `<gan-sampler src="/${WEIGHTS}" count="4" mode="walk" controls></gan-sampler>`);
  await drawn(sampler);
  await page.keyboard.press("Tab");
  await changes(page, sampler, () => page.keyboard.press("Enter"));
  await page.keyboard.press("Tab");
  await changes(page, sampler, () => page.keyboard.press("ArrowRight"));
  await sampler.evaluate((element) => (element.mode = "morph"));
  await sampler.getByRole("button", { name: "Sample 1", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await changes(page, sampler, () => page.keyboard.press("Space"));
  const slider = sampler.getByRole("slider", { name: "Morph" });
  assert.ok(await slider.evaluate((input) => input.getRootNode().activeElement === input));
  await changes(page, sampler, () => page.keyboard.press("End"));
  await changes(page, sampler, () => sampler.getByRole("button", { name: "Back to the samples" }).press("Enter"));
});

test("dragging walks, and latents are read and written", async (t) => {
  const { page, sampler } = await post(t, `<gan-sampler src="/${WEIGHTS}" count="4" mode="walk"></gan-sampler>`);
  await drawn(sampler);
  const before = await sampler.evaluate((element) => [...element.latent]);
  const box = await picture(sampler).boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, box.y + box.height * 0.2, { steps: 4 });
  await page.mouse.up();
  const moved = await sampler.evaluate((element) => [...element.latent]);
  assert.equal(moved.length, before.length);
  const length = (vector) => Math.hypot(...vector);
  const size = before.length / 4;
  assert.ok(Math.abs(length(moved.slice(0, size)) - length(before.slice(0, size))) < 1e-3, "it stays on its sphere");
  assert.ok(length(moved.map((x, i) => x - before[i])) > 1, "and moves");
  const kept = await sampler.evaluate((element, values) => {
    element.latent = values.slice(0, values.length / 2);
    return [element.count, element.latent.length];
  }, before);
  assert.deepEqual(kept, [2, before.length / 2]);
});

test("what was promised is settled, however the element is treated", async (t) => {
  const { page, sampler, said } = await post(t, `<div id="other"></div><gan-sampler></gan-sampler>`);
  await page.waitForFunction(() => customElements.get("gan-sampler"));
  const outcome = (work) => sampler.evaluate(work, `/${WEIGHTS}`);
  const nothing = await outcome((element) => element.sample().catch((error) => error.code));
  assert.equal(nothing, "usage");
  // Moved while it loads, it goes on.
  const moved = await outcome(async (element, src) => {
    element.src = src;
    const drawn = element.sample();
    document.getElementById("other").append(element);
    await drawn;
    return element.latent.length > 0;
  });
  assert.equal(moved, true);
  const replaced = await outcome(async (element, src) => {
    element.src = "";
    element.src = src;
    const drawn = element.sample().catch((error) => error.code);
    element.src = `${src}?again`;
    return drawn;
  });
  assert.equal(replaced, "usage");
  const size = await outcome(async (element) => (await element.toBlob()).size);
  assert.ok(size > 1000, `${size}`);
  const removed = await outcome(async (element, src) => {
    element.src = `${src}?once-more`;
    const drawn = element.sample().catch((error) => error.code);
    element.remove();
    return drawn;
  });
  assert.equal(removed, "usage");
  assert.deepEqual(said, []);
});

test("an address that is none, and more than a picture holds, are told in place", async (t) => {
  const { sampler } = await post(t, `<gan-sampler src="http://["></gan-sampler>`);
  await sampler.getByRole("alert").waitFor();
  await sampler.evaluate((element, src) => (element.src = src), `/${WEIGHTS}`);
  await drawn(sampler);
  await sampler.evaluate((element) => Object.assign(element, { columns: 4096, count: 9 }));
  await sampler.evaluate((element) => element.sample());
  assert.equal(await picture(sampler).evaluate((canvas) => canvas.width), 9 * 29 - 1);
});

test("it speaks the page's language and has no violations", async (t) => {
  const body = ["grid", "walk", "morph"].map((mode) => {
    return `<gan-sampler src="/${WEIGHTS}" mode="${mode}" controls></gan-sampler>`;
  });
  const { page } = await post(t, body.join(""));
  for (let i = 0; i < 3; i += 1) {
    await drawn(page.locator("gan-sampler").nth(i));
  }
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]), []);
  await page.evaluate(() => {
    for (const element of document.querySelectorAll("gan-sampler")) {
      element.lang = "zh-CN";
    }
  });
  await page.locator("gan-sampler").first().getByRole("button", { name: "新样本" }).waitFor();
});

test("the post that shows it off breaks nothing", async (t) => {
  const context = await contextOf(t);
  const page = await context.newPage();
  const said = [];
  page.on("console", (message) => message.type() === "error" && said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  await page.goto(new URL("embed/", siteUrl()).href);
  const samplers = page.locator("gan-sampler");
  for (let i = 0; i < (await samplers.count()); i += 1) {
    await samplers.nth(i).scrollIntoViewIfNeeded();
    const show = samplers.nth(i).getByRole("button", { name: "Show samples" });
    if (await show.isVisible()) {
      await show.click();
    }
    await drawn(samplers.nth(i));
  }
  assert.deepEqual(said, []);
});

test("a generator is exchanged for another while the old one is shown; the newest wish counts", async (t) => {
  const { page, sampler } = await post(t, `<gan-sampler src="/${WEIGHTS}" controls></gan-sampler>`);
  await drawn(sampler);
  await page.route("**/*.safetensors?slow", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await route.continue();
  });
  const found = await sampler.evaluate(async (element, path) => {
    const canvas = element.shadowRoot.querySelector("canvas");
    const before = { latent: [...element.latent], picture: canvas.toDataURL() };
    const slow = element.exchange(`/${path}?slow`);
    const isHidden = canvas.hidden;
    await Promise.all([slow, element.exchange(`/${path}?quick`)]);
    const errors = [];
    element.addEventListener("error", ({ detail }) => errors.push(detail.code));
    const after = { latent: [...element.latent], picture: canvas.toDataURL(), src: element.src };
    await element.exchange("/no-such.safetensors");
    return { before, isHidden, after, errors, failed: element.src };
  }, WEIGHTS);
  assert.equal(found.isHidden, false);
  assert.deepEqual(found.after, { ...found.before, src: `/${WEIGHTS}?quick` });
  assert.deepEqual([found.errors, found.failed], [["network"], "/no-such.safetensors"]);
});

test("the manifest and the types name what the element has", async (t) => {
  const { page } = await post(t, "");
  await page.waitForFunction(() => customElements.get("gan-sampler"));
  const { attributes, properties, statics } = await page.evaluate(() => {
    const element = customElements.get("gan-sampler");
    const own = Object.getOwnPropertyNames(element.prototype);
    const inherited = Object.getOwnPropertyNames(Object.getPrototypeOf(element.prototype));
    const internal = /^(constructor|.*Callback)$/;
    const ofClasses = ["length", "name", "prototype"];
    return {
      attributes: element.observedAttributes,
      properties: [...own, ...inherited].filter((name) => !internal.test(name)),
      statics: Object.getOwnPropertyNames(element).filter((name) => !ofClasses.includes(name)),
    };
  });
  const folder = new URL("../../web/widget/", import.meta.url);
  const manifest = JSON.parse(await readFile(new URL("custom-elements.json", folder), "utf8"));
  const [declared] = manifest.modules[0].declarations;
  const names = (list) => list.map(({ name }) => name).sort();
  assert.deepEqual(names(declared.attributes), [...attributes].sort());
  assert.deepEqual(names(declared.members.filter((member) => !member.static)), [...properties].sort());
  assert.deepEqual(names(declared.members.filter((member) => member.static)), [...statics].sort());
  const fields = Object.fromEntries(declared.members.map((member) => [member.name, member]));
  for (const { name, fieldName } of declared.attributes) {
    // `lang` is a property of every element.
    assert.equal(fieldName, name === "lang" ? undefined : name);
    assert.equal(fields[name]?.attribute, fieldName);
  }
  const types = await readFile(new URL("gan-sampler.d.ts", folder), "utf8");
  for (const name of [...properties, ...statics, ...names(declared.events)]) {
    assert.match(types, new RegExp(`\\b${name}\\b`));
  }
});

test("samples that are asked for while others are drawn are the ones that are shown", async (t) => {
  const many = (seed) => `<gan-sampler src="/${WEIGHTS}" count="400" columns="20" seed="${seed}"></gan-sampler>`;
  const { page, sampler } = await post(t, many(1) + many(3));
  await drawn(page.locator("gan-sampler").nth(1));
  const expected = await pixels(page.locator("gan-sampler").nth(1));
  await drawn(sampler);
  const shown = await sampler.evaluate(async (element) => {
    // The first has made its first slice when the second is asked for.
    await Promise.all([element.sample(), element.sample()]);
    return [element.seed, element.shadowRoot.querySelector("canvas").toDataURL()];
  });
  assert.equal(shown[0], 3);
  assert.equal(shown[1] === expected, true);
});

test("samples come quickly", async (t) => {
  const one = `<gan-sampler src="/${WEIGHTS}"></gan-sampler>`;
  const { page, sampler } = await post(t, `<div style="block-size: 4000px"></div>${one}`);
  await page.waitForFunction(() => customElements.get("gan-sampler"));
  const shown = await sampler.evaluate(async (element) => {
    const drawn = new Promise((resolve) => element.addEventListener("sample", resolve, { once: true }));
    const begun = performance.now();
    element.scrollIntoView();
    await drawn;
    return performance.now() - begun;
  });
  const times = await sampler.evaluate(async (element) => {
    element.count = 60;
    const times = [];
    for (let i = 0; i < 7; i += 1) {
      const begun = performance.now();
      await element.sample();
      times.push(performance.now() - begun);
    }
    return times.sort((a, b) => a - b);
  });
  t.diagnostic(`16 samples ${shown.toFixed(0)} ms after scrolling; 60 samples in ${times.map((x) => x.toFixed(0)).join(", ")} ms`);
  assert.ok(shown < 1000, `${shown} ms`);
  assert.ok(times[3] < 100, `${times[3]} ms`);
});
