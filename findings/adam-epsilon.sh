#!/usr/bin/env bash
# Software:   Keras 3.15.1 (on JAX 0.10.2), optax 0.2.8, @tensorflow/tfjs 4.22.0.
# Behaviour:  Adam with the same settings takes other steps: the first for a gradient of 1e-7, epsilon 1e-7 and a rate of
#             1 is 0.03 in Keras and 0.5 in optax and TF.js. Keras adds epsilon before the bias is corrected, where it
#             weighs 32 times as much at the first step.
# One would guess: Adam is Adam, and the first step is about the learning rate in all.
# Found in:   keras/src/optimizers/adam.py, the argument `epsilon`: the paper's "epsilon hat", not Algorithm 1's;
#             optax/_src/transform.py (`scale_by_adam`); tfjs-core/src/optimizers/adam_optimizer.ts.
# Meets us:   comparing runs with Keras where gradients are small: a saturated discriminator's, late in minimax.
# Seen:       28 November 2026. Installs 0.7 GB for the time that it runs.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

npm_packages @tensorflow/tfjs@4.22.0
pip_packages keras==3.15.1 jax==0.10.2 jaxlib==0.10.2 optax==0.2.8 numpy==2.4.6

of_python=$(KERAS_BACKEND=jax JAX_PLATFORMS=cpu python - <<'PY'
import jax.numpy
import keras
import numpy
import optax

for gradient in 1e-7, 1e-3:
    weight = keras.Variable(numpy.float32(0))
    adam = keras.optimizers.Adam(1.0, 0.9, 0.999, epsilon=1e-7)
    adam.build([weight])
    adam.apply([jax.numpy.float32(gradient)], [weight])
    print(f"Keras, gradient {gradient:g}: {float(numpy.array(weight.value)):.2f}")
    adam = optax.adam(1.0, 0.9, 0.999, 1e-7)
    step, _ = adam.update(jax.numpy.float32(gradient), adam.init(jax.numpy.float32(0)))
    print(f"optax, gradient {gradient:g}: {float(step):.2f}")
PY
)
of_tfjs=$(javascript <<'JS'
console.warn = () => {};
const tf = await import("@tensorflow/tfjs");
await tf.setBackend("cpu");

for (const gradient of ["1e-7", "1e-3"]) {
  const weight = tf.variable(tf.scalar(0));
  tf.train.adam(1, 0.9, 0.999, 1e-7).applyGradients({ [weight.name]: tf.scalar(Number(gradient)) });
  console.log(`TF.js, gradient ${gradient}: ${weight.dataSync()[0].toFixed(2)}`);
}
JS
)
as_stated "$of_python
$of_tfjs" <<'STATED'
Keras, gradient 1e-07: -0.03
optax, gradient 1e-07: -0.50
Keras, gradient 0.001: -1.00
optax, gradient 0.001: -1.00
TF.js, gradient 1e-7: -0.50
TF.js, gradient 1e-3: -1.00
STATED
