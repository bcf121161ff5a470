// One module and one copy of each generator's file for all elements of a page.

/** Largest file that is taken: a server that never ends must not fill the memory. */
const MOST_BYTES = 32 * 1024 * 1024;

/** The module, once it is there or on its way. */
let module;
/** By absolute address: `{ generator: Promise<Generator>, users, watchers, loaded, total }`. */
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
    const glue = await import("../wasm/gan_widget.js");
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
    response = await fetch(url);
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
 * The generator at `url`, for one more user. `watcher(loaded, total)` is told how far the download is.
 * What failed is asked for again by the next user.
 */
export function acquire(url, watcher) {
  let entry = files.get(url);
  if (!entry) {
    entry = { users: 0, watchers: new Set(), loaded: 0, total: undefined };
    entry.generator = read(url, entry);
    entry.generator.catch(() => files.get(url) === entry && files.delete(url));
    files.set(url, entry);
  }
  entry.users += 1;
  entry.watchers.add(watcher);
  return entry.generator.finally(() => entry.watchers.delete(watcher));
}

/** One user less; the last one frees the memory. */
export function release(url) {
  const entry = files.get(url);
  if (!entry || --entry.users > 0) {
    return;
  }
  files.delete(url);
  entry.generator.then((generator) => generator.free()).catch(() => {});
}

/** After a trap nothing of the module can be trusted: all that was made with it is forgotten. */
export function guard(error) {
  if (error instanceof WebAssembly.RuntimeError) {
    module = undefined;
    files.clear();
  }
}
