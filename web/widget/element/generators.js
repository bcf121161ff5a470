// One copy of each generator's file for all elements of a page.

import { download } from "./download.js";
import { SamplerError } from "./error.js";
import { Loaded } from "./loaded.js";
import { start } from "./module.js";

/** What is loaded or on its way, by absolute address. */
const files = new Map();

async function read(url, entry) {
  const [bytes] = await Promise.all([download(url, entry), start()]);
  try {
    return new Loaded(bytes);
  } catch (error) {
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
