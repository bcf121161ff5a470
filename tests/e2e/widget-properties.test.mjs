// Properties of <gan-sampler>: whenever and to whatever they are set, as frameworks and sites' scripts do.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { siteUrl } from "./support/browser.mjs";
import { drawn, picture, pixels, postsOfThisFile, scriptArrives, WEIGHTS } from "./support/post.mjs";

const post = postsOfThisFile();

const manifest = JSON.parse(await readFile(new URL("../../web/widget/custom-elements.json", import.meta.url), "utf8"));
const { members } = manifest.modules[0].declarations[0];
/** Every property of an element that can be set. */
const properties = members.filter((member) => member.kind === "field" && !member.static).map(({ name }) => name);

/** Of each property a value for before the script is there, and one for after. */
const VALUES = {
  src: ["data:,early", "data:,late"],
  count: [4, 9],
  seed: [5, 6],
  label: [2, 3],
  columns: [2, 1],
  loading: ["eager", "lazy"],
  reveal: ["interaction", "auto"],
  controls: [true, false],
  mode: ["walk", "morph"],
  truncation: [0.5, 0.25],
  picture: ["data:,early", "data:,late"],
  poster: ["data:,early", "data:,late"],
  alt: ["early", "late"],
  latent: [
    [0.25, 0.5],
    [0.75, 1],
  ],
};

/** The width of a sheet with so many images in a row. */
const sheetWidth = (columns) => columns * 29 - 1;
const width = (sampler) => picture(sampler).evaluate((canvas) => canvas.width);

/** Waits until `sampler`'s sheet has so many columns. */
async function hasColumns(sampler, columns) {
  await drawn(sampler);
  for (let tries = 0; tries < 100 && (await width(sampler)) !== sheetWidth(columns); tries += 1) {
    await sampler.page().waitForTimeout(50);
  }
  assert.equal(await width(sampler), sheetWidth(columns));
}

/** Sets a property, and gives the detail of the `error` event that tells of it. */
const toldOf = (sampler, name, value) =>
  sampler.evaluate(
    (element, [name, value]) =>
      new Promise((resolve) => {
        element.addEventListener("error", ({ detail }) => resolve(detail), { once: true });
        element[name] = value;
      }),
    [name, value],
  );

test("every property that was set before the script came is taken over, and later values count", async (t) => {
  assert.deepEqual(Object.keys(VALUES).sort(), [...properties].sort());
  for (const isConnected of [true, false]) {
    const { page, said } = await post(t, "", { script: null });
    await page.evaluate(
      ([values, isConnected]) => {
        window.elements = {};
        for (const [name, [early]] of Object.entries(values)) {
          const element = document.createElement("gan-sampler");
          element[name] = early;
          window.elements[name] = element;
          if (isConnected) {
            document.querySelector("main").append(element);
          }
        }
      },
      [VALUES, isConnected],
    );
    await scriptArrives(page);
    const found = await page.evaluate((values) => {
      const plain = (value) => (value instanceof Float32Array ? [...value] : value);
      return Object.entries(values).map(([name, [, late]]) => {
        const element = window.elements[name];
        document.querySelector("main").append(element);
        const taken = plain(element[name]);
        const own = Object.getOwnPropertyNames(element).filter((own) => own === name);
        element[name] = late;
        return [name, taken, plain(element[name]), own];
      });
    }, VALUES);
    const wanted = Object.entries(VALUES).map(([name, [early, late]]) => [name, early, late, []]);
    assert.deepEqual(found, wanted, `connected before: ${isConnected}`);
    assert.deepEqual(said, []);
  }
});

test("an address and a count that were set early are shown, and so is the count that is set later", async (t) => {
  const { page, sampler, said } = await post(t, "<gan-sampler></gan-sampler>", { script: null });
  await sampler.evaluate((element, src) => Object.assign(element, { src, count: 4, controls: true }), `/${WEIGHTS}`);
  await scriptArrives(page);
  await hasColumns(sampler, 2);
  assert.ok(await sampler.getByRole("button", { name: "New samples" }).isVisible());
  await sampler.evaluate((element) => Object.assign(element, { count: 9, controls: false }));
  await hasColumns(sampler, 3);
  assert.equal(await sampler.getByRole("button", { name: "New samples" }).isVisible(), false);
  assert.deepEqual(said, []);
});

test("a site's script that writes every property back to itself, before there is one, changes nothing", async (t) => {
  const { page, sampler, said } = await post(t, `<gan-sampler src="/${WEIGHTS}" count="4"></gan-sampler>`, {
    script: null,
  });
  await sampler.evaluate((element, names) => {
    for (const name of names) {
      element[name] = element[name];
    }
  }, properties);
  await scriptArrives(page);
  await hasColumns(sampler, 2);
  assert.equal(await sampler.getAttribute("src"), `/${WEIGHTS}`);
  assert.deepEqual(said, []);
});

test("null and undefined take a property's attribute away, and nothing that is set throws", async (t) => {
  const { page } = await post(t, "");
  await page.waitForFunction(() => customElements.get("gan-sampler"));
  const found = await page.evaluate((names) => {
    const fresh = document.createElement("gan-sampler");
    const odd = [null, undefined, "", NaN, -1, 1e99, {}, [], [1, "two"], () => {}, Symbol("odd"), 7n, { length: 1e12 }];
    const problems = [];
    for (const isConnected of [false, true]) {
      for (const name of names) {
        for (const value of odd) {
          const element = document.createElement("gan-sampler");
          if (isConnected) {
            document.querySelector("main").append(element);
          }
          try {
            element[name] = value;
            element[name] = undefined;
            const isBack = String(element[name]) === String(fresh[name]) && !element.hasAttribute(name);
            element[name] = value;
            element[name] = null;
            const isBackAgain = String(element[name]) === String(fresh[name]) && !element.hasAttribute(name);
            if (!isBack || !isBackAgain) {
              problems.push(`${name} stays ${String(element[name])} after ${String(value)}`);
            }
          } catch (error) {
            problems.push(`${name} = ${String(value)}: ${error}`);
          }
          element.remove();
        }
      }
    }
    return problems;
  }, properties);
  assert.deepEqual(found, []);
});

test("a boolean property does what the platform's own does", async (t) => {
  const { page } = await post(t, "");
  await page.waitForFunction(() => customElements.get("gan-sampler"));
  const booleans = members.filter(({ type, static: isStatic }) => type?.text === "boolean" && !isStatic);
  assert.deepEqual(booleans.map(({ name }) => name), ["controls"]);
  const found = await page.evaluate(() => {
    const all = (tag) => {
      const states = [];
      const look = (element) => states.push([element.controls, element.getAttribute("controls")]);
      for (const value of [true, false, "", "false", "controls", 0, 1, null, undefined, NaN, {}]) {
        const element = document.createElement(tag);
        element.controls = value;
        look(element);
        element.controls = false;
        look(element);
      }
      for (const text of ["", "controls", "false", "0"]) {
        const element = document.createElement(tag);
        element.setAttribute("controls", text);
        look(element);
        element.toggleAttribute("controls");
        look(element);
      }
      return states;
    };
    return [all("gan-sampler"), all("video")];
  });
  assert.deepEqual(found[0], found[1]);
});

test("a choice is read in letters of either case, and what is none is the usual one", async (t) => {
  const { page } = await post(t, "");
  await page.waitForFunction(() => customElements.get("gan-sampler"));
  const found = await page.evaluate(() => {
    const element = document.createElement("gan-sampler");
    const read = (name, text) => {
      element.setAttribute(name, text);
      return element[name];
    };
    return [read("loading", "EAGER"), read("loading", "soon"), read("reveal", "Interaction"), read("mode", "Walk"), read("mode", " ")];
  });
  assert.deepEqual(found, ["eager", "lazy", "interaction", "walk", "grid"]);
});

/** An element's latents, as it shows them. */
const latentOf = (sampler) => sampler.evaluate((element) => [...element.latent]);

/** Latents of four samples that no seed would draw. */
async function latents(t) {
  const { sampler } = await post(t, `<gan-sampler src="/${WEIGHTS}" count="4" seed="99"></gan-sampler>`);
  await drawn(sampler);
  return { values: await latentOf(sampler), picture: await pixels(sampler) };
}

/** Waits until the element shows what `wanted` is a picture of. */
const shows = (page, wanted) =>
  page.waitForFunction(
    (wanted) => document.querySelector("gan-sampler").shadowRoot.querySelector("canvas").toDataURL() === wanted,
    wanted,
    { timeout: 10_000 },
  );

for (const [when, script, set] of [
  ["before the script", null, (element, latent) => (element.latent = latent)],
  ["before the generator", undefined, (element, latent) => (element.latent = latent)],
  ["as a framework's attribute, before the script", null, (element, latent) => element.setAttribute("latent", String(latent))],
  ["as an attribute with blanks", undefined, (element, latent) => element.setAttribute("latent", latent.join(" \n"))],
]) {
  test(`latents that come ${when} are shown when the generator is there`, async (t) => {
    const { values, picture: wanted } = await latents(t);
    const { page, sampler, said } = await post(t, "<gan-sampler></gan-sampler>", { script });
    await sampler.evaluate(set, values);
    if (script === null) {
      await scriptArrives(page);
    }
    await page.waitForFunction(() => customElements.get("gan-sampler"));
    assert.deepEqual(await latentOf(sampler), values);
    await sampler.evaluate((element, src) => (element.src = src), `/${WEIGHTS}`);
    await drawn(sampler);
    await shows(page, wanted);
    assert.equal(await sampler.evaluate((element) => element.count), 4);
    // Newer wishes count: for new samples, and for those of the seed.
    await sampler.evaluate((element) => element.sample());
    assert.notDeepEqual(await latentOf(sampler), values);
    assert.deepEqual(said, []);
  });
}

test("latents that are null, undefined or empty text are those of the seed, early and late", async (t) => {
  const { values, picture: given } = await latents(t);
  const one = `<gan-sampler src="/${WEIGHTS}" seed="7"></gan-sampler>`;
  const { page: plain, sampler: ofSeed } = await post(t, one);
  await drawn(ofSeed);
  const wanted = await pixels(ofSeed);
  await plain.close();
  for (const nothing of [null, undefined, ""]) {
    for (const isEarly of [true, false]) {
      const { page, sampler, said } = await post(t, one, { script: isEarly ? null : undefined });
      const set = (value) => sampler.evaluate((element, value) => (element.latent = value), value);
      if (isEarly) {
        await set(nothing);
        await scriptArrives(page);
      } else {
        await drawn(sampler);
        await set(nothing);
      }
      await drawn(sampler);
      await shows(page, wanted);
      // Given once, and taken back: the count that came with them goes, too.
      await set(values);
      await shows(page, given);
      await set(nothing);
      await shows(page, wanted);
      assert.equal(await sampler.evaluate((element) => element.count), 16);
      assert.deepEqual(said, []);
    }
  }
});

test("latents stay when the way to look at them changes, and go with a new seed or count", async (t) => {
  const { values } = await latents(t);
  const { sampler } = await post(t, `<gan-sampler src="/${WEIGHTS}"></gan-sampler>`);
  await drawn(sampler);
  const after = (name, value) =>
    sampler.evaluate(
      (element, [latent, name, value]) => {
        element.latent = latent;
        element[name] = value;
        return [...element.latent];
      },
      [values, name, value],
    );
  assert.deepEqual(await after("mode", "walk"), values);
  assert.deepEqual(await after("columns", 1), values);
  assert.notDeepEqual(await after("seed", 12), values);
  assert.equal((await after("count", 9)).length, (values.length / 4) * 9);
});

test("latents that are no inputs are told of in place and by an event, and can be mended", async (t) => {
  const { values, picture: wanted } = await latents(t);
  const { page, sampler } = await post(t, `<gan-sampler src="/${WEIGHTS}"></gan-sampler>`);
  await drawn(sampler);
  const many = Array.from({ length: (values.length / 4) * 4097 }, () => 0);
  for (const [wrong, message] of [
    [[1, 2, 3], /whole inputs of/],
    [[], /whole inputs of/],
    ["one, two", /whole inputs of/],
    [5, /whole inputs of/],
    [{ length: 1e12 }, /whole inputs of/],
    [[...values.slice(1), "x"], /finite numbers/],
    [many, /4097 inputs; 4096 are allowed/],
  ]) {
    const told = await toldOf(sampler, "latent", wrong);
    assert.equal(told.code, "usage");
    assert.match(told.message, message);
    await sampler.getByRole("alert").getByText(message).waitFor();
    await sampler.evaluate((element, latent) => (element.latent = latent), values);
    await drawn(sampler);
    await shows(page, wanted);
  }
});

test("wrong latents that come early are told of once the generator is there", async (t) => {
  const { page, sampler, said } = await post(t, "<gan-sampler></gan-sampler>", { script: null });
  await sampler.evaluate((element) => (element.latent = [1, 2, 3]));
  await scriptArrives(page);
  const told = await toldOf(sampler, "src", `/${WEIGHTS}`);
  assert.equal(told.code, "usage");
  assert.match(told.message, /^latent: asks for whole inputs of/);
  assert.deepEqual(said, []);
});

test("after a trap the element tells of it, and it and every other go on", async (t) => {
  const one = `<gan-sampler src="/${WEIGHTS}" seed="7"></gan-sampler>`;
  const { page, asked, sampler } = await post(t, one + one, {
    routes: [
      [
        "**/wasm/gan_widget.js",
        async (route) => {
          const glue = await (await fetch(new URL("widget/wasm/gan_widget.js", siteUrl()))).text();
          const trap = `
            const { images } = Generator.prototype;
            Generator.prototype.images = function (...inputs) {
              if (globalThis.traps > 0) {
                globalThis.traps -= 1;
                throw new WebAssembly.RuntimeError("unreachable");
              }
              return images.apply(this, inputs);
            };`;
          await route.fulfill({ contentType: "text/javascript", body: glue + trap });
        },
      ],
    ],
  });
  const other = page.locator("gan-sampler").nth(1);
  await drawn(sampler);
  await drawn(other);
  const wanted = await pixels(sampler);
  await sampler.scrollIntoViewIfNeeded();
  await page.evaluate(() => (window.traps = 1));
  const told = await toldOf(sampler, "seed", 8);
  assert.deepEqual([told.code, told.message], ["module", "unreachable"]);
  // The other has a generator of the old instance.
  await other.evaluate((element) => element.sample());
  assert.notEqual(await pixels(other), wanted);
  await sampler.evaluate((element) => (element.seed = 7));
  await drawn(sampler);
  await shows(page, wanted);
  assert.equal(asked.filter((path) => path.endsWith(".wasm")).length, 1);
});
