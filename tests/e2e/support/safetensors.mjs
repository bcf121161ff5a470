// Reads checkpoints, and tells how far the nets of two of them are apart.

import assert from "node:assert/strict";

/** A checkpoint's own header and its tensors by name: `{ header, tensors: Map }`. */
export function read(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  const text = new TextDecoder().decode(file.subarray(8, 8 + headerBytes));
  const { __metadata__: metadata, ...entries } = JSON.parse(text);
  const tensors = new Map();
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(entries)) {
    assert.equal(dtype, "F32", name);
    const [begin, end] = offsets.map((offset) => 8 + headerBytes + offset);
    // Copied: the bytes of a file need not be aligned.
    const values = new Float32Array(file.slice(begin, end).buffer);
    const size = shape.reduce((product, side) => product * side, 1);
    assert.equal(values.length, size, `${name}: its bytes do not fit its shape`);
    tensors.set(name, values);
  }
  return { header: JSON.parse(metadata.gan_playground), tensors };
}

/** The run that a checkpoint holds. */
export function headerOf(file) {
  return read(file).header;
}

/**
 * How far each tensor of the nets (not of the optimisers) of `found` is from that of `expected`:
 * the largest difference relative to the tensor's largest number, and the difference's L2 norm
 * relative to the tensor's.
 */
export function deviations(expected, found) {
  const names = (tensors) => [...tensors.keys()].sort();
  assert.deepEqual(names(found.tensors), names(expected.tensors));
  return names(expected.tensors)
    .filter((name) => !name.includes(".optimizer."))
    .map((name) => {
      const deviation = tensorDeviation(expected.tensors.get(name), found.tensors.get(name));
      return { name, ...deviation };
    });
}

function tensorDeviation(expected, found) {
  let largestDifference = 0;
  let largest = 0;
  let squaredDifference = 0;
  let squared = 0;
  for (const [index, value] of expected.entries()) {
    const difference = Math.abs(value - found[index]);
    largestDifference = Math.max(largestDifference, difference);
    largest = Math.max(largest, Math.abs(value));
    squaredDifference += difference * difference;
    squared += value * value;
  }
  const ratio = (part, whole) => (part === 0 ? 0 : part / whole);
  return {
    largest: ratio(largestDifference, largest),
    l2: ratio(Math.sqrt(squaredDifference), Math.sqrt(squared)),
  };
}
