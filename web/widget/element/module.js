// The wasm module: one instance for all elements of a page.

// A literal, because bundlers follow nothing else. The glue finds the wasm beside itself, by
// `new URL("gan_widget_bg.wasm", import.meta.url)`, which bundlers follow, too.
import initialise, { __wbg_reset_state as startAfresh, Generator } from "../wasm/gan_widget.js";

import { SamplerError } from "./error.js";

/** Where the wasm is, or the wasm itself; `undefined`: beside the glue. */
let wasm;
/** The instance, once it is there or on its way. */
let started;
/** Whether the instance has trapped: nothing in it can be trusted any more. */
let isSpoiled = false;
/** How many instances there have been before the present one. */
let era = 0;

export function wasmInUse() {
  return wasm;
}

/** Takes the wasm from elsewhere, from the next start on. */
export function useWasm(source) {
  wasm = source ?? undefined;
}

async function initialised() {
  // Whoever imports the element can say where the wasm is before the first element asks for it.
  await undefined;
  try {
    await initialise(wasm === undefined ? undefined : { module_or_path: wasm });
  } catch (error) {
    started = undefined;
    throw new SamplerError("module", `gan_widget_bg.wasm: ${error?.message ?? error}`);
  }
}

/** Settles when generators can be made. */
export function start() {
  return (started ??= initialised());
}

/** The number of the present instance; one that has trapped is replaced first. */
export function presentEra() {
  if (isSpoiled) {
    startAfresh();
    isSpoiled = false;
    era += 1;
  }
  return era;
}

/** Makes a generator of a file's bytes, in the present instance. */
export function generatorOf(bytes) {
  return new Generator(bytes);
}

/** After a trap the next generator gets another instance. */
export function guard(error) {
  if (error instanceof WebAssembly.RuntimeError) {
    isSpoiled = true;
  }
}
