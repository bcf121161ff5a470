// Ways through latent space. A latent of a normal distribution in many dimensions lies near a sphere:
// what is between two of them is gone round, not straight through, where no sample was ever drawn.

/** `count` numbers of N(0, 1) that depend on `seed` alone (mulberry32, Box-Muller). */
function normals(seed, count) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return Float32Array.from({ length: count }, () => {
    return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  });
}

const norm = (vector) => Math.hypot(...vector);

/** Two directions of length 1, at right angles to each other, that depend on `seed` alone. */
export function plane(seed, size) {
  const first = normals(2 * seed + 1, size);
  const second = normals(2 * seed + 2, size);
  const scale = 1 / norm(first);
  first.forEach((x, i) => (first[i] = x * scale));
  const along = second.reduce((sum, x, i) => sum + x * first[i], 0);
  second.forEach((x, i) => (second[i] = x - along * first[i]));
  const rest = norm(second);
  // Of one dimension there is no second direction.
  second.forEach((x, i) => (second[i] = rest > 1e-6 ? x / rest : 0));
  return [first, second];
}

/**
 * `latent` moved by `u` and `v` (-1 to 1) along the `directions`. A normal one keeps its length, and is
 * turned by some 60 degrees at most; a uniform one stays within its cube.
 */
export function walked(latent, directions, [u, v], isNormal) {
  if (!isNormal) {
    const moved = latent.map((x, i) => x + 2 * (u * directions[0][i] + v * directions[1][i]));
    return moved.map((x) => Math.min(1, Math.max(-1, x)));
  }
  const length = norm(latent);
  const reach = Math.max(length, 1e-6);
  const moved = latent.map((x, i) => x + reach * 1.5 * (u * directions[0][i] + v * directions[1][i]));
  const scale = latent.length > 2 ? length / Math.max(norm(moved), 1e-6) : 1;
  return moved.map((x) => x * scale);
}

/** What lies at `share` (0 to 1) between two latents; codes behind the first `size` numbers go straight. */
export function between(a, b, share, size, isNormal) {
  const straight = (i) => a[i] + share * (b[i] - a[i]);
  const [p, q] = [a.subarray(0, size), b.subarray(0, size)];
  const cosine = p.reduce((sum, x, i) => sum + x * q[i], 0) / (norm(p) * norm(q) || 1);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  if (!isNormal || size < 3 || Math.sin(angle) < 1e-3) {
    return a.map((_, i) => straight(i));
  }
  const [left, right] = [(1 - share) * angle, share * angle].map((x) => Math.sin(x) / Math.sin(angle));
  return a.map((x, i) => (i < size ? left * x + right * b[i] : straight(i)));
}
