// How the page looks and reads, at the widths of phones and desks, in both languages and both
// colour schemes.

import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { browserOfThisFile, siteUrl } from "./support/browser.mjs";
import { controlsOf } from "./support/controls.mjs";
import { tinyConv } from "./support/nets.mjs";

const open = browserOfThisFile();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const output = fileURLToPath(new URL("output/", import.meta.url));

before(() => mkdir(output, { recursive: true }));

/** The page with charts and sheets of a run that has been trained a little. */
async function openTrained(t, lang, colorScheme, width) {
  const viewport = { width, height: 900 };
  const address = { backend: "cpu", lang, spec: tinyConv };
  const site = await open(t, address, { context: { viewport, colorScheme } });
  await site.untilReady();
  await site.call("step", 30);
  return site;
}

for (const lang of ["en", "zh"]) {
  for (const scheme of ["light", "dark"]) {
    for (const width of [390, 1440]) {
      test(`no barrier that axe finds: ${lang}, ${scheme}, ${width} px`, async (t) => {
        const site = await openTrained(t, lang, scheme, width);
        const path = `${output}page-${lang}-${scheme}-${width}.png`;
        await site.page.screenshot({ path, fullPage: true });
        await site.page.evaluate(axe);
        const violations = await site.page.evaluate(async () => {
          const { violations: found } = await window.axe.run(document);
          return found.map(({ id, help, nodes }) => ({
            rule: `${id}: ${help}`,
            at: nodes.map(({ target, failureSummary }) => `${target.join(" ")} ${failureSummary}`),
          }));
        });
        assert.deepEqual(violations, []);
      });
    }
  }
}

for (const width of [360, 390, 768, 1440, 3840]) {
  test(`nothing is wider than a window of ${width} px`, async (t) => {
    for (const lang of ["en", "zh"]) {
      const site = await openTrained(t, lang, "light", width);
      const { scrollWidth, clientWidth, wide } = await site.page.evaluate(() => {
        const root = document.documentElement;
        const wider = [...document.body.querySelectorAll("*")].filter(
          (element) => element.getBoundingClientRect().right > root.clientWidth + 1,
        );
        return {
          scrollWidth: root.scrollWidth,
          clientWidth: root.clientWidth,
          wide: wider.slice(0, 5).map((element) => element.outerHTML.slice(0, 120)),
        };
      });
      assert.ok(scrollWidth <= clientWidth, `${lang}: ${scrollWidth} px wide: ${wide.join("\n")}`);
    }
  });
}

test("a large screen is made use of, and a wide and low one is not filled by large letters", async (t) => {
  const { page } = await openTrained(t, "en", "light", 1440);
  const letters = async (width, height) => {
    await page.setViewportSize({ width, height });
    return page.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
  };
  for (const [width, height] of [[1440, 900], [2560, 1440], [3840, 2160]]) {
    await letters(width, height);
    const { width: used } = await page.locator(".columns").boundingBox();
    assert.ok(used > 0.75 * width, `${used} of ${width} px`);
  }
  assert.equal(await letters(3840, 2160), 36);
  assert.equal(await letters(3440, 1440), 24);
  assert.equal(await letters(2560, 1080), 16);
});

test("a teacher's link that hides a panel's parts hides its tab, and the rest stays in place", async (t) => {
  const context = { viewport: { width: 1440, height: 900 } };
  const site = new URL("?hide=settings,runs,timeline", siteUrl());
  const { page } = await open(t, { backend: "cpu", lang: "en", preset: "ring" }, { context, site });
  await page.getByRole("tab", { name: "Take along" }).waitFor();
  assert.equal(await page.getByRole("tab", { name: "Past" }).count(), 0);
  const [picture, charts] = await Promise.all(
    [".picture", ".charts"].map((part) => page.locator(part).boundingBox()),
  );
  assert.ok(await page.locator(".settings").isHidden());
  assert.ok(charts.x > picture.x + picture.width && charts.y - picture.y < 60);
});

test("the colour scheme follows the system", async (t) => {
  const background = async (scheme) => {
    const site = await openTrained(t, "en", scheme, 1440);
    return site.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  };
  const lightness = (color) => color.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
  assert.ok(lightness(await background("light")) > 600);
  assert.ok(lightness(await background("dark")) < 200);
});

test("the colour scheme follows the system while the page is open, until one is chosen", async (t) => {
  const { page } = await openTrained(t, "en", "light", 1440);
  const scheme = () => page.evaluate(() => document.documentElement.dataset.theme);
  const button = page.getByRole("button", { name: "Dark" });
  // The page is told with its next frame.
  const system = async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(() => new Promise((resolve) => {
      requestAnimationFrame(() => requestAnimationFrame(resolve));
    }));
  };
  await system("dark");
  assert.equal(await scheme(), "dark");
  assert.equal(await button.getAttribute("aria-pressed"), "true");
  await button.click();
  assert.equal(await scheme(), "light");
  await system("light");
  await system("dark");
  assert.equal(await scheme(), "light");
});

test("the settings stand beside the charts, and on a narrow screen beneath them", async (t) => {
  for (const width of [390, 1440]) {
    const { page } = await openTrained(t, "en", "light", width);
    await page.locator(".lab-places").waitFor();
    const [charts, side, settings] = await Promise.all(
      [".charts", ".side", ".settings"].map((part) => page.locator(part).boundingBox()),
    );
    if (width === 390) {
      assert.ok(charts.y + charts.height <= settings.y);
    } else {
      assert.ok(settings.x >= side.x + side.width && settings.y <= charts.y);
    }
  }
});

/** Whether all of an element lies within the window. */
const isInSight = (locator) =>
  locator.evaluate((element) => {
    const { top, bottom, left, right } = element.getBoundingClientRect();
    return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
  });

for (const preset of ["mnist-dcgan-small", "ring"]) {
  for (const [width, height] of [[1440, 900], [1280, 720]]) {
    test(`one screen of ${width} x ${height} px shows ${preset} at work`, async (t) => {
      const context = { viewport: { width, height } };
      const site = await open(t, { backend: "cpu", lang: "en", preset, autostart: 1 }, { context });
      const { page } = site;
      const diagnosis = page.locator(".lab-findings h2");
      await diagnosis.waitFor();
      await site.untilStep(5);
      const controls = controlsOf(site);
      const made = preset === "ring" ? page.locator(".lab-plane canvas") : controls.fixedSheet;
      const [losses, scores] = [page.locator(".plot").first(), page.locator(".plot").last()];
      const settings = [
        controls.preset, controls.data, controls.objective, controls.generatorRate, controls.discriminatorRate,
      ];
      for (const part of [controls.pause, made, losses, scores, diagnosis, ...settings]) {
        assert.ok(await isInSight(part), `${part}`);
      }
    });
  }
}

test("on a phone the run's buttons and its samples stay in sight", async (t) => {
  const { page } = await openTrained(t, "en", "light", 390);
  await page.locator(".lab-places").waitFor();
  await page.evaluate(() => scrollTo(0, 2_000));
  assert.ok(await isInSight(page.getByRole("toolbar", { name: "Training" })));
  assert.ok(await isInSight(page.locator(".sheet canvas").first()));
});
