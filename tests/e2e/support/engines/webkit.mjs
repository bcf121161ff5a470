// WebKit, as WebKitGTK brings it: MiniBrowser, on a screen that exists in memory only.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { Tab } from "./tab.mjs";
import { Session } from "./webdriver.mjs";

const START_MS = 60_000;
const MINIBROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";

/** Starts it; `proxy` is the address of a proxy for what is not on this machine. */
export async function launch({ proxy }) {
  const screen = await startScreen();
  const env = { ...process.env, DISPLAY: screen.display };
  // Root has no right to shut its processes in.
  if (process.getuid() === 0) env.WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS = "1";
  let driver = await startDriver(env);
  const browser = {
    binary: process.env.MINIBROWSER ?? MINIBROWSER,
    args: ["--automation"],
  };
  // The tests wait for what they need; the event of loading comes late where much else computes.
  const capabilities = { pageLoadStrategy: "none", "webkitgtk:browserOptions": browser };
  if (proxy) {
    const httpProxy = new URL(proxy).host;
    capabilities.proxy = { proxyType: "manual", httpProxy, noProxy: ["127.0.0.1"] };
  }
  /** Of forty drivers one waited for ever for the browser that it had started: then another one starts another. */
  async function begun() {
    try {
      return await Session.begin(driver.address, capabilities, START_MS);
    } catch (error) {
      if (error.name !== "TimeoutError") throw error;
      driver.end();
      driver = await startDriver(env);
      return Session.begin(driver.address, capabilities, START_MS);
    }
  }
  let version;
  return {
    // Each page has a browser of its own, so that they share no storage; the driver allows one at a time.
    async open(url) {
      const session = await begun();
      version = session.version;
      await session.goTo(url);
      const tab = new Tab(session.in(), () => session.end());
      // Before that an empty page is there.
      const hasCome = (origin) => window.location.origin === origin;
      await tab.until(`a page of ${url}`, hasCome, new URL(url).origin);
      return tab;
    },
    version: () => version,
    async close() {
      driver.end();
      screen.end();
    },
  };
}

async function startScreen() {
  const options = ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"];
  const stdio = ["ignore", "ignore", "ignore", "pipe"];
  const child = spawn(process.env.XVFB ?? "Xvfb", options, { stdio });
  // It writes the number that it has taken.
  const [number] = await Promise.race([once(child.stdio[3], "data"), ended(child, "Xvfb")]);
  return { display: `:${String(number).trim()}`, end: () => child.kill() };
}

async function startDriver(env) {
  const port = await freePort();
  const options = [`--port=${port}`, "--host=127.0.0.1"];
  const program = process.env.WEBKIT_DRIVER ?? "WebKitWebDriver";
  const child = spawn(program, options, { env, stdio: "ignore" });
  const address = `http://127.0.0.1:${port}`;
  await Promise.race([untilAnswering(`${address}/status`), ended(child, program)]);
  return { address, end: () => child.kill() };
}

/** Rejected when the program ends, or cannot be started. */
async function ended(child, name) {
  const [status] = await once(child, "exit");
  throw new Error(`${name} ended with ${status}`);
}

async function untilAnswering(url) {
  const deadline_ms = performance.now() + START_MS;
  for (;;) {
    try {
      return await fetch(url);
    } catch (error) {
      if (performance.now() > deadline_ms) throw error;
      await sleep(50);
    }
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
