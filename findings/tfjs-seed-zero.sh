#!/usr/bin/env bash
# Software:   @tensorflow/tfjs 4.22.0.
# Behaviour:  seed 0 is no seed for normal numbers: `tf.randomNormal`, `tf.truncatedNormal` and the initialiser
#             randomNormal give other numbers at each call. `tf.randomUniform` and glorotUniform keep seed 0, as all
#             keep any other seed.
# One would guess: 0 is a seed like any other, the one people write first. (The description of `tf.randomUniform` says
#             that 0 is none there; there it is one.)
# Found in:   tfjs-core/src/ops/rand_util.ts: `MPRandGauss` and `RandGamma` test the seed's truth;
#             tfjs-core/src/ops/random_uniform.ts.
# Meets us:   a DCGAN's weights begin as normal numbers, latents are normal numbers.
# Seen:       28 November 2026.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

npm_packages @tensorflow/tfjs@4.22.0

seen=$(javascript <<'JS'
console.warn = () => {};
const tf = await import("@tensorflow/tfjs");
await tf.setBackend("cpu");

const layer = (initialiser) => (seed) => {
  const dense = tf.layers.dense({ units: 4, kernelInitializer: tf.initializers[initialiser]({ seed }) });
  dense.build([null, 4]);
  return dense.getWeights()[0];
};
const draws = {
  "tf.randomNormal": (seed) => tf.randomNormal([4], 0, 1, "float32", seed),
  "tf.truncatedNormal": (seed) => tf.truncatedNormal([4], 0, 1, "float32", seed),
  "initialiser randomNormal": layer("randomNormal"),
  "tf.randomUniform": (seed) => tf.randomUniform([4], 0, 1, "float32", seed),
  "initialiser glorotUniform": layer("glorotUniform"),
};
for (const [name, draw] of Object.entries(draws)) {
  const kept = (seed) => String(draw(seed).dataSync()) === String(draw(seed).dataSync());
  const words = [0, 1].map((seed) => `seed ${seed} ${kept(seed) ? "the same twice" : "different"}`);
  console.log(`${name}: ${words.join(", ")}`);
}
JS
)
as_stated "$seen" <<'STATED'
tf.randomNormal: seed 0 different, seed 1 the same twice
tf.truncatedNormal: seed 0 different, seed 1 the same twice
initialiser randomNormal: seed 0 different, seed 1 the same twice
tf.randomUniform: seed 0 the same twice, seed 1 the same twice
initialiser glorotUniform: seed 0 the same twice, seed 1 the same twice
STATED
