#!/usr/bin/env bash
# Software:   vite 8.4.0, esbuild 0.28.2.
# Behaviour:  `import(`../wasm/${name}.js`)` is bundled by Vite in an application's own file and left as it stands, without
#             a warning, in the same file of an installed package: the built page asks for a file that is not there.
#             esbuild bundles both.
# One would guess: what the bundler follows in a file, it follows wherever the file lies.
# Found in:   vite's `build.dynamicImportVarsOptions`, whose default excludes node_modules
#             (packages/vite/src/node/build.ts); the feature page speaks of it without the exception.
# Meets us:   a package that loads its WebAssembly glue by a computed name works in its own demo and nowhere else.
# Seen:       28 November 2026.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

npm_packages vite@8.4.0 esbuild@0.28.2

seen=$(javascript <<'JS'
import { mkdir, writeFile } from "node:fs/promises";
import { build as byEsbuild } from "esbuild";
import { build as byVite } from "vite";

const files = {
  "lib/index.js": "const name = String(globalThis.glue ?? 'glue');\nexport const load = () => import(`../wasm/${name}.js`);\n",
  "wasm/glue.js": 'export const mark = "the glue is here";\n',
  "package.json": '{ "name": "sampler", "version": "1.0.0", "type": "module", "exports": "./lib/index.js" }\n',
};
const places = { "own file": "own", "installed package": "node_modules/sampler" };
for (const place of Object.values(places)) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(new URL(`${place}/${name}/..`, import.meta.url), { recursive: true });
    await writeFile(new URL(`${place}/${name}`, import.meta.url), text);
  }
}
for (const [name, place] of Object.entries(places)) {
  const from = place === "own" ? "./own/lib/index.js" : "sampler";
  await writeFile("main.js", `import { load } from "${from}";\nload().then(({ mark }) => console.log(mark));\n`);
  await writeFile("index.html", '<script type="module" src="/main.js"></script>\n');
  const { output } = await byVite({ logLevel: "silent", build: { write: false } });
  const vite = output.some(({ code, source }) => String(code ?? source).includes("the glue is here"));
  const { outputFiles } = await byEsbuild({
    entryPoints: ["./main.js"], bundle: true, splitting: true, format: "esm", outdir: "out", write: false, logLevel: "silent",
  });
  const esbuild = outputFiles.some(({ text }) => text.includes("the glue is here"));
  console.log(`${name}: Vite ${vite ? "bundles" : "leaves out"} the glue, esbuild ${esbuild ? "bundles" : "leaves out"} it`);
}
JS
)
as_stated "$seen" <<'STATED'
own file: Vite bundles the glue, esbuild bundles it
installed package: Vite leaves out the glue, esbuild bundles it
STATED
