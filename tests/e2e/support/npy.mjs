// NumPy's arrays.

/** A .npy file of version 1: an array of `kind` (NumPy's `descr`) and `shape`. */
export function npy(kind, shape, bytes) {
  const header = `{'descr': '${kind}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const text = `${header.padEnd(117)}\n`;
  const prefix = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, text.length, 0]);
  return Buffer.concat([prefix, Buffer.from(text), Buffer.from(bytes)]);
}
