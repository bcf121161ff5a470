#!/usr/bin/env bash
# Software:   @tensorflow/tfjs 4.22.0 and Keras 3.15.1 (on JAX 0.10.2).
# Behaviour:  the same layers of the same names draw other images. UpSampling2D with "bilinear" takes pixels' corners in
#             TF.js and their middles in Keras: shifted by half a pixel. The leaky ReLU has slope 0.3 as a layer and
#             0.2 as a function, in each of them.
# One would guess: TF.js's layers, modelled on Keras's and with a reader for its files, compute what Keras's compute;
#             and one activation has one default.
# Found in:   tfjs-layers/src/layers/convolutional.ts (`UpSampling2D` calls `resizeBilinear` without halfPixelCenters);
#             keras/src/layers/reshaping/up_sampling2d.py; keras/src/layers/activations/leaky_relu.py and
#             keras/src/activations/activations.py.
# Meets us:   generators carried from Keras to the browser; they look right, so only numbers tell.
# Seen:       28 November 2026. Installs 0.7 GB for the time that it runs.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

npm_packages @tensorflow/tfjs@4.22.0
pip_packages keras==3.15.1 jax==0.10.2 jaxlib==0.10.2 numpy==2.4.6

of_tfjs=$(javascript <<'JS'
console.warn = () => {};
const tf = await import("@tensorflow/tfjs");
await tf.setBackend("cpu");

const image = tf.tensor4d([0, 1, 0, 1], [1, 2, 2, 1]);
const larger = tf.layers.upSampling2d({ size: [2, 2], interpolation: "bilinear" }).apply(image);
const slope = (activation) => -Math.round(100 * activation(tf.tensor1d([-1])).dataSync()[0]) / 100;
console.log(`TF.js: 0, 1 twice as wide: ${[...larger.dataSync().slice(0, 4)].join(", ")}`);
console.log(`TF.js: slope of the layer ${slope((x) => tf.layers.leakyReLU().apply(x))}, of the function ${slope(tf.leakyRelu)}`);
JS
)
of_keras=$(KERAS_BACKEND=jax JAX_PLATFORMS=cpu python - <<'PY'
import keras
import numpy

image = numpy.array([0, 1, 0, 1], "float32").reshape(1, 2, 2, 1)
larger = numpy.array(keras.layers.UpSampling2D(2, interpolation="bilinear")(image))[0, 0, :, 0]
minus = numpy.array([-1], "float32")
layer = -float(numpy.array(keras.layers.LeakyReLU()(minus))[0])
function = -float(numpy.array(keras.activations.get("leaky_relu")(minus))[0])
print("Keras: 0, 1 twice as wide:", ", ".join(f"{value:g}" for value in larger))
print(f"Keras: slope of the layer {layer:.1f}, of the function {function:.1f}")
PY
)
as_stated "$of_tfjs
$of_keras" <<'STATED'
TF.js: 0, 1 twice as wide: 0, 0.5, 1, 1
TF.js: slope of the layer 0.3, of the function 0.2
Keras: 0, 1 twice as wide: 0, 0.25, 0.75, 1
Keras: slope of the layer 0.3, of the function 0.2
STATED
