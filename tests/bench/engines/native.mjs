// Engines that run outside of the browser, each net in a process of its own.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const pytorch = fileURLToPath(new URL("pytorch.py", import.meta.url));

/** The rows that a program prints. */
async function rows(program, parameters, environment = {}) {
  const env = { ...process.env, ...environment };
  return JSON.parse((await run(program, parameters, { env, maxBuffer: 1 << 24 })).stdout);
}

/** `gan bench`, the program at `path`, on one thread or on a graphics processor. */
export function ours(path, device) {
  return {
    key: `native-${device}`,
    name: device === "gpu" ? "ours, native, wgpu" : "ours, native, flex",
    time: (net, seconds) =>
      rows(path, ["bench", net, "--json", "--device", device, "--seconds", String(seconds)], {
        RAYON_NUM_THREADS: "1",
      }),
  };
}

/** PyTorch with `threads` threads, if `python` has it; else the reason why not. */
export async function torch(python, threads) {
  try {
    await run(python, ["-c", "import torch"]);
  } catch (error) {
    return { missing: `${python}: ${String(error.stderr ?? error.message).trim().split("\n").at(-1)}` };
  }
  return {
    key: `torch-${threads}`,
    name: `PyTorch, ${threads} thread${threads > 1 ? "s" : ""}`,
    time: (net, seconds) =>
      rows(python, [pytorch, net, "--threads", String(threads), "--seconds", String(seconds)]),
  };
}

/** GFLOP/s of one core, by the program at `path`; `null` where there is none for this processor. */
export async function peak(path) {
  try {
    return Number((await run(path, [])).stdout);
  } catch {
    return null;
  }
}
