// Makes the software adapter pass for hardware, in the page only: the worker sees it as it is.

/** In the page, before its own scripts. */
export function posingAsHardware() {
  const { requestAdapter } = GPU.prototype;
  GPU.prototype.requestAdapter = async function (...options) {
    const adapter = await requestAdapter.apply(this, options);
    const info = {
      vendor: "acme",
      architecture: "roadrunner",
      device: "",
      description: "",
      isFallbackAdapter: false,
    };
    Object.defineProperty(adapter, "info", { value: info });
    Object.defineProperty(adapter, "isFallbackAdapter", { value: false });
    return adapter;
  };
}
