// One module and one copy of each generator's file for all elements of a page.

/** Largest file that is taken: a server that never ends must not fill the memory. */
const MOST_BYTES = 32 * 1024 * 1024;

/** The module, once it is there or on its way. */
let module;
/** Instances of the module that could no longer be trusted. */
let spoiled = 0;
/** What is loaded or on its way, by absolute address. */
const files = new Map();

/** An error with a code that says what kind it is. */
export class SamplerError extends Error {
  /**
   * @param {"network" | "file" | "module" | "usage"} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = "SamplerError";
    this.code = code;
  }
}

async function load() {
  try {
    // Another address gives another instance.
    const glue = await import(`../wasm/gan_widget.js${spoiled ? `?${spoiled}` : ""}`);
    await glue.default({ module_or_path: new URL("../wasm/gan_widget_bg.wasm", import.meta.url) });
    return glue;
  } catch (error) {
    module = undefined;
    throw new SamplerError("module", String(error?.message ?? error));
  }
}

/** Bytes of `url`, told as they come. */
async function download(url, entry) {
  let response;
  try {
    response = await fetch(url, { signal: entry.abort.signal });
  } catch {
    throw new SamplerError("network", `${url} cannot be reached`);
  }
  if (!response.ok) {
    throw new SamplerError("network", `${url} answers with status ${response.status}`);
  }
  // A compressed answer's length is not that of what comes out of it.
  const length = Number(response.headers.get("Content-Length"));
  entry.total = response.headers.has("Content-Encoding") || !length ? undefined : length;
  const parts = [];
  const reader = response.body.getReader();
  for (;;) {
    let part;
    try {
      part = await reader.read();
    } catch {
      throw new SamplerError("network", `the download of ${url} was interrupted`);
    }
    if (part.done) {
      break;
    }
    parts.push(part.value);
    entry.loaded += part.value.length;
    if (entry.loaded > entry.total) {
      // Of another origin one is not told that an answer was compressed.
      entry.total = undefined;
    }
    if (entry.loaded > MOST_BYTES) {
      reader.cancel();
      throw new SamplerError("file", `${url} is larger than ${MOST_BYTES} bytes`);
    }
    for (const watcher of entry.watchers) {
      watcher(entry.loaded, entry.total);
    }
  }
  const bytes = new Uint8Array(entry.loaded);
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}

async function read(url, entry) {
  module ??= load();
  const [bytes, { Generator }] = await Promise.all([download(url, entry), module]);
  try {
    return new Generator(bytes);
  } catch (error) {
    guard(error);
    throw new SamplerError("file", `${url}: ${error.message}`);
  }
}

/**
 * The generator at `url`, for one more user: `{ generator, release }`, a promise and what to call once
 * it is no longer needed. `watcher(loaded, total)` is told how far the download is. What failed is asked
 * for again by the next user; what nobody waits for any more is not loaded to its end.
 */
export function acquire(url, watcher) {
  let entry = files.get(url);
  if (!entry) {
    entry = { users: 0, watchers: new Set(), loaded: 0, total: undefined, abort: new AbortController() };
    entry.forget = () => files.get(url) === entry && files.delete(url);
    entry.generator = read(url, entry);
    entry.generator.catch(entry.forget);
    files.set(url, entry);
  }
  entry.users += 1;
  entry.watchers.add(watcher);
  let held = true;
  const release = () => {
    entry.watchers.delete(watcher);
    if (!held) {
      return;
    }
    held = false;
    entry.users -= 1;
    if (entry.users === 0) {
      entry.forget();
      entry.abort.abort();
      entry.generator.then((generator) => generator.free()).catch(() => {});
    }
  };
  return { generator: entry.generator, release };
}

/** After a trap nothing of the instance can be trusted: the next generator gets another one. */
export function guard(error) {
  if (error instanceof WebAssembly.RuntimeError) {
    module = undefined;
    spoiled += 1;
    files.clear();
  }
}
