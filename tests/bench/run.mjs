// Times the nets of `nets` with every engine there is, in one run: `cargo xtask bench` calls this.

import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";

import { Browser } from "./engines/browser.mjs";
import { ours, peak, torch } from "./engines/native.mjs";
import { print } from "./table.mjs";

const { values: options } = parseArgs({
  options: {
    /** The address of the built site. */
    site: { type: "string" },
    /** The folder of the programs and modules of `peak`. */
    built: { type: "string" },
    /** The program `gan`, and whether it can use a graphics processor. */
    gan: { type: "string" },
    "native-gpu": { type: "boolean", default: false },
    python: { type: "string", default: "python3" },
    quick: { type: "boolean", default: false },
    json: { type: "string" },
    /** Names with commas between them; all otherwise. */
    nets: { type: "string" },
    engines: { type: "string" },
  },
});

const ALL_NETS = ["toy-small", "toy", "mlp", "dcgan-small", "dcgan"];
/** Ours first: the ratios are to it. */
const IN_BROWSER = [
  { key: "cpu", family: "ours", variant: "cpu", name: "ours, CPU worker" },
  { key: "cpu-isolated", family: "ours", variant: "cpu", isolated: true, name: "ours, CPU worker, isolated page" },
  { key: "tfjs-wasm", family: "tfjs", variant: "wasm", name: "TensorFlow.js, wasm" },
  { key: "tfjs-cpu", family: "tfjs", variant: "cpu", name: "TensorFlow.js, cpu" },
  { key: "gpu", family: "ours", variant: "gpu", name: "ours, GPU worker" },
  { key: "tfjs-webgpu", family: "tfjs", variant: "webgpu", name: "TensorFlow.js, webgpu" },
  { key: "tfjs-webgl", family: "tfjs", variant: "webgl", name: "TensorFlow.js, webgl" },
];
const ON_WEBGPU = ["gpu", "tfjs-webgpu"];

/** How long is spent on what. Groups are long enough that what a worker does at their end hardly counts. */
const EFFORT = options.quick
  ? { rounds: 3, group_ms: 1_000, slow_ms: 1_500, patience_ms: 25_000, native_s: 1, startUps: 3, steps: 500 }
  : { rounds: 7, group_ms: 2_000, slow_ms: 8_000, patience_ms: 150_000, native_s: 4, startUps: 7, steps: 5_000 };
/** Steps on a device while memory is looked at. */
const GPU_STEPS = options.quick ? 100 : 5_000;

const isChosen = (list, name) => !list || list.split(",").includes(name);
const say = (line) => process.stderr.write(`${line}\n`);

/** What `promise` gives within `ms`. */
function within(ms, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing after ${ms / 1_000} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const sorted = (values) => values.toSorted((a, b) => a - b);
const median = (values) => sorted(values)[Math.floor(values.length / 2)];

function row(net, engine, backend, batch, times) {
  const all = sorted(times);
  return {
    net,
    engine,
    backend,
    batch,
    median_ms: median(all),
    min_ms: all[0],
    max_ms: all.at(-1),
    runs: all.length,
  };
}

/** Engines in the browser that could be opened, each with its page. */
async function opened(browser) {
  const engines = [];
  for (const wanted of IN_BROWSER) {
    if (isChosen(options.engines, wanted.key)) {
      const engine = await engineOf(browser, wanted);
      engines.push(...(engine ? [engine] : []));
    }
  }
  return engines;
}

/** An engine as `IN_BROWSER` has it; nothing if it does not start, which is told. */
async function engineOf(browser, { key, family, variant, isolated, name }) {
  try {
    const engine = await within(60_000, browser.engine(family, variant, isolated), name);
    return Object.assign(engine, { key, name, isolated });
  } catch (error) {
    say(`${name}: ${error.message.split("\n")[0]}`);
    return undefined;
  }
}

/** Readies an engine for a net; how many steps make a group, or the one step where that is slow. */
async function warmed(engine, spec) {
  await within(EFFORT.patience_ms, engine.load(spec), "loading");
  const first_ms = await within(EFFORT.patience_ms, engine.time(1), "the first step");
  // Two more have to fit into the patience.
  if (first_ms > EFFORT.patience_ms / 3) {
    return { times: [first_ms], count: 0 };
  }
  const step_ms = await within(EFFORT.patience_ms, engine.time(2), "the second step");
  if (step_ms > EFFORT.slow_ms) {
    return { times: [step_ms], count: 0 };
  }
  const count = Math.min(5_000, Math.max(1, Math.round(EFFORT.group_ms / step_ms)));
  await within(EFFORT.patience_ms, engine.time(count), "the first group");
  return { times: [], count };
}

/** Rows of one net. Engines take turns, so that what else the machine does meets all of them. */
async function timeNet(net, spec, browser, engines, natives) {
  /** What `work` gives, or nothing: an engine that fails is told, and begins anew with the next net. */
  const tried = async (engine, work) => {
    try {
      return await work();
    } catch (error) {
      say(`${net}, ${engine.name}: ${(engine.problem ?? error.message).split("\n")[0]}`);
      // A page that is still at it would slow the others down.
      await engine.close();
      const fresh = await engineOf(browser, engine);
      engines.splice(engines.indexOf(engine), 1, ...(fresh ? [fresh] : []));
      return undefined;
    }
  };
  let runs = [];
  for (const engine of [...engines]) {
    const run = await tried(engine, () => warmed(engine, spec));
    runs.push(...(run ? [{ engine, ...run }] : []));
  }
  for (let round = 0; round < EFFORT.rounds; round += 1) {
    for (const run of [...runs]) {
      const { engine, times, count } = run;
      if (count === 0) {
        continue;
      }
      const time = await tried(engine, () => within(EFFORT.patience_ms, engine.time(count), "a group"));
      if (time === undefined) {
        runs = runs.filter((other) => other !== run);
      } else {
        times.push(time);
      }
    }
  }
  const rows = runs.map(({ engine, times }) => {
    const { adapter, version } = engine.known;
    const backend = adapter ?? `${engine.variant} ${version}`;
    return row(net, engine.name, backend, spec.batch_size, times);
  });
  for (const native of natives) {
    try {
      for (const found of await native.time(net, EFFORT.native_s)) {
        const { backend, batch, median_ms, min_ms, max_ms, runs: count } = found;
        rows.push({ net, engine: native.name, backend, batch, median_ms, min_ms, max_ms, runs: count });
      }
    } catch (error) {
      say(`${net}, ${native.name}: ${error.message.split("\n").at(-1)}`);
    }
  }
  const onDevice = [];
  for (const { engine, count } of runs) {
    if (ON_WEBGPU.includes(engine.key)) {
      const steps = count > 1 ? 5 : 1;
      const traced = await tried(engine, () =>
        within(steps * EFFORT.patience_ms, engine.traced(steps), "traced steps"),
      );
      onDevice.push(...(traced ? [{ net, engine: engine.name, ...traced }] : []));
    }
  }
  return { rows, onDevice };
}

/** Memory of a worker after 50 steps, after twice, five and ten times as many and so on, and after `most`. */
async function grown(browser, variant, spec, most) {
  const engine = await browser.engine("ours", variant);
  await engine.load(spec);
  const marks = [50, 100, 250, 500, 1_000, 2_500, 5_000].filter((mark) => mark < most).concat(most);
  const found = [];
  let done = 0;
  for (const steps of marks) {
    for (; done < steps; done += 50) {
      await engine.time(50);
      // Traces would be what grows.
      await engine.untrace();
    }
    found.push({ steps, ...(await engine.memory()) });
  }
  await engine.close();
  return { worker: variant, found };
}

async function main() {
  const nets = ALL_NETS.filter((net) => isChosen(options.nets, net));
  const specs = {};
  for (const net of nets) {
    specs[net] = JSON.parse(await readFile(new URL(`nets/${net}.json`, import.meta.url), "utf8"));
  }
  const natives = [ours(options.gan, "cpu")];
  if (options["native-gpu"]) {
    natives.push(ours(options.gan, "gpu"));
  }
  for (const threads of [1, 2]) {
    const found = await torch(options.python, threads);
    if (found.missing) {
      say(`PyTorch is left out: ${found.missing}`);
      break;
    }
    natives.push(found);
  }
  const browser = await Browser.open(options.site, options.built);
  const results = {
    rows: [],
    onDevice: [],
    flops: {},
    memory: [],
    peaks: {},
    compiling: {},
    startUps: [],
  };
  try {
    results.version = browser.version();
    results.peaks = { ...(await browser.peaks()), native: await peak(`${options.built}/peak`) };
    const engines = await opened(browser);
    const wanted = natives.filter(({ key }) => isChosen(options.engines, key));
    for (const net of nets) {
      say(`timing ${net}`);
      const { rows, onDevice } = await timeNet(net, specs[net], browser, engines, wanted);
      results.rows.push(...rows);
      results.onDevice.push(...onDevice);
      results.flops[net] = (await natives[0].time(net, 0.1))[0].flops;
    }
    const plain = engines.filter(({ family, isolated }) => family === "ours" && !isolated);
    const variants = plain.map(({ variant }) => variant);
    for (const engine of engines) {
      await engine.close();
    }
    say("start-up and memory");
    results.compiling = await browser.compiling(variants);
    results.startUps = sorted(await browser.startUps(EFFORT.startUps));
    const small = JSON.parse(await readFile(new URL("nets/toy-small.json", import.meta.url), "utf8"));
    for (const variant of variants) {
      const most = variant === "gpu" ? GPU_STEPS : EFFORT.steps;
      results.memory.push(await grown(browser, variant, small, most));
    }
  } finally {
    await browser.close();
    // Whatever was found until something failed.
    print(results);
    if (options.json) {
      await writeFile(options.json, `${JSON.stringify(results.rows, null, 2)}\n`);
    }
  }
}

await main();
