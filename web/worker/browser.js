// What the browser offers, asked before it is used; `crates/gan-browser` asks for the wasm and says why.

/** Whether workers can be given memory to share. An isolated page may be without `SharedArrayBuffer`. */
export function canShareMemory() {
  const canGrow = typeof SharedArrayBuffer === "function" && "grow" in SharedArrayBuffer.prototype;
  return canGrow && self.crossOriginIsolated && typeof Worker === "function";
}

/** Holds the lock `name` for as long as the calling worker lives, where there are locks. */
export function holdLock(name) {
  // A sandboxed frame has them and is refused each one.
  navigator.locks?.request(name, () => new Promise(() => {})).catch(() => {});
}

/** Starts the worker whose module lies at `url`; where that is another origin's, by way of an import. */
export function startWorker(url, options) {
  const { href, origin } = new URL(url);
  // In a sandboxed frame every origin is another one, and a `blob:` is refused by some browsers.
  const script = `data:text/javascript,${encodeURIComponent(`import "${href}";`)}`;
  return new Worker(origin === self.origin ? href : script, { ...options, type: "module" });
}

/** Puts `text` on the clipboard; a promise of whether the browser let it. */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedByEvent(text);
  }
}

/** The older way, which browsers leave to plain http and to frames: to answer the event of copying. */
function copiedByEvent(text) {
  const answer = (event) => {
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  };
  document.addEventListener("copy", answer);
  try {
    return document.execCommand("copy");
  } finally {
    document.removeEventListener("copy", answer);
  }
}

/** Has the service worker at `url` keep the site; nothing comes of it in a private window or on plain http. */
export async function keepOffline(url) {
  try {
    // Some browsers throw at the mere name.
    await navigator.serviceWorker?.register(url, { updateViaCache: "none" });
  } catch {
    // Nothing is lost that was there before.
  }
}
