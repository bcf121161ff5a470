// The user's own pictures: chosen or dropped, cut to the nets' size, trained on.

import assert from "node:assert/strict";
import { test } from "node:test";

import { shared } from "../../web/lab/pictures.js";
import { browserOfThisFile, siteUrl } from "./support/browser.mjs";
import { folderOf, png } from "./support/pictures.mjs";

const open = browserOfThisFile();

const grey = (value) => png(40, 30, () => [value, value, value]);

async function openPictures(t, address = {}) {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "ring", panel: "data", ...address });
  await site.until("a run", ({ phase }) => phase !== "loading");
  const panel = site.page.locator(".lab-pictures");
  await panel.waitFor();
  const choose = async (button, files) => {
    const chooser = site.page.waitForEvent("filechooser");
    await panel.getByRole("button", { name: button }).click();
    await (await chooser).setFiles(files);
  };
  /** The pixel of the sheet at a place, in pixels of the pictures. */
  const shown = (x, y) =>
    panel.locator("canvas").first().evaluate(
      (canvas, [x, y]) => [...canvas.getContext("2d").getImageData(x, y, 1, 1).data].slice(0, 3),
      [x, y],
    );
  return { site, panel, choose, shown };
}

test("a folder of pictures is trained on, and its folders are classes", async (t) => {
  const files = { "notes.txt": "no picture", "dark/broken.png": "no picture either" };
  for (let i = 0; i < 20; i += 1) {
    files[`dark/${i}.png`] = grey(i);
    files[`light/${i}.png`] = grey(255 - i);
  }
  const { site, panel, choose } = await openPictures(t);
  await choose("Choose a folder…", folderOf(t, files));
  const told = panel.getByRole("status").first();
  await told.getByText("40 of 41 pictures are read.").waitFor();
  assert.match(await told.innerText(), /1 could not be read: .*dark\/broken\.png/);
  await panel.getByText("dark 20 · light 20").waitFor();
  await panel.getByRole("combobox").selectOption("folders");
  await told.getByText("40 of 41 pictures are read.").waitFor();
  await panel.getByRole("button", { name: "Train on these pictures" }).click();
  await site.until("the run on them", ({ dataset, step }) => dataset === "idx_files" && step >= 150);
  const spec = await site.page.evaluate(() => window.ganPlayground.spec());
  assert.equal(spec.labels.classes, 2);
  const mean = async (label) => {
    const { pixels } = await site.call("sample", { count: 16, seed: 2, label });
    return Object.values(pixels).reduce((sum, value) => sum + value, 0) / (16 * 28 * 28);
  };
  const [dark, light] = [await mean(0), await mean(1)];
  t.diagnostic(`mean pixel ${dark.toFixed(0)} of the dark class, ${light.toFixed(0)} of the light one`);
  assert.ok(dark + 60 < light, "the class that is asked for is drawn");
  site.assertNoProblems();
});

test("what is no picture is left out and counted; numbered folders come in their order", async (t) => {
  const files = {
    ".DS_Store": "x",
    "__MACOSX/1/._1.png": "x",
    "2/.ipynb_checkpoints/0.png": grey(3),
    "2/Thumbs.db": "x",
    "1/photo.heic": "x",
    "1/scan.tiff": "x",
    "10/scan.tiff": "x",
  };
  for (const folder of [1, 2, 10]) {
    for (let i = 0; i < 4; i += 1) {
      files[`${folder}/${i}.png`] = grey(20 * folder + i);
    }
  }
  const { panel, choose } = await openPictures(t);
  await choose("Choose a folder…", folderOf(t, files));
  const told = panel.getByRole("status").first();
  await told.getByText("12 of 12 pictures are read.").waitFor();
  const text = await told.innerText();
  assert.match(text, /4 hidden files were left out/);
  assert.match(text, /1 HEIC, 2 TIFF|2 TIFF, 1 HEIC/);
  await panel.getByText("1 4 · 2 4 · 10 4").waitFor();
});

test("a limit is shared among folders", () => {
  const files = (folder, count) =>
    Array.from({ length: count }, (_, i) => ({ path: `all/${folder}/${i}.png` }));
  const kept = shared([...files("a", 12_000), ...files("b", 8_500), ...files("c", 300)], 20_000);
  const counts = ["a", "b", "c"].map(
    (folder) => kept.filter(({ path }) => path.startsWith(`all/${folder}/`)).length,
  );
  assert.deepEqual(counts, [11_200, 8_500, 300]);
  assert.equal(shared(files("a", 5), 20_000).length, 5);
});

test("two folders are pairs, or are translated one to the other", async (t) => {
  // What is given is red, what is wanted is blue. A picture that cannot be read leaves its half alone.
  const files = { "given/07.png": "no picture" };
  for (let i = 0; i < 24; i += 1) {
    const name = `${String(i).padStart(2, "0")}.png`;
    files[`given/${name}`] ??= png(32, 32, () => [220, 8 * i, 20]);
    files[`wanted/${name}`] = png(32, 32, () => [20, 8 * i, 220]);
  }
  const { site, panel, choose } = await openPictures(t);
  await choose("Choose a folder…", folderOf(t, files));
  await panel.getByText("47 of 48 pictures are read.").waitFor();
  const form = panel.getByRole("combobox").first();
  const train = async (name, part) => {
    await form.selectOption(name);
    await panel.getByText("47 of 48 pictures are read.").waitFor();
    await panel.getByRole("button", { name: "Train on these pictures" }).click();
    await site.page.waitForFunction((part) => part in window.ganPlayground.spec(), part);
    await site.until("its steps", ({ dataset, error, step }) => dataset === "idx_files" && error === null && step >= 40);
    return site.page.evaluate(() => window.ganPlayground.spec());
  };
  const pairs = await train("paired", "condition");
  assert.deepEqual([pairs.condition.picture, pairs.data.classes], [{ kind: "paired", class: 0 }, [1]]);
  // Samples are made of pictures that are given: each is as green as its own.
  const { pixels } = await site.call("sample", { count: 16, seed: 2 });
  const sums = [0, 1, 2].map((channel) =>
    Object.values(pixels).reduce((sum, value, at) => (at % 3 === channel ? sum + value : sum), 0),
  );
  t.diagnostic(`red, green, blue: ${sums.map((sum) => (sum / 16 / 1024).toFixed(0))}`);
  assert.ok(sums[2] > 2 * sums[0], "red has become blue");
  // The widget shows what is drawn, which is what is given, and what is made of it.
  await site.show("take");
  await site.page.getByRole("button", { name: "Take it now", exact: true }).click();
  await site.page.waitForFunction(() => {
    const canvas = document.querySelector("gan-sampler")?.shadowRoot?.querySelector("canvas");
    return canvas?.width === 2 * 33 - 1;
  });
  await site.show("data");
  const translated = await train("translated", "translation");
  assert.deepEqual(
    [translated.translation.from.classes, translated.data.classes, translated.condition],
    [[0], [1], undefined],
  );
  // A third folder has no place in either.
  await choose("Choose a folder…", folderOf(t, { ...files, "more/1.png": grey(9) }));
  await panel.getByText("48 of 49 pictures are read.").waitFor();
  const open = await form.evaluate((select) =>
    [...select.options].filter((option) => !option.disabled).map((option) => option.value),
  );
  assert.deepEqual(open, ["grey", "colour", "folders", "enlarged", "filled", "denoised", "coloured"]);
  assert.equal(await form.inputValue(), "colour");
  site.assertNoProblems();
});

test("a generator learns to mend pictures of one's own, of a size that is chosen", async (t) => {
  const { site, panel, choose } = await openPictures(t);
  const files = Array.from({ length: 24 }, (_, i) => [`${i}.png`, png(64, 64, (x, y) => [4 * x, 4 * y, 10 * i])]);
  await choose("Choose a folder…", folderOf(t, Object.fromEntries(files)));
  await panel.getByText("24 of 24 pictures are read.").waitFor();
  const [form, size] = [0, 1].map((place) => panel.locator("select").nth(place));
  assert.equal(await size.isVisible(), false, "other nets have one size");
  for (const [task, side, kind, given] of [
    ["enlarged", 48, "downscaled", 12],
    ["filled", 32, "masked", 32],
    ["denoised", 64, "noised", 64],
    ["coloured", 32, "grey", 32],
  ]) {
    await form.selectOption(task);
    await size.selectOption(String(side));
    await panel.getByText("24 of 24 pictures are read.").waitFor();
    await panel.getByRole("button", { name: "Train on these pictures" }).click();
    await site.page.waitForFunction(
      (kind) => window.ganPlayground.spec().condition?.picture.kind === kind,
      kind,
    );
    await site.until(`steps of ${task}`, ({ error, step }) => error === null && step >= 3);
    const { data } = await site.page.evaluate(() => window.ganPlayground.spec());
    assert.deepEqual([data.channels, data.height, data.width], [3, side, side], task);
    // The sheet shows what is given as large as what is made: blocks of pixels, where it is smaller.
    const distinct = await site.page.locator("#fixed-sheet").evaluate((canvas, side) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, side, 1);
      return new Set(Array.from({ length: side }, (_, x) => data.slice(4 * x, 4 * x + 3).join())).size;
    }, side);
    assert.ok(distinct <= given, `${task}: ${distinct} colours in a row`);
  }
  site.assertNoProblems();
});

test("pictures that are dropped are trained on in colour", async (t) => {
  const { site, panel, shown } = await openPictures(t);
  const pictures = Array.from({ length: 24 }, (_, i) => png(48, 48, () => [200, i, 40]));
  const dataTransfer = await site.page.evaluateHandle(
    (all) => {
      const transfer = new DataTransfer();
      for (const [index, bytes] of all.entries()) {
        const file = new File([new Uint8Array(bytes)], `${index}.png`, { type: "image/png" });
        transfer.items.add(file);
      }
      return transfer;
    },
    pictures.map((bytes) => [...bytes]),
  );
  for (const type of ["dragenter", "dragover", "drop"]) {
    await site.page.dispatchEvent("main", type, { dataTransfer });
  }
  await panel.getByText("24 of 24 pictures are read.").waitFor();
  assert.ok(await site.page.locator(".drop").isHidden(), "nothing is being dragged any more");
  await panel.getByRole("combobox").selectOption("colour");
  await panel.getByText("24 of 24 pictures are read.").waitFor();
  // The eleventh of twelve in the first row.
  assert.deepEqual(await shown(10 * 33 + 5, 5), [200, 10, 40]);
  await panel.getByRole("button", { name: "Train on these pictures" }).click();
  await site.until("the run on them", ({ dataset, step }) => dataset === "idx_files" && step >= 60);
  const { width, height, channels, pixels } = await site.call("sample", { count: 16, seed: 2 });
  assert.deepEqual([width, height, channels], [32, 32, 3]);
  const mean = (channel) => {
    const values = Object.values(pixels).filter((_, at) => at % 3 === channel);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  t.diagnostic(`mean red, green, blue: ${[0, 1, 2].map((c) => mean(c).toFixed(0))}`);
  assert.ok(mean(0) > mean(1) + 60 && mean(0) > mean(2) + 60, "the samples are red as the pictures are");
  site.assertNoProblems();
});

test("pictures that are dropped while another panel is shown are taken, and shown", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "ring" });
  await site.untilLab();
  const files = [10, 200].map((value) => [`${value}.png`, grey(value).toString("base64")]);
  await site.page.evaluate((files) => {
    const dataTransfer = new DataTransfer();
    for (const [name, base64] of files) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      dataTransfer.items.add(new File([bytes], name, { type: "image/png" }));
    }
    const drop = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
    document.querySelector("main").dispatchEvent(drop);
  }, files);
  const panel = site.page.locator("#data .lab-pictures");
  await panel.getByText("2 of 2 pictures are read.").waitFor();
  assert.ok(await panel.isVisible());
  site.assertNoProblems();
});

test("pictures are not taken where a teacher's link hides them", async (t) => {
  const site = new URL("?hide=pictures", siteUrl());
  const playground = await open(t, { backend: "cpu", lang: "en", preset: "ring", panel: "data" }, { site });
  await playground.until("a run", ({ phase }) => phase !== "loading");
  const { page } = playground;
  await playground.untilLab();
  const taken = await page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["no picture"], "a.png", { type: "image/png" }));
    const reached = new Promise((resolve) => addEventListener("drop", () => resolve(true), { once: true }));
    const drop = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
    document.querySelector("main").dispatchEvent(drop);
    return Promise.race([reached, new Promise((resolve) => setTimeout(() => resolve(false), 500))]);
  });
  assert.ok(taken, "the drop reaches the page");
});

test("files for a run are refused by name where they are none", async (t) => {
  const { site } = await openPictures(t);
  const codes = await site.page.evaluate(async () => {
    const told = [];
    for (const files of [undefined, null, {}, [{ name: "a" }], [{ bytes: new Uint8Array(1) }]]) {
      told.push(await window.ganPlayground.files(files).then(() => "taken", ({ code }) => code));
    }
    return told;
  });
  assert.deepEqual(codes, Array(5).fill("usage"));
});

test("a wide picture is cut to its middle, or kept whole with margins", async (t) => {
  // Red, white and blue thirds.
  const flag = png(90, 30, (x) => [[220, 0, 0], [255, 255, 255], [0, 0, 220]][Math.floor(x / 30)]);
  const { panel, choose, shown } = await openPictures(t);
  await choose("Choose pictures…", [
    { name: "flag.png", mimeType: "image/png", buffer: flag },
    { name: "2.png", mimeType: "image/png", buffer: grey(9) },
  ]);
  await panel.getByText("2 of 2 pictures are read.").waitFor();
  await panel.getByRole("combobox").selectOption("colour");
  await panel.getByText("2 of 2 pictures are read.").waitFor();
  // The second by name.
  assert.deepEqual(await shown(33 + 2, 16), [255, 255, 255]);
  await panel.getByRole("checkbox").check();
  await panel.getByText("2 of 2 pictures are read.").waitFor();
  assert.deepEqual(await shown(33 + 2, 16), [220, 0, 0]);
  assert.deepEqual(await shown(33 + 29, 16), [0, 0, 220]);
  assert.deepEqual(await shown(33 + 2, 2), [255, 255, 255], "the margin is white");
});

test("a picture has its file's numbers, whatever gamma the file names for screens", async (t) => {
  const file = png(28, 28, (x) => (x < 14 ? [64, 64, 64] : [128, 128, 128]), { gamma: 1 });
  const { panel, choose, shown } = await openPictures(t);
  await choose("Choose pictures…", [{ name: "1.png", mimeType: "image/png", buffer: file }]);
  await panel.getByText("1 of 1 pictures are read.").waitFor();
  assert.deepEqual([await shown(3, 14), await shown(24, 14)], [[64, 64, 64], [128, 128, 128]]);
});

test("a folder without pictures, and pictures that are none, are told", async (t) => {
  const { panel, choose } = await openPictures(t);
  await choose("Choose a folder…", folderOf(t, { "a.txt": "a", "b/c.txt": "c" }));
  await panel.getByRole("alert").getByText("No pictures were found").waitFor();
  await choose("Choose pictures…", [
    { name: "half.png", mimeType: "image/png", buffer: grey(9).subarray(0, 40) },
    { name: "text.png", mimeType: "image/png", buffer: Buffer.from("text") },
  ]);
  await panel.getByText("0 of 2 pictures are read. 2 could not be read: half.png, text.png").waitFor();
  assert.ok(await panel.getByRole("alert").isHidden());
  assert.ok(await panel.getByRole("button", { name: "Train on these pictures" }).isDisabled());
});

test("the generator follows the run, and what was set by hand stays", async (t) => {
  const spec = { data: { source: "drawn_digits" } };
  const { site } = await openPictures(t, { preset: "mnist-conditional", spec });
  await site.show("take");
  const panel = site.page.locator(".lab-generator");
  await site.call("step", 3);
  await panel.getByLabel("Follow the run").check();
  await panel.getByText("As of step 3;").waitFor();
  const sampler = panel.locator("gan-sampler");
  const state = () =>
    sampler.evaluate((element) => {
      const canvas = element.shadowRoot.querySelector("canvas");
      return { latent: [...element.latent], label: element.label, picture: canvas.toDataURL() };
    });
  await sampler.evaluate(async (element) => {
    element.scrollIntoView();
    const drawn = new Promise((resolve) => element.addEventListener("sample", resolve, { once: true }));
    element.label = 7;
    await drawn;
  });
  const before = await state();
  const again = sampler.evaluate(
    (element) => new Promise((done) => element.addEventListener("sample", () => done(), { once: true })),
  );
  await site.call("step", 3);
  await panel.getByText("As of step 6;").waitFor();
  await again;
  const after = await state();
  assert.deepEqual([after.latent, after.label], [before.latent, 7]);
  assert.notEqual(after.picture, before.picture);
  site.assertNoProblems();
});
