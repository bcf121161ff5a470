#!/usr/bin/env bash
# Software:   @jax-js/jax 0.1.25.
# Behaviour:  the derivative of a gradient penalty through two tanh layers is right on the device "cpu" and 4 % off on
#             "wasm", for two points or more. For one point both are right, and so are both for leaky ReLU.
# One would guess: devices differ by rounding; a penalty whose value is right has a right derivative.
# Found in:   none of the package's documents; its README.md, "grad(), vmap() and jit()", names no limit.
# Meets us:   WGAN-GP's, R1's and R2's penalties are of this kind, with batches always.
# Seen:       28 November 2026.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

npm_packages @jax-js/jax@0.1.25

seen=$(javascript <<'JS'
import { defaultDevice, grad, init, numpy as np } from "@jax-js/jax";

await init("cpu");
await init("wasm");

function numbers(count, seed) {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648 - 0.5;
  });
}
const [first, second, last] = [numbers(16, 1), numbers(64, 2), numbers(8, 3)];

// The penalty and, by central differences of plain numbers, its derivative by the first weights.
function penalty(weights, points) {
  let sum = 0;
  for (let at = 0; at < points.length; at += 2) {
    const x = points.slice(at, at + 2);
    const units = [...Array(8).keys()];
    const a = units.map((k) => Math.tanh(x[0] * weights[k] + x[1] * weights[8 + k]));
    const b = units.map((k) => Math.tanh(units.reduce((sum, j) => sum + a[j] * second[8 * j + k], 0)));
    const toB = units.map((k) => last[k] * (1 - b[k] ** 2));
    const toA = units.map((j) => (1 - a[j] ** 2) * units.reduce((sum, k) => sum + second[8 * j + k] * toB[k], 0));
    for (const row of [0, 1]) sum += units.reduce((sum, j) => sum + toA[j] * weights[8 * row + j], 0) ** 2;
  }
  return sum;
}
const wanted = (points) =>
  first.map((_, at) => {
    const shifted = (by) => first.map((weight, index) => (index === at ? weight + by : weight));
    return (penalty(shifted(1e-5), points) - penalty(shifted(-1e-5), points)) / 2e-5;
  });

function computed(device, points) {
  defaultDevice(device);
  const critic = (x, w, u, v) =>
    np.sum(np.matmul(np.tanh(np.matmul(np.tanh(np.matmul(x, w)), u)), v));
  const penalty = (w, u, v, x) => np.sum(np.square(grad((x) => critic(x, w, u, v))(x)));
  const arrays = [
    np.array(first).reshape([2, 8]),
    np.array(second).reshape([8, 8]),
    np.array(last).reshape([8, 1]),
    np.array(points).reshape([points.length / 2, 2]),
  ];
  return grad(penalty)(...arrays).js().flat();
}

for (const count of [1, 2, 16]) {
  const points = numbers(2 * count, 4);
  const right = wanted(points);
  for (const device of ["cpu", "wasm"]) {
    const off = Math.max(...computed(device, points).map((value, at) => Math.abs(value - right[at])));
    const part = off / Math.max(...right.map(Math.abs));
    console.log(`${count} points on ${device}: ${part < 1e-4 ? "right" : `${Math.round(100 * part)} % off`}`);
  }
}
JS
)
as_stated "$seen" <<'STATED'
1 points on cpu: right
1 points on wasm: right
2 points on cpu: right
2 points on wasm: 4 % off
16 points on cpu: right
16 points on wasm: 3 % off
STATED
