#!/usr/bin/env bash
# Software:   @tensorflow/tfjs 4.22.0 (Keras 3.15.1 clips likewise).
# Behaviour:  the binary cross-entropy of a probability is cut at 1e-7: a sample that the discriminator rejects with logit
#             -20 gives the generator a gradient of exactly 0, where the cross-entropy of the logit gives -1. The
#             cut is uneven besides: the worst loss is 16.12 for a real sample and 15.94 for a generated one.
# One would guess: the non-saturating loss does not saturate, and both ends are alike.
# Found in:   tfjs-layers/src/backend/tfjs_backend.ts, `binaryCrossentropy` (`clipByValue` between epsilon and
#             1 - epsilon, whose rounding in f32 makes the ends differ); keras/src/backend/jax/nn.py likewise.
# Meets us:   reference runs in which "the generator stopped learning" is the loss's doing, not the game's.
# Seen:       28 November 2026.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

npm_packages @tensorflow/tfjs@4.22.0

seen=$(javascript <<'JS'
console.warn = () => {};
const tf = await import("@tensorflow/tfjs");
await tf.setBackend("cpu");

const one = tf.tensor2d([[1]]);
const ofProbability = (logit) => tf.metrics.binaryCrossentropy(one, tf.sigmoid(logit));
const ofLogit = (logit) => tf.losses.sigmoidCrossEntropy(one, logit);
for (const logit of [-10, -20]) {
  const slope = (loss) => Math.round(1000 * tf.grad((x) => loss(x).sum())(tf.tensor2d([[logit]])).dataSync()[0]) / 1000;
  console.log(`gradient at logit ${logit}: ${slope(ofProbability)} by probability, ${slope(ofLogit)} by logit`);
}
const worst = (truth) =>
  tf.metrics.binaryCrossentropy(tf.tensor2d([[truth]]), tf.tensor2d([[1 - truth]])).dataSync()[0].toFixed(2);
console.log(`worst loss of a real sample ${worst(1)}, of a generated one ${worst(0)}`);
JS
)
as_stated "$seen" <<'STATED'
gradient at logit -10: -1 by probability, -1 by logit
gradient at logit -20: 0 by probability, -1 by logit
worst loss of a real sample 16.12, of a generated one 15.94
STATED
