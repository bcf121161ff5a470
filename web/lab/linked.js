// Fetches a file from the address in a link, with progress.

/** More than any run of the page has. */
const MOST_BYTES = 256e6;

/**
 * A promise of the bytes at `url`, which may be another origin's; `progress(loaded, total)` is called
 * meanwhile, `total` being 0 where the server does not say. A refusal is an `Error` whose message is one of
 * `unreachable` (or forbidden to other sites), `status N`, `large`.
 */
async function fetched({ url, progress }) {
  let response;
  try {
    response = await fetch(url, { credentials: "omit" });
  } catch {
    // Browsers do not say which of the two.
    throw new Error("unreachable");
  }
  if (!response.ok) throw new Error(`status ${response.status}`);
  const total = Number(response.headers.get("Content-Length") ?? 0);
  if (total > MOST_BYTES) throw new Error("large");
  const parts = [];
  let loaded = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    loaded += value.length;
    if (loaded > MOST_BYTES) {
      await reader.cancel();
      throw new Error("large");
    }
    progress(loaded, total);
  }
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Fetches, the only `kind` there is. */
export function linked(kind, fields) {
  return fetched(fields);
}
