// A closer look at images: the real ones that samples are most like, and the game against the net.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browserOfThisFile } from "./support/browser.mjs";

const open = browserOfThisFile();

async function openLab(t, patch) {
  const spec = { data: { source: "drawn_digits", ...patch } };
  const site = await open(t, { backend: "cpu", lang: "en", preset: "mnist-dcgan-small", spec, panel: "look" });
  await site.until("a run", ({ phase }) => phase !== "loading");
  await site.page.locator(".lab-nearest").waitFor();
  return { site, page: site.page };
}

test("the nearest real image of each sample is shown, with how near it is", async (t) => {
  const { site, page } = await openLab(t, { limit: 10 });
  await site.call("step", 20);
  await page.getByRole("button", { name: "Look for the nearest real images" }).click();
  await page.locator(".lab-nearest").getByText("10 real images were searched").waitFor();
  const pairs = page.locator(".lab-nearest li");
  assert.equal(await pairs.count(), 8);
  const pictures = await pairs.locator("canvas").evaluateAll((all) =>
    all.map((canvas) => {
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
      const brightest = (first, last) => {
        let most = 0;
        for (let at = 4 * first * width; at < 4 * last * width; at += 4) most = Math.max(most, data[at]);
        return most;
      };
      return { width, height, real: brightest(29, height) };
    }),
  );
  for (const { width, height, real } of pictures) {
    assert.deepEqual([width, height], [28, 57]);
    assert.ok(real > 200, "the lower half is a drawn digit");
  }
  for (const told of await pairs.locator(".number").allInnerTexts()) {
    const percent = Number(told.replace(" %", ""));
    assert.ok(percent > 0 && percent < 300, told);
  }
  site.assertNoProblems();
});

test("a reader judges sixteen images against the discriminator, and both are counted", async (t) => {
  const { site, page } = await openLab(t);
  await site.call("step", 20);
  const game = page.locator(".lab-game");
  const button = (name) => game.getByRole("button", { name, exact: true });
  await button("Play").click();
  await game.getByText("0 of 16 judged").waitFor();
  let right = 0;
  for (let judged = 1; judged <= 16; judged += 1) {
    await button(judged % 2 ? "Real" : "Generated").click();
    await game.getByText(`${judged} of 16 judged`).waitFor();
    const told = await game.locator("[aria-live]").innerText();
    assert.match(told, /^(Right|No), it is (real|generated)\. The discriminator says \d+ %\./);
    right += told.startsWith("Right") ? 1 : 0;
  }
  const tally = await game.locator(".hint.number").innerText();
  const [, reader, net] = tally.match(/right: you (\d+), the discriminator (\d+)/).map(Number);
  assert.equal(reader, right);
  assert.ok(net <= 16);
  const end = reader > net ? /You have beaten/ : reader < net ? /was better/ : /as good as/;
  assert.match(await game.locator("[aria-live]").innerText(), end);
  assert.ok(await button("Real").isHidden());
  // Judging has cost the run nothing.
  assert.equal((await site.snapshot()).step, 20);
  await button("Play again").click();
  await game.getByText("0 of 16 judged").waitFor();
  site.assertNoProblems();
});
