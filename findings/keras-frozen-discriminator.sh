#!/usr/bin/env bash
# Software:   Keras 3.15.1 on JAX 0.10.2.
# Behaviour:  a discriminator that is compiled, then frozen for the generator's model, and then trained by its own
#             `train_on_batch` learns nothing, without a warning. The many GANs written for Keras 2 do exactly this,
#             and there it learnt. Setting `trainable` to true before each of its steps makes it learn.
# One would guess: `trainable` is read by `compile`, as Keras's guides to freezing say and as Keras 2 did.
# Found in:   keras/src/backend/jax/trainer.py: a step asks `trainable_variables` when it runs, not at `compile`.
#             How Keras 2 did: eriklindernoren/Keras-GAN#91.
# Meets us:   old Keras GANs as references to compare with: their generator trains against a net of chance.
# Seen:       28 November 2026. Installs 0.7 GB for the time that it runs.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

pip_packages keras==3.15.1 jax==0.10.2 jaxlib==0.10.2 numpy==2.4.6

seen=$(KERAS_BACKEND=jax JAX_PLATFORMS=cpu python - <<'PY'
import keras
import numpy
from keras import layers


def nets():
    discriminator = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    discriminator.compile("sgd", "mse")
    discriminator.trainable = False
    generator = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    latents = keras.Input((3,))
    both = keras.Model(latents, discriminator(generator(latents)))
    both.compile("sgd", "mse")
    return discriminator, both


def moves(discriminator, step):
    before = discriminator.get_weights()[0]
    step()
    return "moves" if numpy.abs(discriminator.get_weights()[0] - before).max() > 0 else "stays"


def own_step(discriminator):
    return lambda: discriminator.train_on_batch(numpy.ones((4, 2)), numpy.full((4, 1), 9.0))


discriminator, both = nets()
print("compiled, frozen, its own step:", moves(discriminator, own_step(discriminator)))
discriminator, both = nets()
discriminator.trainable = True
print("made trainable, its own step:", moves(discriminator, own_step(discriminator)))
discriminator.trainable = False
of_generator = lambda: both.train_on_batch(numpy.ones((4, 3)), numpy.full((4, 1), 9.0))
print("frozen again, the generator's step:", moves(discriminator, of_generator))
PY
)
as_stated "$seen" <<'STATED'
compiled, frozen, its own step: stays
made trainable, its own step: moves
frozen again, the generator's step: stays
STATED
