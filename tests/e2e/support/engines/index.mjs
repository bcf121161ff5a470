// The browsers in which the page is seen to work.

import { after } from "node:test";

import { launch as chromium } from "./chromium.mjs";
import { launch as firefox } from "./firefox.mjs";
import { launch as webkit } from "./webkit.mjs";

const ENGINES = { chromium, firefox, webkit };

/** The name of the browser to test in. */
export const engine = process.env.GAN_BROWSER ?? "chromium";

/**
 * Starts the browser for the tests of the calling file and ends it after them. Gives `open(t, url)`, a page
 * that lives as long as the test `t` and shares no storage with others. `proxy` gives the address of a proxy
 * for all that is not on this machine.
 */
export function engineOfThisFile({ proxy = () => undefined } = {}) {
  const launch = ENGINES[engine];
  if (!launch) throw new Error(`GAN_BROWSER is ${engine}; there are ${Object.keys(ENGINES).join(", ")}`);
  let launched;
  after(async () => (await launched)?.close());
  return async (t, url) => {
    // Not before the first test begins, when the proxy is there.
    launched ??= launch({ proxy: proxy() });
    const browser = await launched;
    const tab = await browser.open(url);
    t.after(() => tab.close());
    t.diagnostic(`${engine} ${browser.version()}`);
    return tab;
  };
}
