// Runs small enough for a software adapter: merge patches for `load` and for the address. Their
// weights start large, so that samples differ from each other before anything is learned.

import { readdirSync, readFileSync } from "node:fs";

const leakyRelu = { kind: "activation", function: { name: "leaky_relu" } };
const tanh = { kind: "activation", function: { name: "tanh" } };

/** Data that are there at once. */
export const drawnDigits = { data: { source: "drawn_digits" } };

/** What the tests rely on, whatever the presets come to say. */
const settings = {
  ...drawnDigits,
  latent: { size: 8 },
  objective: "non_saturating",
  generator_optimizer: { learning_rate: 0.0005 },
  discriminator_optimizer: { learning_rate: 0.0005 },
  batch_size: 8,
  discriminator_steps: 1,
  label_smoothing: 0.1,
  ema: { decay: 0.99 },
};

/** An MLP whose step takes a few milliseconds. */
export const tinyMlp = {
  ...settings,
  generator: {
    initial_weights: { kind: "normal", sd: 0.2 },
    layers: [{ kind: "linear", units: 16 }, leakyRelu, { kind: "linear", units: 784 }, tanh],
  },
  discriminator: {
    initial_weights: { kind: "normal", sd: 0.2 },
    layers: [
      { kind: "flatten" },
      { kind: "linear", units: 16 },
      leakyRelu,
      { kind: "linear", units: 1 },
    ],
  },
};

/** A convolutional run with every kind of tensor that the presets have. */
export const tinyConv = {
  ...settings,
  generator: {
    initial_weights: { kind: "normal", sd: 0.2 },
    layers: [
      { kind: "linear", units: 196, bias: false },
      { kind: "reshape", channels: 4, height: 7, width: 7 },
      { kind: "batch_norm" },
      { kind: "activation", function: { name: "relu" } },
      { kind: "conv_transpose", channels: 4, kernel: 4, stride: 2, padding: 1 },
      { kind: "activation", function: { name: "relu" } },
      { kind: "conv_transpose", channels: 1, kernel: 4, stride: 2, padding: 1 },
      tanh,
    ],
  },
  discriminator: {
    initial_weights: { kind: "normal", sd: 0.2 },
    layers: [
      { kind: "conv", channels: 4, kernel: 4, stride: 2, padding: 1 },
      leakyRelu,
      { kind: "conv", channels: 4, kernel: 4, stride: 2, padding: 1 },
      leakyRelu,
      { kind: "flatten" },
      { kind: "linear", units: 1 },
    ],
  },
};

const narrow = { kind: "linear", units: 16 };

/** Deep, and nothing in it is bounded: with large learning rates its numbers overflow in no time. */
export const explosive = {
  ...settings,
  generator: {
    initial_weights: { kind: "normal", sd: 0.2 },
    layers: [...Array(8).fill(narrow), { kind: "linear", units: 784 }],
  },
  discriminator: {
    initial_weights: { kind: "normal", sd: 0.2 },
    layers: [{ kind: "flatten" }, ...Array(8).fill(narrow), { kind: "linear", units: 1 }],
  },
  objective: "least_squares",
};

const presetFiles = new URL("../../../crates/gan-protocol/presets/", import.meta.url);

/** The names of the presets that the page offers. */
export const presets = readdirSync(presetFiles).map((name) => name.replace(/\.json$/, ""));

/** A preset's settings. */
export function presetSpec(preset) {
  return JSON.parse(readFileSync(new URL(`${preset}.json`, presetFiles), "utf8"));
}

/** Whether a preset's data are images, for which drawn digits can stand in. */
export function usesImages(preset) {
  return presetSpec(preset).data.source === "mnist";
}

/** Whether a preset learns from files that the user has. */
export function needsFiles(preset) {
  return presetSpec(preset).data.source.endsWith("_files");
}
