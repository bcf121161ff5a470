// Engines that run in one Chromium, each in a page of its own.

import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { FLAGS } from "../../e2e/support/flags.mjs";
import { batches, traceGpu } from "../../e2e/support/trace.mjs";

const here = fileURLToPath(new URL("../", import.meta.url));
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
const TFJS = "@tensorflow/tfjs";

/** What lies below `/bench/` for the pages: pages, packages, and modules that are built for this. */
function fileOf(path, built) {
  const [, part, rest] = normalize(path).match(/^\/bench\/(modules|built|page)\/(.+)$/) ?? [];
  const folders = { modules: join(here, "node_modules"), built, page: join(here, "page") };
  return part && join(folders[part], rest);
}

/** What lets a page share memory with its workers. */
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

export class Browser {
  #browser;
  #context;
  #site;

  /** `site` is the address of the built site, `built` the folder of the modules of `../peak`. */
  static async open(site, built) {
    const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
    const it = new Browser();
    it.#site = site;
    it.#browser = await chromium.launch({ executablePath, args: [...FLAGS, "--js-flags=--experimental-wasm-relaxed-simd"] });
    it.#context = await it.#browser.newContext({ serviceWorkers: "block" });
    await it.#context.route("**/bench/**", async (route) => {
      const path = fileOf(new URL(route.request().url()).pathname, built);
      const body = await readFile(path ?? "").catch(() => undefined);
      const contentType = TYPES[extname(path ?? "")] ?? "application/octet-stream";
      const isolated = new URL(route.request().url()).searchParams.has("isolated");
      const headers = { "content-type": contentType, ...(isolated ? ISOLATION : {}) };
      await route.fulfill(body ? { body, headers } : { status: 404 });
    });
    // Workers have no scripts put in before theirs: the one that boots ours gets them written into it.
    await it.#context.route("**/worker/entry.js*", async (route) => {
      const answer = await route.fetch();
      const trace = `if (self.GPUQueue) (${traceGpu})();`;
      await route.fulfill({ response: answer, body: `${trace}\n${await answer.text()}` });
    });
    return it;
  }

  version() {
    return this.#browser.version();
  }

  close() {
    return this.#browser.close();
  }

  /** A page with an engine: `family` is `ours` or `tfjs`, `variant` a worker of ours or a backend. */
  async engine(family, variant, isolated = false) {
    const page = await this.#context.newPage();
    try {
      return await this.#begun(page, family, variant, isolated);
    } catch (error) {
      // It would slow the others down.
      await page.close();
      throw error;
    }
  }

  async #begun(page, family, variant, isolated) {
    const problems = [];
    page.on("pageerror", ({ message }) => problems.push(message));
    const address = `bench/page/index.html${isolated ? "?isolated" : ""}`;
    await page.goto(new URL(address, this.#site).href);
    if (family === "tfjs") {
      await page.evaluate(`if (self.GPUQueue) (${traceGpu})();`);
      await page.addScriptTag({ url: `/bench/modules/${TFJS}/dist/tf.min.js` });
      // The others are in it.
      if (variant === "wasm" || variant === "webgpu") {
        const url = `/bench/modules/${TFJS}-backend-${variant}/dist/tf-backend-${variant}.min.js`;
        await page.addScriptTag({ url });
      }
    }
    await page.addScriptTag({ url: "/bench/page/driver.js", type: "module" });
    await page.waitForFunction(() => window.bench);
    const known = await page.evaluate(([f, v]) => window.bench.begin(f, v), [family, variant]);
    return new Engine(page, family, variant, known, problems);
  }

  /** GFLOP/s of one core in WebAssembly: multiplying and adding, and fused by relaxed SIMD. */
  async peaks() {
    const { page } = await this.engine("ours", "cpu");
    const peak = (name) =>
      page.evaluate((url) => window.bench.peak(url), `/bench/built/${name}.wasm`);
    const found = { simd: await peak("simd"), relaxed: await peak("relaxed").catch(() => null) };
    await page.close();
    return found;
  }

  /** Milliseconds of compiling each worker's module. */
  async compiling(variants) {
    const { page } = await this.engine("ours", "cpu");
    const found = {};
    for (const variant of variants) {
      const url = `/worker/${variant}/gan_worker_bg.wasm`;
      found[variant] = await page.evaluate((url) => window.bench.compile(url), url);
    }
    await page.close();
    return found;
  }

  /** Milliseconds from navigation to the first sheet, of so many first visits. */
  async startUps(count) {
    const found = [];
    for (let i = 0; i < count; i += 1) {
      const context = await this.#browser.newContext({ serviceWorkers: "block" });
      const page = await context.newPage();
      await page.addInitScript(() => {
        const look = () => {
          const sheet = document.getElementById("fixed-sheet");
          const pixels = sheet?.width && sheet.getContext("2d").getImageData(0, 0, sheet.width, 4).data;
          if (pixels?.some((value) => value !== 0)) {
            window.firstSheet_ms = performance.now();
          } else {
            requestAnimationFrame(look);
          }
        };
        requestAnimationFrame(look);
      });
      await page.goto(new URL("#backend=cpu", this.#site).href, { waitUntil: "commit" });
      await page.waitForFunction(() => window.firstSheet_ms);
      found.push(await page.evaluate(() => window.firstSheet_ms));
      await context.close();
    }
    return found;
  }
}

class Engine {
  constructor(page, family, variant, known, problems) {
    Object.assign(this, { page, family, variant, known, problems });
  }

  /** The first error of the page, or nothing: what an engine rejects is an error already. */
  get problem() {
    return this.problems[0];
  }

  async load(spec) {
    Object.assign(this.known, await this.page.evaluate((spec) => window.bench.load(spec), spec));
  }

  /** Milliseconds a step, of `count` steps. */
  time(count) {
    return this.page.evaluate((count) => window.bench.time(count), count);
  }

  #where() {
    return this.family === "ours" ? this.page.workers()[0] : this.page;
  }

  /** Forgets what was traced. */
  untrace() {
    return this.#where().evaluate(() => {
      self.gpuTrace = [];
    });
  }

  /**
   * Dispatches, submits and new buffers of a step, and how long the processor takes to ask for them: of the
   * first batch of one step alone, the median of `count` such steps. What is drawn beside a step comes after
   * its losses are read.
   */
  async traced(count) {
    const found = [];
    for (let i = 0; i < count; i += 1) {
      await this.untrace();
      await this.time(1);
      const trace = await this.#where().evaluate(() => self.gpuTrace);
      found.push(batches(trace)[0]);
    }
    const median = (key) => {
      const values = found.map((batch) => batch?.[key] ?? NaN).sort((a, b) => a - b);
      return values[Math.floor(values.length / 2)];
    };
    return {
      dispatches: median("dispatch"),
      submits: median("submit"),
      buffers: median("buffer"),
      queueing_ms: median("queueing_ms"),
    };
  }

  /** Bytes of the module's memory, and of the buffers that are alive on the device once garbage is collected. */
  async memory() {
    await collectGarbage(this.page);
    return this.#where().evaluate(async () => {
      const url = new URL(`./${self.ganBuild}/gan_worker.js`, self.location.href);
      // The same module as the worker's own; initialising it again gives its exports.
      const { default: initialize } = await import(url);
      const { memory } = await initialize();
      return { wasm: memory.buffer.byteLength, buffers: self.gpuBytes ?? 0 };
    });
  }

  close() {
    return this.page.close();
  }
}

/** Collects the garbage of a page's workers. */
async function collectGarbage(page) {
  const session = await page.context().newCDPSession(page);
  const collected = [];
  session.on("Target.attachedToTarget", ({ sessionId }) => {
    const message = JSON.stringify({ id: 1, method: "HeapProfiler.collectGarbage" });
    const answer = new Promise((resolve, reject) =>
      session.on("Target.receivedMessageFromTarget", (event) => {
        const { id, error } = JSON.parse(event.message);
        if (event.sessionId === sessionId && id === 1) {
          error ? reject(new Error(error.message)) : resolve();
        }
      }),
    );
    collected.push(session.send("Target.sendMessageToTarget", { sessionId, message }).then(() => answer));
  });
  const attach = { autoAttach: true, waitForDebuggerOnStart: false, flatten: false };
  await session.send("Target.setAutoAttach", attach);
  if (collected.length === 0) {
    throw new Error("no worker whose garbage could be collected");
  }
  await Promise.all(collected);
  await session.detach();
  // Finalisers run in a task of their own.
  await page.waitForTimeout(200);
}
