#!/usr/bin/env bash
# Software:   @jax-js/jax 0.1.25.
# Behaviour:  `grad(f)(x, w)` counts w as a constant for any derivative around it: the derivative by w of a penalty on
#             that gradient is 0, without a warning. Where f closes over w instead, it is right.
# One would guess: as in JAX, `grad` picks what it differentiates by and leaves the other arguments alone, so passing
#             an argument and closing over it are the same.
# Found in:   the package's source, `grad` and `valueAndGrad`, which stop the gradient of the arguments not asked for.
# Meets us:   WGAN-GP, R1 and DRAGAN written the usual way, with the critic's weights as an argument: the penalty is
#             reported and has no effect.
# Seen:       28 November 2026.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

npm_packages @jax-js/jax@0.1.25

seen=$(javascript <<'JS'
import { defaultDevice, grad, init, numpy as np } from "@jax-js/jax";

await init("cpu");
defaultDevice("cpu");

// The critic w x², whose gradient at x = 3 is 6 w and the square of that 36 w²: at w = 2 its derivative is 144.
const critic = (x, w) => np.sum(w.mul(np.square(x)));
const point = () => np.array([3]);
const penalties = {
  "weights passed": (w) => np.sum(np.square(grad(critic)(point(), w))),
  "weights closed over": (w) => np.sum(np.square(grad((x) => critic(x, w))(point()))),
};
for (const [name, penalty] of Object.entries(penalties)) {
  const value = penalty(np.array([2])).js();
  console.log(`${name}: penalty ${value}, its derivative ${grad(penalty)(np.array([2])).js()}`);
}
JS
)
as_stated "$seen" <<'STATED'
weights passed: penalty 144, its derivative 0
weights closed over: penalty 144, its derivative 144
STATED
