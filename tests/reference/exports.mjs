// Runs exported layers models in TensorFlow.js: `node exports.mjs FOLDER`, as exports.py does with other forms. `TFJS` names a
// package.json beside which @tensorflow/tfjs is installed.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const tf = createRequire(process.env.TFJS)("@tensorflow/tfjs");
const folder = process.argv[2];
const largest = 2e-4;
await tf.setBackend("cpu");
const read = (name) => readFileSync(join(folder, name));
const bytes = (name) => {
  const file = read(name);
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
};

let worst = 0;
for (const [name, shapes] of Object.entries(JSON.parse(read("cases.json")).tfjs)) {
  const { modelTopology, weightsManifest } = JSON.parse(read(`${name}/model.json`));
  const [group] = weightsManifest;
  const artifacts = { modelTopology, weightSpecs: group.weights, weightData: bytes(`${name}/${group.paths[0]}`) };
  const net = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
  const given = [];
  for (const part of ["latent", "class", "picture"].filter((part) => part in shapes)) {
    if (part === "class") {
      const whole = Array.from(new BigInt64Array(bytes(`${name}.class`)), Number);
      given.push(tf.tensor2d(whole, [whole.length, 1], "int32"));
    } else {
      const tensor = tf.tensor(new Float32Array(bytes(`${name}.${part}`)), shapes[part]);
      given.push(part === "picture" ? tensor.transpose([0, 2, 3, 1]) : tensor);
    }
  }
  const made = net.predict(given.length > 1 ? given : given[0]);
  const channelsFirst = made.rank === 4 ? made.transpose([0, 3, 1, 2]) : made;
  const wanted = tf.tensor(new Float32Array(bytes(`${name}.samples`)), shapes.samples);
  const apart = channelsFirst.sub(wanted).abs().max().dataSync()[0];
  console.log(`tfjs ${name}: ${apart.toExponential(1)}`);
  worst = Math.max(worst, apart);
}
if (!(worst <= largest)) {
  throw new Error(`${worst} apart`);
}
