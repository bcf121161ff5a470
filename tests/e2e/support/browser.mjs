// One Chromium for a test file, a fresh context for each of its tests.

import { after, before } from "node:test";
import { chromium } from "playwright-core";

import { FLAGS } from "./flags.mjs";
import { Playground } from "./playground.mjs";
import { hash, siteUrl } from "./site.mjs";

export { hash, siteUrl };

/**
 * Starts a browser before the tests of the calling file and ends it after them.
 *
 * Gives `open(t, address, options)`, which opens the page in a context that lives as long as the
 * test `t`, and waits for its script interface, which is there before anything else is. `address` are the parts of the page's address as for [hash]. `options`: `init` are
 * scripts that run in the page before its own; `routes` are pairs of a URL pattern and a handler;
 * `context` are Playwright's options for the context; `beside` is a playground in whose context
 * another page is to be opened; `site` is another address than that under test.
 */
export function browserOfThisFile() {
  const contextOf = contextOfThisFile();

  return async function open(t, address = {}, options = {}) {
    const context = options.beside?.context ?? (await contextOf(t, options));
    const page = await context.newPage();
    const playground = new Playground(page);
    const site = options.site ?? siteUrl();
    await page.goto(new URL(hash(address), site).href, { waitUntil: "commit" });
    await page.waitForFunction(() => window.ganPlayground !== undefined);
    return playground;
  };
}

/**
 * Starts a browser as [browserOfThisFile] does. Gives `contextOf(t, options)`, a fresh context that
 * lives as long as the test `t`, for tests of other pages than the playground.
 */
export function contextOfThisFile() {
  let browser;
  before(async () => {
    siteUrl();
    const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
    browser = await chromium.launch({ executablePath, args: FLAGS });
  });
  after(() => browser?.close());
  return (t, options = {}) => newContext(t, browser, options);
}

async function newContext(t, browser, { init = [], routes = [], context: contextOptions = {} }) {
  const context = await browser.newContext({
    // A refused clipboard or download is not what is tested.
    permissions: ["clipboard-read", "clipboard-write"],
    acceptDownloads: true,
    // What a service worker answers passes by the tests' routes.
    serviceWorkers: "block",
    ...contextOptions,
  });
  t.after(() => context.close());
  context.setDefaultTimeout(60_000);
  for (const script of init) {
    await context.addInitScript(script);
  }
  for (const [pattern, handler] of routes) {
    await context.route(pattern, handler);
  }
  return context;
}

/** Answers a routed request with an error of the server. */
export function answer(status) {
  return (route) => route.fulfill({ status, contentType: "text/plain", body: `status ${status}` });
}
