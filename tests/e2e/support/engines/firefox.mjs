// Firefox, by WebDriver BiDi.

import puppeteer from "puppeteer-core";

import { Tab } from "./tab.mjs";

/** Starts it; `proxy` is the address of a proxy for what is not on this machine. */
export async function launch({ proxy }) {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    headless: true,
    extraPrefsFirefox: proxy && throughProxy(new URL(proxy)),
    // A step of a large net may take long.
    protocolTimeout: 600_000,
  });
  const open = async (url) => {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    await page.goto(url, { waitUntil: "domcontentloaded" });
    return new Tab(inFrame(page.mainFrame()), () => context.close());
  };
  const version = (await browser.version()).replace(/^firefox\//i, "");
  return { version: () => version, open, close: () => browser.close() };
}

const throughProxy = ({ hostname, port }) => ({
  "network.proxy.type": 1,
  "network.proxy.http": hostname,
  "network.proxy.http_port": Number(port),
  // Else plain http is tried as https first.
  "dom.security.https_first": false,
});

function inFrame(frame) {
  return {
    evaluate: (script, argument) => frame.evaluate(script, argument),
    click: (selector) => frame.click(selector),
    frame: async (selector) => inFrame(await (await frame.waitForSelector(selector)).contentFrame()),
  };
}
