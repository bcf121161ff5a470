// Chromium, as the other tests drive it.

import { chromium } from "playwright-core";

import { FLAGS } from "../flags.mjs";
import { Tab } from "./tab.mjs";

/** Starts it; `proxy` is the address of a proxy for what is not on this machine. */
export async function launch({ proxy }) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    // Given to Playwright, the proxy would be asked for this machine's addresses as well.
    args: proxy ? [...FLAGS, `--proxy-server=${new URL(proxy).host}`] : FLAGS,
  });
  const open = async (url) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url, { waitUntil: "commit" });
    return new Tab(inFrame(page.mainFrame()), () => context.close());
  };
  return { version: () => browser.version(), open, close: () => browser.close() };
}

function inFrame(frame) {
  return {
    evaluate: (script, argument) => frame.evaluate(script, argument),
    click: (selector) => frame.click(selector),
    frame: async (selector) => inFrame(await (await frame.waitForSelector(selector)).contentFrame()),
  };
}
