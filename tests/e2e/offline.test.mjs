// Use without a network: what is stored, which version a page is of, and that nobody needs any of it.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { test } from "node:test";

import { browserOfThisFile, siteUrl } from "./support/browser.mjs";
import { controlsOf } from "./support/controls.mjs";
import { tinyMlp } from "./support/nets.mjs";

const open = browserOfThisFile();
const withServiceWorkers = { context: { serviceWorkers: "allow" } };
const address = { backend: "cpu", lang: "en", preset: "ring" };

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/**
 * The site at a sub-path of a server of the test's own, which can become another version.
 * `change(path, bytes, { kind })` uploads a file, `release()` the list that belongs to the files.
 */
async function copyOfSite(t) {
  const list = await (await fetch(new URL("offline.json", siteUrl()))).json();
  const changed = new Map();
  const copy = {
    /** Paths that were asked for. */
    seen: [],
    /** Whether the server takes requests and never answers. */
    hangs: false,
    change(path, bytes, kind = "files") {
      changed.set(path, Buffer.from(bytes));
      list[kind][path] = sha256(bytes);
    },
    release() {
      list.version = sha256(JSON.stringify([list.files, list.on_demand])).slice(0, 16);
      changed.set("offline.json", Buffer.from(JSON.stringify(list)));
      return list.version;
    },
    text: async (path) => (await fetch(new URL(path, siteUrl()))).text(),
  };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://here/");
    const path = pathname.replace("/sub/path/", "");
    copy.seen.push(path);
    if (copy.hangs) return;
    const answer = await fetch(new URL(path, siteUrl()));
    const body = changed.get(path) ?? Buffer.from(await answer.arrayBuffer());
    response.writeHead(changed.has(path) ? 200 : answer.status, {
      "content-type": answer.headers.get("content-type"),
      "cache-control": "no-cache",
      etag: `"${sha256(body)}"`,
      // No file of a stored version may depend on it.
      vary: "*",
    });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  copy.url = new URL(`http://127.0.0.1:${server.address().port}/sub/path/`);
  return copy;
}

/** Waits until the page is controlled, which it is once the site is stored. */
const untilStored = ({ page }) => page.waitForFunction(() => navigator.serviceWorker.controller);

async function reload(site) {
  await site.page.reload({ waitUntil: "commit" });
  await site.page.waitForFunction(() => window.ganPlayground !== undefined);
  await site.untilReady();
}

/** The names of the caches with the paths that they hold. */
function cached({ page }) {
  return page.evaluate(async () => {
    const held = {};
    for (const name of await caches.keys()) {
      const keys = await (await caches.open(name)).keys();
      held[name] = keys.map(({ url }) => url.replace(new URL("./", location.href).href, ""));
    }
    return held;
  });
}

const versions = async (site) =>
  Object.keys(await cached(site)).map((name) => name.split(" ").at(-1));

/** What the page gets for one of the site's files, as text; null where it gets none. */
function fetchedText({ page }, path) {
  return page.evaluate(async (path) => {
    const response = await fetch(path).catch(() => null);
    return response?.ok ? response.text() : null;
  }, path);
}

const beginsLesson = async (site) => {
  const { page } = site;
  await site.show("learn");
  await page.getByRole("button", { name: "What is a GAN?" }).click();
  await page.getByText("Step 1 of 5").waitFor();
};

/** Ends the page's worker and waits for the one that takes its place. */
async function endWorker(site) {
  const started = site.started("cpu");
  await site.worker("cpu").evaluate(() => self.close()).catch(() => {});
  await site.until("another worker", () => site.started("cpu") === started + 1);
  await site.until("the run", ({ phase }) => phase === "paused" || phase === "ready");
}

test("once opened, the page works without a network", async (t) => {
  const site = await open(t, { ...address, preset: "mnist-mlp", spec: tinyMlp }, withServiceWorkers);
  await untilStored(site);
  await site.context.setOffline(true);
  assert.equal(await fetchedText(site, "not-there"), null);
  site.problems.length = 0;
  await reload(site);
  await site.call("step", 20);
  const { step, losses, error } = await site.snapshot();
  assert.deepEqual([step, error], [20, null]);
  assert.ok(Number.isFinite(losses.generator));
  // The inspector's worker, with the classifier's file.
  const read = await site.page.evaluate(async () => {
    const { ask } = await import(new URL("lab/inspector.js", document.baseURI).href);
    return (await ask("read", { pixels: new Uint8Array(28 * 28) })).length;
  });
  assert.equal(read, 10);
  await beginsLesson(site);
  await site.until("the lesson's run", ({ preset, phase }) => preset === "ring" && phase === "ready");
  await controlsOf(site).chinese.click();
  await controlsOf(site, "zh").start.click();
  await site.untilPhase("running");
  site.assertNoProblems();
});

test("the widget's post and its generators work without a network", async (t) => {
  const site = await open(t, address, withServiceWorkers);
  await untilStored(site);
  await site.context.setOffline(true);
  await site.page.goto(new URL("embed/", siteUrl()).href);
  await site.page.waitForFunction(() => {
    const canvas = document.querySelector("gan-sampler").shadowRoot?.querySelector("canvas");
    const pixels = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels?.some((value, index) => index % 4 < 3 && value !== pixels[index % 4]);
  });
  site.assertNoProblems();
});

test("a page that was open before the site was stored can lose the network, too", async (t) => {
  const site = await open(t, address, withServiceWorkers);
  await site.untilReady();
  await site.call("step", 3);
  await untilStored(site);
  await site.context.setOffline(true);
  await endWorker(site);
  await site.call("step", 1);
});

test("a new version takes the old one's place as a whole, and open pages keep theirs", async (t) => {
  const copy = await copyOfSite(t);
  const site = await open(t, address, { ...withServiceWorkers, site: copy.url });
  await untilStored(site);
  const others = ["gan-playground-data-1", "gan-playground-site /other/ 1"];
  await site.page.evaluate((names) => Promise.all(names.map((name) => caches.open(name))), others);
  await reload(site);
  const [old] = await versions(site);

  const mark = "\nself.siteVersion = 2;\n";
  const files = ["lab/entry.js", "worker/entry.js", "worker/cpu/gan_worker.js"];
  for (const path of files) copy.change(path, (await copy.text(path)) + mark);
  const version = copy.release();
  const second = await open(t, address, { beside: site, site: copy.url });
  await second.untilReady();
  assert.equal(await second.page.evaluate(() => self.siteVersion), 2);
  assert.equal(await second.worker("cpu").evaluate(() => self.siteVersion), 2);
  for (const path of files) {
    assert.ok(!(await fetchedText(site, path)).includes(mark), `${path} is the new one's`);
  }
  // Browsers end idle service workers; what they know must outlast that.
  const devtools = await site.context.newCDPSession(site.page);
  await devtools.send("ServiceWorker.enable");
  await devtools.send("ServiceWorker.stopAllWorkers");
  await endWorker(site);
  await site.call("step", 1);
  assert.equal(await site.worker("cpu").evaluate(() => self.siteVersion), undefined);
  assert.deepEqual((await versions(site)).sort(), [old, version, "gan-playground-data-1", "1"].sort());

  await reload(site);
  assert.equal(await site.page.evaluate(() => self.siteVersion), 2);
  await site.until("the old version to be deleted", async () => !(await versions(site)).includes(old));
  assert.deepEqual((await versions(site)).sort(), [version, "gan-playground-data-1", "1"].sort());
  await site.context.setOffline(true);
  await reload(site);
  assert.equal(await site.worker("cpu").evaluate(() => self.siteVersion), 2);
  // Files that are the same in both versions are not loaded again.
  assert.equal(copy.seen.filter((path) => path.endsWith("gan_lab_bg.wasm")).length, 2);
});

test("while a version is being uploaded the old one is shown, but not for ever", async (t) => {
  const copy = await copyOfSite(t);
  const site = await open(t, address, { ...withServiceWorkers, site: copy.url });
  await untilStored(site);
  const script = await copy.text("lab/entry.js");
  copy.change("lab/entry.js", `${script}\nself.siteVersion = 2;\n`);
  copy.change("worker/entry.js", "uploaded in part");
  const complete = await copy.text("worker/entry.js");
  copy.release();
  copy.change("worker/entry.js", complete);
  await reload(site);
  assert.equal(await site.page.evaluate(() => self.siteVersion), undefined);

  // As if that had been seen long ago.
  await site.page.evaluate(async () => {
    const note = new URL("offline-contradicted", location.href).href;
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      if (await cache.match(note)) await cache.put(note, new Response("0"));
    }
  });
  await reload(site);
  assert.equal(await site.page.evaluate(() => self.siteVersion), 2);

  copy.release();
  await reload(site);
  assert.equal(await site.page.evaluate(() => self.siteVersion), 2);
  await site.call("step", 2);
});

test("a server that never answers keeps nobody waiting for long", async (t) => {
  const copy = await copyOfSite(t);
  const site = await open(t, address, { ...withServiceWorkers, site: copy.url });
  await untilStored(site);
  copy.hangs = true;
  await reload(site);
  await site.call("step", 2);
  site.assertNoProblems();
});

test("a site that is no longer stored by its server comes from the network", async (t) => {
  const copy = await copyOfSite(t);
  const site = await open(t, address, { ...withServiceWorkers, site: copy.url });
  await untilStored(site);
  copy.change("lab/entry.js", "self.siteVersion = 2;");
  copy.change("offline.json", "<!doctype html>not here");
  await reload(site);
  assert.equal(await site.page.evaluate(() => self.siteVersion), 2);
});

test("large files are kept when they are asked for, and only those of the page's version", async (t) => {
  const copy = await copyOfSite(t);
  const [asked, asked2, unasked] = ["early", "late", "never"].map((name) => `worker/gpu/${name}.bin`);
  for (const path of [asked, asked2, unasked]) copy.change(path, `${path} 1`, "on_demand");
  copy.release();
  // By a page that is not controlled yet.
  const early = `fetch(${JSON.stringify(asked)})`;
  const site = await open(t, address, { ...withServiceWorkers, site: copy.url, init: [early] });
  await untilStored(site);
  assert.ok(!copy.seen.includes(asked2), "a large file was loaded in advance");
  assert.equal(await fetchedText(site, asked2), `${asked2} 1`);
  await reload(site);

  for (const path of [asked, asked2, unasked]) copy.change(path, `${path} 2`, "on_demand");
  copy.release();
  assert.equal(await fetchedText(site, asked), `${asked} 1`);
  assert.equal(await fetchedText(site, asked2), `${asked2} 1`);
  assert.equal(await fetchedText(site, unasked), null, "a file of another version");
  await reload(site);
  assert.equal(await fetchedText(site, unasked), `${unasked} 2`);
  await site.context.setOffline(true);
  await reload(site);
  assert.equal(await fetchedText(site, unasked), `${unasked} 2`);
});

test("data sets, failures and other methods are left alone", async (t) => {
  const site = await open(t, address, withServiceWorkers);
  await untilStored(site);
  await reload(site);
  const statuses = await site.page.evaluate(async () => {
    const status = async (...request) => (await fetch(...request)).status;
    return [
      await status("not-there"),
      await status("data/not-there"),
      await status("index.html", { method: "HEAD" }),
    ];
  });
  assert.deepEqual(statuses, [404, 404, 200]);
  const held = Object.values(await cached(site)).flat();
  assert.deepEqual(held.filter((path) => path.includes("not-there") || path.startsWith("data/")), []);
});

/** Leaves no room in the store of the copy's origin. */
async function fillStore({ page, context }, copy) {
  const devtools = await context.newCDPSession(page);
  await devtools.send("Storage.overrideQuotaForOrigin", { origin: copy.url.origin, quotaSize: 1 });
}

test("where there is no room for the site the page works as before", async (t) => {
  const copy = await copyOfSite(t);
  copy.change("offline.json", "not yet");
  const site = await open(t, address, { ...withServiceWorkers, site: copy.url });
  await site.untilReady();
  await fillStore(site, copy);
  copy.release();
  await reload(site);
  const given = () => site.page.evaluate(async () => navigator.serviceWorker.getRegistrations());
  await site.until("the site to be asked for", () => copy.seen.includes("embed/post.css"));
  await site.until("the end of it", async () => (await given()).length === 0);
  await beginsLesson(site);
  await site.call("step", 2);
  assert.equal(await site.page.evaluate(() => navigator.serviceWorker.controller), null);
  site.assertNoProblems();
});

test("where there is no room for a new version it comes from the network", async (t) => {
  const copy = await copyOfSite(t);
  const site = await open(t, address, { ...withServiceWorkers, site: copy.url });
  await untilStored(site);
  await fillStore(site, copy);
  copy.change("lab/entry.js", `${await copy.text("lab/entry.js")}\nself.siteVersion = 2;\n`);
  copy.release();
  await reload(site);
  assert.equal(await site.page.evaluate(() => self.siteVersion), 2);
  await site.call("step", 2);
  site.assertNoProblems();
});

const throwing = () =>
  Object.defineProperty(Navigator.prototype, "serviceWorker", {
    get() {
      throw new DOMException("forbidden", "SecurityError");
    },
  });

for (const [why, options] of [
  ["are blocked", {}],
  ["are not there", { init: [() => delete Navigator.prototype.serviceWorker] }],
  ["are forbidden", { init: [throwing] }],
]) {
  test(`where service workers ${why} all works as before`, async (t) => {
    const site = await open(t, address, options);
    await site.untilReady();
    await site.call("step", 5);
    await beginsLesson(site);
    await site.page.waitForTimeout(500);
    assert.deepEqual(await versions(site), []);
    site.assertNoProblems();
  });
}

test("the page can be installed as an app", async (t) => {
  const { page, context } = await open(t, address);
  const devtools = await context.newCDPSession(page);
  const { url, errors } = await devtools.send("Page.getAppManifest");
  assert.deepEqual(errors, []);
  assert.equal(url, new URL("manifest.webmanifest", siteUrl()).href);
  const sizes = await page.evaluate(async (url) => {
    const { icons, start_url: start, scope } = await (await fetch(url)).json();
    const found = [new URL(start, url).href, new URL(scope, url).href];
    for (const { src } of icons) {
      const image = new Image();
      image.src = new URL(src, url).href;
      await image.decode();
      found.push(image.naturalWidth);
    }
    return found;
  }, url);
  assert.deepEqual(sizes.slice(0, 2), [siteUrl().href, siteUrl().href]);
  assert.deepEqual(sizes.slice(-2), [192, 512]);
});
