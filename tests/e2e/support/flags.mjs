// What makes headless Chromium quiet, able to run as root, and able to use WebGPU.

export const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Offers WebGPU on SwiftShader: correct, and very slow.
  "--enable-unsafe-webgpu",
];
