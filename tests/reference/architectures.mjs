// The eighth architecture of architectures.py: the generator of TensorFlow.js's example of an AC-GAN, built and briefly
// trained here by TensorFlow.js 4.22 itself: `node architectures.mjs FOLDER`, with `@tensorflow/tfjs` beside it or in NODE_PATH.
// The class's embedding multiplies the latent; `same` convolutions of 5 x 5; batch normalisation.

import { createRequire } from "node:module";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const tf = createRequire(process.env.TFJS ?? import.meta.url)("@tensorflow/tfjs");
const folder = process.argv[2];
const [classes, size, count] = [10, 100, 8];
mkdirSync(folder, { recursive: true });
await tf.setBackend("cpu");

function generator() {
  const stack = tf.sequential();
  stack.add(tf.layers.dense({ units: 3 * 3 * 96, inputShape: [size], activation: "relu" }));
  stack.add(tf.layers.reshape({ targetShape: [3, 3, 96] }));
  const transposed = (filters, strides, padding, activation) =>
    tf.layers.conv2dTranspose({ filters, kernelSize: 5, strides, padding, activation, kernelInitializer: "glorotNormal" });
  stack.add(transposed(48, 1, "valid", "relu"));
  stack.add(tf.layers.batchNormalization());
  stack.add(transposed(24, 2, "same", "relu"));
  stack.add(tf.layers.batchNormalization());
  stack.add(transposed(1, 2, "same", "tanh"));
  const latent = tf.input({ shape: [size] });
  const label = tf.input({ shape: [1] });
  const embedding = tf.layers.embedding({ inputDim: classes, outputDim: size, embeddingsInitializer: "glorotNormal" });
  const product = tf.layers.multiply().apply([latent, tf.layers.flatten().apply(embedding.apply(label))]);
  return tf.model({ inputs: [latent, label], outputs: stack.apply(product) });
}

const draw = (rows) => [tf.randomNormal([rows, size]), tf.floor(tf.randomUniform([rows, 1], 0, classes))];

const net = generator();
net.compile({ optimizer: tf.train.adam(0.002), loss: "meanSquaredError" });
for (let step = 0; step < 4; step += 1) {
  await net.trainOnBatch(draw(8), tf.randomUniform([8, 28, 28, 1], -1, 1));
}

// NumPy's own form, version 1.0.
function npy(tensor) {
  const shape = tensor.shape.length === 1 ? `(${tensor.shape[0]},)` : `(${tensor.shape.join(", ")})`;
  let header = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`;
  header += " ".repeat(64 - ((10 + header.length + 1) % 64)) + "\n";
  const head = Buffer.from([0x93, 78, 85, 77, 80, 89, 1, 0, header.length & 255, header.length >> 8]);
  return Buffer.concat([head, Buffer.from(header, "latin1"), Buffer.from(Float32Array.from(tensor.dataSync()).buffer)]);
}

const [latents, labels] = draw(count);
const samples = net.predict([latents, labels]);
for (const [name, tensor] of Object.entries({ latents, samples, classes: labels })) {
  writeFileSync(join(folder, `tfjs-acgan.${name}.npy`), npy(tensor));
}
await net.save(
  tf.io.withSaveHandler(async ({ weightData, weightSpecs, ...rest }) => {
    const bytes = Buffer.from(Array.isArray(weightData) ? Buffer.concat(weightData.map((part) => Buffer.from(part))) : weightData);
    // Two shards, of which the first ends within a number.
    const cut = Math.floor(bytes.length / 2) + 1;
    writeFileSync(join(folder, "tfjs-acgan-1.bin"), bytes.subarray(0, cut));
    writeFileSync(join(folder, "tfjs-acgan-2.bin"), bytes.subarray(cut));
    const weightsManifest = [{ paths: ["./tfjs-acgan-1.bin", "./tfjs-acgan-2.bin"], weights: weightSpecs }];
    writeFileSync(join(folder, "tfjs-acgan.json"), JSON.stringify({ ...rest, format: "layers-model", weightsManifest }));
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
  }),
);
