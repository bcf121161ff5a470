// The packed widget in projects of others: what bundlers make of it, and Node, which renders pages for browsers.
//
// What each project has to say is what web/widget/README.md says of its tool, and no more.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { contextOfThisFile } from "./support/browser.mjs";

const contextOf = contextOfThisFile();
const execute = promisify(execFile);

const root = fileURLToPath(new URL("../../", import.meta.url));
const widget = join(root, "web/widget");
const bundlers = join(root, "tests/bundlers/node_modules");
const WEIGHTS = "mnist-dcgan.safetensors";
const MODULE = "wasm/gan_widget_bg.wasm";
const BODY = `<gan-sampler src="${WEIGHTS}" seed="7">A generator of digits</gan-sampler>`;
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** Where the projects are, and what is installed into them. */
let folder;
let packed;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "gan-sampler-"));
  const { stdout } = await execute("npm", ["pack", widget, "--json", "--pack-destination", folder], { cwd: folder });
  const report = JSON.parse(stdout);
  // Newer npm gives an object by name, older a list.
  packed = Array.isArray(report) ? report[0] : Object.values(report)[0];
});
after(() => rm(folder, { recursive: true, force: true }));

/** Runs a bundler's program in `project`, where the bundlers' own packages are found, too. */
async function bundle(project, program, ...parameters) {
  const env = { ...process.env, NODE_ENV: "", NODE_PATH: bundlers };
  await execute(process.execPath, [join(bundlers, program), ...parameters], { cwd: project, env });
}

/** A project with the package installed, and these files. */
async function projectWith(name, files) {
  const project = join(folder, name.replaceAll(/\W+/g, "-"));
  await mkdir(join(project, "public"), { recursive: true });
  await writeFile(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  for (const [path, text] of Object.entries(files)) {
    await writeFile(join(project, path), text);
  }
  await copyFile(join(root, "web/pretrained", WEIGHTS), join(project, "public", WEIGHTS));
  const tarball = join(folder, packed.filename);
  const quietly = ["--offline", "--no-audit", "--no-fund", "--no-package-lock"];
  await execute("npm", ["install", tarball, ...quietly], { cwd: project });
  return project;
}

/** A page that loads `script`. */
const page = (script) => `<!doctype html><meta charset="utf-8"><title>A page</title>
<link rel="icon" href="data:,">
${BODY}
<script type="module" src="${script}"></script>`;

/** Serves a folder until the test ends; gives its address. */
async function served(t, path) {
  const server = createServer(async (request, response) => {
    const name = new URL(request.url, "http://here/").pathname.replace(/\/$/, "/index.html");
    const bytes = await readFile(join(path, decodeURIComponent(name))).catch(() => undefined);
    response.writeHead(bytes ? 200 : 404, { "Content-Type": TYPES[extname(name)] ?? "application/octet-stream" });
    response.end(bytes ?? "not found");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}/`;
}

/** A port that was free a moment ago. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts Vite's server in `project` until the test ends; gives its address. */
async function viteServer(t, project, vite, ...command) {
  const port = await freePort();
  const where = ["--host", "127.0.0.1", "--port", String(port), "--strictPort"];
  const server = spawn(process.execPath, [join(bundlers, vite, "bin/vite.js"), ...command, ...where], { cwd: project });
  let said = "";
  for (const stream of [server.stdout, server.stderr]) {
    stream.on("data", (text) => (said += text));
  }
  const ended = new Promise((resolve) => server.on("exit", resolve));
  t.after(() => {
    server.kill();
    return ended;
  });
  const address = `http://127.0.0.1:${port}/`;
  for (let tries = 0; tries < 300; tries += 1) {
    const answer = await fetch(address).catch(() => undefined);
    if (answer?.ok) {
      return address;
    }
    assert.equal(server.exitCode, null, said);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Vite does not answer: ${said}`);
}

/** What became of the element at `address`: an error's detail, or the tones of its picture. */
async function outcome(t, address) {
  const context = await contextOf(t);
  const tab = await context.newPage();
  const said = [];
  tab.on("pageerror", (error) => said.push(error.message));
  await tab.goto(address);
  const found = await tab.evaluate(async () => {
    await customElements.whenDefined("gan-sampler");
    const element = document.querySelector("gan-sampler");
    return new Promise((resolve) => {
      const told = (event) => resolve({ error: event.detail });
      element.addEventListener("error", told);
      const look = () => {
        const canvas = element.shadowRoot.querySelector("canvas");
        if (canvas.hidden) {
          // It may have failed before anyone listened.
          const alert = element.shadowRoot.querySelector("[role=alert]");
          return alert ? resolve({ error: { message: alert.textContent } }) : setTimeout(look, 50);
        }
        const { width, height } = canvas;
        const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
        const reds = data.filter((_, i) => i % 4 === 0);
        const share = (wanted) => reds.filter(wanted).length / reds.length;
        return resolve({ width, bright: share((x) => x > 200), dark: share((x) => x < 50) });
      };
      look();
    });
  });
  assert.deepEqual(said, []);
  return found;
}

/** Sixteen digits are on the canvas: bright strokes on a dark ground. */
async function assertDigits(t, address) {
  const found = await outcome(t, address);
  assert.equal(found.error, undefined, JSON.stringify(found));
  const { width, bright, dark } = found;
  assert.equal(width, 4 * 29 - 1);
  assert.ok(bright > 0.05 && bright < 0.4 && dark > 0.5, `${bright} bright, ${dark} dark`);
}

test("the package holds the element, every file that it imports, its types and the module", async () => {
  const files = packed.files.map(({ path }) => path);
  const parts = (await readdir(join(widget, "element"))).map((name) => `element/${name}`);
  const others = ["gan-sampler.js", "gan-sampler.d.ts", "custom-elements.json", "README.md", "package.json"];
  const module = ["wasm/gan_widget.js", MODULE];
  assert.deepEqual([...files].sort(), [...parts, ...others, ...module].sort());
});

for (const [vite, version, { config }] of [
  ["vite", 8, {}],
  ["vite-7", 7, { config: 'export default { optimizeDeps: { exclude: ["gan-sampler"] } };' }],
]) {
  const files = {
    "index.html": page("/main.js"),
    "main.js": 'import "gan-sampler";',
    ...(config ? { "vite.config.js": config } : {}),
  };

  test(`Vite ${version}: its server for development draws digits`, async (t) => {
    const project = await projectWith(`vite ${version} dev`, files);
    await assertDigits(t, await viteServer(t, project, vite));
  });

  test(`Vite ${version}: what it builds draws digits`, async (t) => {
    const project = await projectWith(`vite ${version} build`, files);
    await bundle(project, `${vite}/bin/vite.js`, "build");
    await assertDigits(t, await viteServer(t, project, vite, "preview"));
  });
}

test("webpack: what it builds draws digits", async (t) => {
  const project = await projectWith("webpack", {
    "main.js": 'import "gan-sampler";',
    "webpack.config.js": 'export default { mode: "production", entry: "./main.js" };',
    "public/index.html": page("main.js"),
  });
  await bundle(project, "webpack-cli/bin/cli.js", "build");
  await cp(join(project, "public"), join(project, "dist"), { recursive: true });
  await assertDigits(t, await served(t, join(project, "dist")));
});

/** What `esbuild` makes of `script`, with further options; beside it lies what a site has. */
async function esbuilt(name, script, ...options) {
  const project = await projectWith(name, { "main.js": script, "public/index.html": page("main.js") });
  const command = ["main.js", "--bundle", "--format=esm", "--outdir=dist", ...options];
  await bundle(project, "esbuild/bin/esbuild", ...command);
  await cp(join(project, "public"), join(project, "dist"), { recursive: true });
  return project;
}

test("esbuild: with the module beside it, what it builds draws digits; without, the module is named", async (t) => {
  const project = await esbuilt("esbuild", 'import "gan-sampler";');
  const site = await served(t, join(project, "dist"));
  const { error } = await outcome(t, site);
  assert.match(error.message, /gan_widget_bg\.wasm/);
  await copyFile(join(project, "node_modules/gan-sampler", MODULE), join(project, "dist/gan_widget_bg.wasm"));
  await assertDigits(t, site);
});

test("esbuild: a module whose address its loader gives draws digits", async (t) => {
  const script = `import { GanSampler } from "gan-sampler";
    import wasm from "gan-sampler/${MODULE}";
    GanSampler.wasm = wasm;`;
  const project = await esbuilt("esbuild with a loader", script, "--loader:.wasm=file");
  await assertDigits(t, await served(t, join(project, "dist")));
});

test("Rollup: with the module beside it, what it builds draws digits", async (t) => {
  const project = await projectWith("rollup", {
    "main.js": 'import "gan-sampler";',
    "public/index.html": page("main.js"),
  });
  const plugin = join(bundlers, "@rollup/plugin-node-resolve/dist/es/index.js");
  await bundle(project, "rollup/dist/bin/rollup", "main.js", "--dir", "dist", "--plugin", plugin);
  await cp(join(project, "public"), join(project, "dist"), { recursive: true });
  await copyFile(join(project, "node_modules/gan-sampler", MODULE), join(project, "dist/gan_widget_bg.wasm"));
  await assertDigits(t, await served(t, join(project, "dist")));
});

/** An app that shows the element with `window.show(properties)`, and gets its script with `window.load()`. */
const APPS = {
  React: `import { createRoot } from "react-dom/client";
    import { flushSync } from "react-dom";
    const root = createRoot(document.getElementById("app"));
    const put = (tree) => flushSync(() => root.render(tree));`,
  Preact: `import { render } from "preact";
    const put = (tree) => render(tree, document.getElementById("app"));`,
};

for (const [framework, setup] of Object.entries(APPS)) {
  for (const isFirst of [true, false]) {
    const when = isFirst ? "there already" : "still to come";
    test(`${framework}: latents, count and toolbar follow the app's state, with the script ${when}`, async (t) => {
      const source = framework.toLowerCase();
      const project = await projectWith(`${framework} ${isFirst}`, {
        "main.jsx": `${setup}
          window.show = (more) =>
            put(<main><p id="alive">alive</p><gan-sampler src="${WEIGHTS}" {...more}></gan-sampler></main>);
          window.load = () => import("gan-sampler").then(() => {});`,
        "public/index.html": `<!doctype html><meta charset="utf-8"><title>An app</title>
          <link rel="icon" href="data:,"><div id="app"></div><script type="module" src="main.js"></script>`,
      });
      const options = ["--bundle", "--format=esm", "--outdir=dist", "--jsx=automatic", `--jsx-import-source=${source}`];
      await bundle(project, "esbuild/bin/esbuild", "main.jsx", ...options);
      await cp(join(project, "public"), join(project, "dist"), { recursive: true });
      await copyFile(join(project, "node_modules/gan-sampler", MODULE), join(project, "dist/gan_widget_bg.wasm"));
      const tab = await (await contextOf(t)).newPage();
      const said = [];
      tab.on("pageerror", (error) => said.push(error.message));
      await tab.goto(await served(t, join(project, "dist")));
      await tab.waitForFunction(() => window.show);
      const toolbar = tab.getByRole("button", { name: "New samples" });
      /** Renders the app, and gives the latents once the element shows so many samples in a row. */
      const shown = async (properties, columns) => {
        await tab.evaluate((properties) => window.show(properties), properties);
        if (!(await tab.evaluate(() => Boolean(customElements.get("gan-sampler"))))) {
          await tab.evaluate(() => window.load());
        }
        const isShown = ([properties, width]) => {
          const element = document.querySelector("gan-sampler");
          const canvas = element.shadowRoot.querySelector("canvas");
          const { latent } = properties;
          const isRight = !latent || String(element.latent) === String(Float32Array.from(latent));
          return isRight && !canvas.hidden && canvas.width === width;
        };
        await tab.waitForFunction(isShown, [properties, columns * 29 - 1], { timeout: 20_000 });
        assert.equal(await toolbar.isVisible(), Boolean(properties.controls));
        assert.equal(await tab.locator("#alive").textContent(), "alive");
        return tab.evaluate(() => [...document.querySelector("gan-sampler").latent]);
      };
      if (isFirst) {
        await tab.evaluate(() => window.load());
      }
      const given = Array.from({ length: 64 }, (_, index) => Math.sin(index));
      await shown({ latent: given, controls: true }, 1);
      const ofSeed = await shown({ latent: null, controls: false, count: 4 }, 2);
      await shown({ latent: given, controls: true }, 1);
      assert.deepEqual(await shown({ latent: undefined, count: 4, controls: undefined }, 2), ofSeed);
      assert.deepEqual(said, []);
    });
  }
}

test("Node, which renders pages for browsers, imports the element and defines nothing", async () => {
  const project = await projectWith("node", {
    "render.js": `const before = Object.getOwnPropertyNames(globalThis);
      const { GanSampler } = await import("gan-sampler");
      const more = Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name));
      console.log(JSON.stringify([typeof GanSampler, GanSampler.observedAttributes.includes("src"), more]));`,
  });
  const { stdout, stderr } = await execute(process.execPath, ["render.js"], { cwd: project });
  assert.equal(stderr, "");
  assert.deepEqual(JSON.parse(stdout), ["function", true, []]);
});
