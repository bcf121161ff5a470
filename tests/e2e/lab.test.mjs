// The lab: the plane of a run on points, what is found about the run, and what helps.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";
import { tinyConv } from "./support/nets.mjs";

const open = browserOfThisFile();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The preset `ring` has eight modes on this radius. */
const RADIUS = 2;
const MODES = Array.from({ length: 8 }, (_, k) => [
  RADIUS * Math.cos((k * Math.PI) / 4),
  RADIUS * Math.sin((k * Math.PI) / 4),
]);
/** Share of the picture's side that is left free around the real points. */
const MARGIN = 0.12;

const labOf = ({ page }) => ({
  plane: page.locator(".lab-plane canvas"),
  layer: (name) => page.getByRole("checkbox", { name, exact: true }),
  first: page.getByRole("slider", { name: "First latent coordinate" }),
  told: page.locator(".lab-walk p"),
  finding: (name) => page.getByRole("heading", { name, exact: true }),
  button: (name) => page.getByRole("button", { name, exact: true }),
});

/** Opens a run on points with the lab beside it. */
async function openLab(t, address, options) {
  const site = await open(t, { backend: "cpu", lang: "en", preset: "ring", ...address }, options);
  await site.until("a run", ({ phase }) => phase !== "loading");
  const lab = labOf(site);
  await lab.plane.waitFor({ state: "visible" });
  return { site, lab };
}

/** Leaves only the layers that are named. */
async function show(lab, ...names) {
  for (const name of ["Real", "Generated", "Discriminator", "Latent grid", "Pulls", "Trails"]) {
    await lab.layer(name).setChecked(names.includes(name));
  }
}

/** The picture: how many of its pixels have colour, and how many do around each of the places. */
function coloured(lab, places) {
  return lab.plane.evaluate(
    (canvas, { places, margin, radius }) => {
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
      const isColoured = (x, y) => data[4 * (y * width + x) + 3] > 64;
      // The square around the ring, with its margin; the ring's own width is small beside it.
      const side = (2 * radius) / (1 - 2 * margin);
      const around = ([x, y]) => {
        const [column, row] = [(0.5 + x / side) * width, (0.5 - y / side) * height].map(Math.round);
        const reach = Math.round(0.03 * width);
        let count = 0;
        for (let r = row - reach; r <= row + reach; r += 1) {
          for (let c = column - reach; c <= column + reach; c += 1) {
            if (r >= 0 && c >= 0 && r < height && c < width && isColoured(c, r)) count += 1;
          }
        }
        return count;
      };
      let all = 0;
      for (let place = 3; place < data.length; place += 4) all += data[place] > 64 ? 1 : 0;
      return { all, around: places.map(around) };
    },
    { places, margin: MARGIN, radius: RADIUS },
  );
}

test("the plane shows the real points at their modes, and nothing between them", async (t) => {
  const { site, lab } = await openLab(t);
  await show(lab, "Real");
  const between = MODES.map((_, k) => {
    const angle = ((k + 0.5) * Math.PI) / 4;
    return [RADIUS * Math.cos(angle), RADIUS * Math.sin(angle)];
  });
  const { all, around } = await coloured(lab, [...MODES, ...between, [0, 0]]);
  assert.ok(all > 100, `${all} pixels have colour`);
  for (const count of around.slice(0, 8)) assert.ok(count > 20, `around the modes: ${around}`);
  for (const count of around.slice(8)) assert.equal(count, 0, `elsewhere: ${around}`);
  site.assertNoProblems();
});

test("each layer of the plane can be shown alone", async (t) => {
  const { site, lab } = await openLab(t);
  await site.call("step", 200);
  await show(lab);
  assert.equal((await coloured(lab, [])).all, 0, "an empty picture");
  for (const name of ["Real", "Generated", "Latent grid", "Pulls"]) {
    await show(lab, name);
    const { all } = await coloured(lab, []);
    assert.ok(all > 50, `${name}: ${all} pixels have colour`);
  }
  await show(lab, "Discriminator");
  const { all } = await coloured(lab, []);
  assert.ok(all > 5_000, `the discriminator: ${all} pixels have colour`);
});

test("what the nets do is told to scripts that watch", async (t) => {
  const site = await open(t, { backend: "cpu", preset: "ring" });
  await site.untilReady();
  // The lab watches too, and the last one who asks is told.
  await labOf(site).plane.waitFor({ state: "visible" });
  const stage = await site.page.evaluate(
    () =>
      new Promise((resolve) => {
        window.ganPlayground.watch((told) => resolve({ ...told, numbers: [...told.numbers] }));
      }),
  );
  assert.deepEqual([stage.step, stage.reals, stage.fakes], [0, 1_000, 1_000]);
  assert.deepEqual([stage.pulls, stage.lattice, stage.latticeRows, stage.surface], [96, 20, 20, 40]);
  assert.equal(stage.numbers.length, 3 + 2 * 2_096 + 20 + 2 * 400 + 1_600);
  assert.ok(stage.numbers.every(Number.isFinite));
});

test("a walk over the latent grid says which latent goes where, by the keyboard too", async (t) => {
  const { lab } = await openLab(t);
  await lab.first.focus();
  await lab.first.press("ArrowRight");
  const text = await lab.told.textContent();
  assert.match(text, /^Latent \(-?[\d.]+, -?[\d.]+\) goes to \(-?[\d.]+, -?[\d.]+\)\.$/);
  await lab.first.press("End");
  assert.notEqual(await lab.told.textContent(), text);
  const described = await lab.plane.getAttribute("aria-label");
  assert.match(described, /^Step \d+: \d+ of 1000 generated points/);
});

test("the plane moves while the run trains", async (t) => {
  const watch = () => {
    window.drawn = 0;
    const { clearRect } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.clearRect = function (...rest) {
      if (this.canvas.closest(".lab-plane")) window.drawn += 1;
      return clearRect.apply(this, rest);
    };
  };
  const { site } = await openLab(t, {}, { init: [watch] });
  await site.call("start");
  await site.untilStep(50);
  const [before, begin] = await site.page.evaluate(() => [window.drawn, performance.now()]);
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  const [after, end] = await site.page.evaluate(() => [window.drawn, performance.now()]);
  const { stepsPerSecond } = await site.snapshot();
  const perSecond = ((after - before) * 1_000) / (end - begin);
  t.diagnostic(`${perSecond.toFixed(1)} pictures a second (goal 30), ${stepsPerSecond.toFixed(0)} steps`);
  // A machine that tests and builds other things at once is slower than what is promised.
  assert.ok(perSecond > 5, `${perSecond} pictures a second`);
});

test("one's own data are drawn by mouse and by keyboard, and trained on", async (t) => {
  const { site, lab } = await openLab(t);
  await lab.button("Draw your own data").click();
  assert.equal(await lab.button("Train on this").isDisabled(), true);
  await lab.plane.scrollIntoViewIfNeeded();
  const { x, y, width } = await lab.plane.boundingBox();
  await site.page.mouse.move(x + 0.3 * width, y + 0.3 * width);
  await site.page.mouse.down();
  await site.page.mouse.move(x + 0.7 * width, y + 0.3 * width, { steps: 40 });
  await site.page.mouse.up();
  await site.page.getByText(/^\d+ points drawn$/).waitFor();
  await lab.plane.focus();
  for (const key of ["ArrowDown", "ArrowDown", " "]) await lab.plane.press(key);
  await lab.button("Train on this").click();
  const drawn = async () => {
    const { data } = await site.page.evaluate(() => window.ganPlayground.spec());
    return data.points.kind === "drawn" ? data.points : null;
  };
  await site.until("the drawn run", async ({ phase, step }) => phase === "running" && step >= 2 && (await drawn()) !== null);
  const { points, sd } = await drawn();
  assert.ok(points.length > 8 && sd > 0, JSON.stringify(points));
  // The stroke lies above the middle, from left to right; the keyboard's point below it.
  const [first, last] = [points[0], points.at(-2)];
  assert.ok(first[0] < -0.5 && last[0] > 0.5, JSON.stringify(points));
  assert.ok(first[1] > 0.5 && last[1] > 0.5 && points.at(-1)[1] < 0, JSON.stringify(points));
  site.assertNoProblems();
});

test("a collapse is found, said in words, and a click begins its repair", async (t) => {
  const { site, lab } = await openLab(t, { preset: "ring-collapse", autostart: 1 });
  const { diagnoses, scores } = await site.until("a collapse", ({ diagnoses }) =>
    diagnoses.some(({ kind }) => kind === "collapse"),
  );
  const { severity, figures } = diagnoses.find(({ kind }) => kind === "collapse");
  assert.ok(severity > 0.7 && figures.occupied <= 0.26, JSON.stringify(diagnoses));
  assert.equal(scores.modes, 8);
  await lab.finding("Mode collapse").waitFor();
  // Both charts mark the step at which it was told; the next run has no marks.
  const marks = () => site.page.locator(".chart .grid .found").evaluateAll((all) => all.map((one) => one.getAttribute("d")));
  await site.until("marks", async () => (await marks()).every((path) => /^M/.test(path)));
  assert.equal((await marks()).length, 2);
  const { step } = await site.snapshot();
  const repair = "R3GAN's settings: relativistic pairs, R1 and R2, no momentum starts at step 0";
  await lab.button(repair).click();
  await site.until("the repaired run", (now) => now.phase === "running" && now.step < step);
  const spec = await site.page.evaluate(() => window.ganPlayground.spec());
  assert.equal(spec.objective, "relativistic_paired");
  assert.deepEqual(spec.penalties.map(({ kind }) => kind), ["r1", "r2"]);
  await lab.finding("Mode collapse").waitFor({ state: "detached" });
  await site.until("no marks", async () => (await marks()).every((path) => path === ""));
  site.assertNoProblems();
});

const lessonsThere = ({ page }) => page.waitForFunction(() => window.ganPlayground.lesson);

test("scripts can list the lessons, and give each of them to its end", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en" });
  await lessonsThere(site);
  const lessons = await site.page.evaluate(() => window.ganPlayground.lessons());
  assert.ok(lessons.length >= 2, JSON.stringify(lessons));
  for (const { id, title } of lessons) {
    assert.ok(title.length > 3, id);
  }
  // A run takes one processor: two pages share the lessons, as each is free for another one.
  const waiting = lessons.map(({ id }) => id);
  const give = async (page) => {
    for (let id = waiting.shift(); id; id = waiting.shift()) {
      const begin = performance.now();
      await page.callWithin(360_000, "lesson", id);
      t.diagnostic(`${id} reached its end after ${((performance.now() - begin) / 1_000).toFixed(1)} s`);
    }
  };
  const other = await open(t, { backend: "cpu", lang: "en" });
  await lessonsThere(other);
  await Promise.all([give(site), give(other)]);
  other.assertNoProblems();
  const { code, message } = await site.refusal("lesson", "no-such-lesson");
  assert.equal(code, "usage");
  assert.match(message, /no-such-lesson/);
  site.assertNoProblems();
});

test("a lesson leads through a run step by step, with a question", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", lesson: "what-is-a-gan" });
  const lab = labOf(site);
  const next = lab.button("Next");
  await site.page.getByText("Step 1 of 5").waitFor();
  await site.until("the lesson's run", ({ preset, phase }) => preset === "ring" && phase === "ready");
  await next.click();
  assert.equal(await lab.layer("Discriminator").isChecked(), true);
  assert.equal(await lab.layer("Latent grid").isChecked(), false);
  await next.click();
  await site.until("the run to train", ({ phase }) => phase === "running");
  await site.page.getByText("Waits for step 300.").waitFor();
  assert.equal(await next.isDisabled(), true);
  await site.page.getByText("There it is.").waitFor({ timeout: 120_000 });
  await next.click();
  await site.page.getByText("Step 4 of 5").waitFor();
  await site.page.getByText("There it is.").waitFor({ timeout: 120_000 });
  await next.click();
  await lab.button("From the real points").click();
  await site.page.getByText("No: it never sees one.", { exact: false }).waitFor();
  await lab.button("From the discriminator's gradient").click();
  await site.page.getByText("Yes. The pulls that you saw", { exact: false }).waitFor();
  await lab.button("Finish").click();
  await site.page.getByRole("heading", { name: "What is a GAN?: in short" }).waitFor();
  await lab.button("All lessons").click();
  await site.page.getByRole("button", { name: "What is a GAN?" }).waitFor();
  site.assertNoProblems();
});

test("a lesson that is left is told to the script that waits for it", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en" });
  await lessonsThere(site);
  const left = site.refusal("lesson", "what-is-a-gan");
  await labOf(site).button("Leave the lesson").click();
  assert.equal((await left).code, "left");
});

test("a lesson that is not there is told", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "en", lesson: "no-such-lesson" });
  await site.page.getByText("There is no lesson called no-such-lesson.").waitFor();
});

test("a lesson speaks the page's language", async (t) => {
  const site = await open(t, { backend: "cpu", lang: "zh", lesson: "collapse-on-a-ring" });
  await site.page.getByRole("heading", { name: "模式崩溃及其修复" }).waitFor();
  await site.page.getByRole("button", { name: "English", exact: true }).click();
  await site.page.getByRole("heading", { name: "Mode collapse, and a repair" }).waitFor();
});

test("a run on images has no plane, and gets its sheets back after points", async (t) => {
  const { site, lab } = await openLab(t);
  const sheets = site.page.locator(".sheets");
  assert.equal(await sheets.isVisible(), false);
  await site.call("load", { preset: "mnist-dcgan-small", ...tinyConv });
  await lab.plane.waitFor({ state: "hidden" });
  await sheets.waitFor({ state: "visible" });
});

test("without the lab the page works as before", async (t) => {
  const routes = [["**/lab/gan_lab.js", (route) => route.abort()]];
  const site = await open(t, { backend: "cpu", preset: "ring" }, { routes });
  await site.untilReady();
  await site.call("step", 3);
  assert.equal((await site.snapshot()).step, 3);
  assert.ok(await site.page.locator(".sheets").isVisible());
});

for (const scheme of ["light", "dark"]) {
  test(`no barrier in the lab that axe finds: ${scheme}`, async (t) => {
    const context = { viewport: { width: 390, height: 900 }, colorScheme: scheme };
    const { site, lab } = await openLab(t, { preset: "ring-collapse", autostart: 1 }, { context });
    await lab.finding("Mode collapse").waitFor({ timeout: 120_000 });
    await site.call("pause");
    await site.page.evaluate(axe);
    const violations = await site.page.evaluate(async () => {
      const { violations: found } = await window.axe.run(document);
      return found.map(({ id, help, nodes }) => `${id}: ${help} at ${nodes.map((n) => n.target)}`);
    });
    assert.deepEqual(violations, []);
    const wider = await site.page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    assert.equal(wider, 0, `${wider} px wider than the window`);
  });
}

const imagesOf = ({ page }) => ({
  section: page.getByRole("region", { name: "Look closer" }),
  told: page.locator(".lab-digits p[role=status]"),
  shares: () =>
    page.locator(".lab-digits li .hint").evaluateAll((shares) => shares.map((share) => parseInt(share.textContent, 10))),
  errors: () => page.locator(".lab-digits li .lab-error").allInnerTexts(),
  samples: page.locator(".lab-sheet li"),
  board: page.getByRole("application", { name: /Board to draw on/ }),
  sampler: page.locator(".lab-sampler gan-sampler canvas"),
});

/** Opens a run on digits with the lab beside it, trained for a few steps. */
async function openImages(t, spec = tinyConv, options = {}) {
  const site = await open(t, { backend: "cpu", lang: "en", panel: "look", spec }, options);
  await site.until("a run", ({ phase }) => phase !== "loading");
  await site.call("step", 5);
  const images = imagesOf(site);
  await images.section.waitFor({ state: "visible" });
  return { site, images };
}

test("the digits' shares stand apart on a phone, however large they are", async (t) => {
  const context = { viewport: { width: 390, height: 900 } };
  const { site, images } = await openImages(t, tinyConv, { context });
  await images.told.waitFor({ state: "visible" });
  const gaps = await site.page.locator(".lab-digits li .hint").evaluateAll((shares) => {
    const boxes = shares.map((share) => {
      share.textContent = "100 %";
      const range = document.createRange();
      range.selectNodeContents(share);
      return range;
    });
    const placed = boxes.map((range) => range.getBoundingClientRect());
    const beside = placed.slice(1).map((box, i) => [placed[i], box]);
    return beside.filter(([a, b]) => a.top === b.top).map(([a, b]) => b.left - a.right);
  });
  assert.ok(gaps.length >= 8 && gaps.every((gap) => gap >= 4), `gaps of ${gaps} px`);
});

test("the digits among fresh samples are counted", async (t) => {
  const { images } = await openImages(t);
  await images.told.waitFor({ state: "visible" });
  const shares = await images.shares();
  const sum = shares.reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(sum - 100) <= 5, `${shares}`);
  const errors = await images.errors();
  assert.ok(errors.length === 10 && errors.every((error) => /^± [1-5]$/.test(error)), `${errors}`);
  // Nets this small and young draw noise, which no reader takes for all ten digits alike.
  await images.told.getByText("Hardly drawn or missing").waitFor();
});

test("the discriminator judges samples, and a drawing made by mouse or keyboard", async (t) => {
  const { site, images } = await openImages(t);
  const lab = labOf(site);
  await lab.button("Judge fresh samples").click();
  await images.samples.nth(15).waitFor();
  assert.match(await images.samples.first().locator("canvas").getAttribute("aria-label"), /read as [0-9]: the discriminator says [0-9]+ %/);
  await lab.button("Draw one yourself").click();
  await images.board.scrollIntoViewIfNeeded();
  const box = await images.board.boundingBox();
  const at = (x, y) => [box.x + x * box.width, box.y + y * box.height];
  await site.page.mouse.move(...at(0.5, 0.15));
  await site.page.mouse.down();
  await site.page.mouse.move(...at(0.5, 0.85), { steps: 12 });
  await site.page.mouse.up();
  await site.page.getByText("Read as 1, with").waitFor();
  await lab.button("Clear").click();
  await site.page.getByText("Draw with mouse, finger or keyboard").waitFor();
  await images.board.focus();
  await site.page.keyboard.press("Space");
  await site.page.getByText(/The discriminator says [0-9]+ %/).waitFor();
});

test("the generator is walked through, taken along, and those that are trained are shown", async (t) => {
  const { site, images } = await openImages(t);
  await site.show("take");
  const lab = labOf(site);
  await lab.button("Take it now").click();
  await images.sampler.waitFor({ state: "visible" });
  const saved = site.page.waitForEvent("download");
  await site.page.getByRole("link", { name: "Download the file" }).click();
  const bytes = await readFile(await (await saved).path());
  assert.match(bytes.subarray(0, 4000).toString("latin1"), /gan-playground-generator-1/);
  assert.doesNotMatch(bytes.subarray(0, 4000).toString("latin1"), /"dtype":"I8"/);
  await site.page.getByLabel("Half the size: 8 bits a number").check();
  const link = site.page.getByRole("link", { name: "Download the file" });
  await site.until("a file of 8 bits a number", async () => {
    const address = await link.getAttribute("href");
    const text = await site.page.evaluate(async (address) => (await fetch(address)).text(), address);
    return /"dtype":"I8"/.test(text);
  });
  const snippet = (await site.page.locator(".lab-generator pre").textContent()).split("\n");
  assert.equal(snippet.length, 2);
  assert.ok(snippet[0].includes(new URL("widget/gan-sampler.js", site.page.url()).href), snippet[0]);
  assert.match(snippet[1], /^<gan-sampler src="generator.safetensors" .*width.*><a href="http.*">.+<\/a><\/gan-sampler>$/);
  // The page under test is one of this machine.
  await site.page.getByRole("note").getByText("lead to this machine alone").waitFor();
  await lab.button("A digit of your choice").click();
  await site.page.locator(".lab-sampler").getByRole("combobox", { name: "Class" }).waitFor({ state: "visible" });
});

test("a generator of points is taken along and drawn as points", async (t) => {
  const { site } = await openLab(t, { panel: "take" });
  await site.call("step", 20);
  const lab = labOf(site);
  await lab.button("Take it now").click();
  const picture = site.page.locator(".lab-sampler gan-sampler canvas");
  await site.page.locator(".lab-sampler").getByRole("img", { name: "1000 points of a generator, in the plane" }).waitFor();
  const share = await picture.evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((x, i) => i % 4 === 3 && x > 0).length / (canvas.width * canvas.height);
  });
  assert.ok(share > 0.001 && share < 0.9, `${share} of the picture is drawn on`);
  await lab.button("Collapsed").click();
  await site.page.locator(".lab-sampler").getByRole("img", { name: "16 samples of a generator" }).waitFor();
});

test("a run's past can be scrubbed through and saved as GIF, PNG and CSV", async (t) => {
  for (const spec of [{ ...tinyConv }, undefined]) {
    const site = await open(t, { backend: "cpu", lang: "en", panel: "past", ...(spec ? { spec } : { preset: "ring" }) });
    await site.until("a run", ({ phase }) => phase !== "loading");
    const slider = site.page.getByRole("slider", { name: "Moment" });
    for (let step = 0; !(await slider.isVisible()) || Number(await slider.getAttribute("max")) < 3; step += 1) {
      assert.ok(step < 40, "moments are kept");
      await site.call("step", 1 + step);
      await site.page.waitForTimeout(600);
    }
    const picture = site.page.locator(".lab-timeline canvas");
    const pixels = () => picture.evaluate((canvas) => canvas.toDataURL());
    const newest = await pixels();
    await slider.focus();
    await site.page.keyboard.press("Home");
    await site.page.locator(".lab-timeline p.number").getByText("Step 1;").waitFor();
    assert.equal((await pixels()) === newest, false);
    // The losses at the moment are told, and a press in their chart leads to its moment.
    const told = site.page.locator(".lab-timeline p.number");
    assert.match(await told.innerText(), /generator’s loss -?\d+\.\d{3}, discriminator’s -?\d+\.\d{3};/);
    const plot = site.page.locator(".lab-past-losses .plot");
    const { width } = await plot.boundingBox();
    await plot.click({ position: { x: width - 12, y: 40 } });
    assert.equal(await slider.inputValue(), await slider.getAttribute("max"));
    assert.equal(await pixels(), newest);
    assert.equal(await plot.locator(".reading circle").count(), 2);
    const bytesOf = async (name) => {
      const saved = site.page.waitForEvent("download");
      await site.page.locator(".lab-timeline").getByRole("button", { name, exact: true }).click();
      return readFile(await (await saved).path());
    };
    assert.equal((await bytesOf("GIF")).subarray(0, 6).toString("latin1"), "GIF89a");
    assert.equal((await bytesOf("PNG")).subarray(1, 4).toString("latin1"), "PNG");
    const table = (await bytesOf("CSV")).toString().trim().split("\n");
    assert.match(table[0], /^step,generatorLoss,discriminatorLoss,.*realScore/);
    assert.ok(table.length >= 4 && table[1].startsWith("1,"), table.join(" | "));
    const { step, losses } = await site.snapshot();
    const last = table.at(-1).split(",").map(Number);
    assert.deepEqual(last.slice(0, 3), [step, losses.generator, losses.discriminator]);
    assert.ok(table.slice(1).every((row) => row.split(",").length === table[0].split(",").length));
    await site.page.close();
  }
});
