// A generator's file from where it lies.

import { SamplerError } from "./error.js";

/** Largest file that is taken: a server that never ends must not fill the memory. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Bytes of `url`. `entry` is `{ abort, watchers, loaded, total }`: what ends the download, who is told
 * how far it is, and how far it is.
 */
export async function download(url, entry) {
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
