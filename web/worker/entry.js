// Boots one of the two worker builds: `entry.js?variant=cpu` or `?variant=gpu`.
//
// What only JavaScript can do before the wasm runs: hold the lock by whose release the page
// learns of this worker's death, and watch the WebGPU device that the wasm is going to request.

const variant = new URL(self.location.href).searchParams.get("variant");

function report(fault) {
  self.postMessage({ event: { kind: "fault", ...fault }, attachments: [] });
}

function reportDevice(message) {
  report({ code: "device", message });
}

// The browser releases the lock when the worker ends, however it ends.
navigator.locks?.request(self.name, () => new Promise(() => {}));

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
  const { default: initialize } = await import(`./${variant}/gan_worker.js`);
  await initialize();
} catch (error) {
  report({ code: "panic", message: String(error) });
}
