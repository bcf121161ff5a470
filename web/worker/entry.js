// Boots a build of the worker: `entry.js?variant=cpu` or `?variant=gpu`.
//
// What only JavaScript can do before the wasm runs: hold the lock by whose release the page
// learns of this worker's death, and watch the WebGPU device that the wasm is going to request.

/** The builds that are there; written in by `cargo xtask`. */
const BUILDS = [];

/** A module whose one function multiplies and adds four numbers by one instruction, of relaxed SIMD. */
const MULTIPLIES_AND_ADDS = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // WebAssembly, version 1
  0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b, // a type: no arguments, a vector comes out
  0x03, 0x02, 0x01, 0x00, // a function of that type
  0x0a, 0x0f, 0x01, 0x0d, 0x01, 0x01, 0x7b, // its code, with a vector for a variable
  0x20, 0x00, 0x20, 0x00, 0x20, 0x00, 0xfd, 0x85, 0x02, 0x0b, // that three times; multiplied and added
]);

/** The folder of the build that suits this browser best. */
function build(variant) {
  const fused = BUILDS.includes("cpu-relaxed") && WebAssembly.validate(MULTIPLIES_AND_ADDS);
  return variant === "cpu" && fused ? "cpu-relaxed" : variant;
}

// Not by the worker's own address, which in a sandboxed frame is no more than an import of this.
const variant = new URL(import.meta.url).searchParams.get("variant");
/** Where the site lies: the wasm fetches data sets from there. */
self.ganSite = new URL("../", import.meta.url).href;

function report(fault) {
  self.postMessage({ event: { kind: "fault", ...fault }, attachments: [] });
}

function reportDevice(message) {
  report({ code: "device", message });
}

if (variant === "gpu" && self.GPUAdapter) {
  const requestDevice = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor);
    device.lost.then(({ reason, message }) =>
      reportDevice(`the WebGPU device was lost (${reason}): ${message}`),
    );
    // A shader that fails validation leaves stale, plausible numbers behind.
    device.addEventListener("uncapturederror", ({ error }) =>
      reportDevice(`WebGPU: ${error.message}`),
    );
    self.ganDevice = device;
    // The wasm side is not told the adapter's name.
    const { description, vendor, architecture, device: model } = this.info ?? {};
    self.ganAdapter = description || [vendor, architecture, model].filter(Boolean).join(" ");
    return device;
  };
}

try {
  if (variant !== "cpu" && variant !== "gpu") {
    throw new Error(`there is no worker variant ${variant}`);
  }
  self.ganBuild = build(variant);
  const [{ default: initialize }, { pool }, { holdLock }] = await Promise.all([
    import(`./${self.ganBuild}/gan_worker.js`),
    import("./helpers.js"),
    import("./browser.js"),
  ]);
  // The browser releases it when the worker ends, however it ends.
  holdLock(self.name);
  if (variant === "cpu") self.ganHelpers = pool(self.ganBuild);
  await initialize();
} catch (error) {
  report({ code: "panic", message: String(error) });
}
