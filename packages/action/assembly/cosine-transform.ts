/**
 * The orthonormal cosine transform along time, and its inverse, for all columns of a chunk (AssemblyScript).
 *
 * Cosines of even frequencies are symmetric about the middle of the chunk, those of odd ones antisymmetric, so that sums
 * and differences of mirrored steps halve the products. Then, a smooth chunk has few coefficients that matter: by Parseval's
 * theorem the forward transform knows when none are left, and the inverse adds up those that are not 0. At 50 steps and 14
 * columns that is less work than an FFT, and exact all the same.
 *
 * Lanes are two columns side by side going forward, two steps coming back. The columns of an odd number end with a lane that
 * is not used.
 *
 * Memory is laid out by the caller (src/fast/dct.ts), all of it f64:
 *   chunk         (steps, columns), and one more
 *   coefficients  (steps, columns), and one more
 *   cosines       (steps up to a multiple of 4, width), where width is half the steps, up to a multiple of 2; the rest 0
 *   sums          (half, pairs, 2)
 *   differences   (half, pairs, 2)
 *   parts         (columns, 2, width): what even and odd frequencies add up to
 */

/** What rounding may do to an energy, relatively; a thousand times what it does for 4096 steps. */
const ROUNDING: f64 = 1e-10;

let steps: u32 = 0;
let columns: u32 = 0;
/** Steps up to the middle, which an odd number has as the last. */
let half: u32 = 0;
let width: u32 = 0;
let pairs: u32 = 0;
let chunk: usize = 0;
let coefficients: usize = 0;
let cosines: usize = 0;
let sums: usize = 0;
let differences: usize = 0;
let parts: usize = 0;

export function configure(
  stepCount: u32, columnCount: u32, chunkAt: usize, coefficientsAt: usize, cosinesAt: usize,
  sumsAt: usize, differencesAt: usize, partsAt: usize,
): void {
  steps = stepCount;
  columns = columnCount;
  half = (stepCount + 1) >>> 1;
  width = (half + 1) & ~1;
  pairs = (columnCount + 1) >>> 1;
  chunk = chunkAt;
  coefficients = coefficientsAt;
  cosines = cosinesAt;
  sums = sumsAt;
  differences = differencesAt;
  parts = partsAt;
}

/**
 * The transform of the chunk. Where all coefficients of two columns from some frequency on are smaller than `negligible`,
 * they may be written as 0. Returns the frequency from which on all are.
 */
export function forward(negligible: f64): u32 {
  memory.fill(coefficients, 0, <usize>(steps * columns) << 3);
  let frequencies: u32 = 0;
  for (let pair: u32 = 0; pair < pairs; pair++) {
    const energy = fold(pair);
    // The orthonormal transform keeps the energy: what the coefficients so far lack is in the others.
    const least = f64x2.sub(
      f64x2.splat(negligible * negligible * (1 - ROUNDING)), f64x2.mul(f64x2.splat(ROUNDING), energy),
    );
    let left = energy; // NaN beyond the largest double: then all are computed
    let k: u32 = 0;
    while (k < steps && i64x2.bitmask(f64x2.lt(left, least)) != 3) {
      left = f64x2.sub(left, project(k, pair));
      k += 4;
    }
    if (k > frequencies) frequencies = k;
  }
  return min(frequencies, steps);
}

/** Two columns of a row; the second is 0 where there is none. */
@inline function loadPair(at: usize, pair: u32): v128 {
  return (pair << 1) + 1 < columns ? v128.load(at) : v128.load64_zero(at);
}

@inline function storePair(at: usize, pair: u32, values: v128): void {
  if ((pair << 1) + 1 < columns) v128.store(at, values);
  else v128.store64_lane(at, values, 0);
}

/** Sums and differences of mirrored steps; the middle step of an odd number counts once. Returns the columns' energies. */
function fold(pair: u32): v128 {
  const row = <usize>columns << 3;
  const next = <usize>pairs << 4;
  let front = chunk + (<usize>pair << 4);
  let back = front + <usize>(steps - 1) * row;
  let to = <usize>pair << 4;
  let energy = f64x2.splat(0);
  for (let t: u32 = 0; t < half; t++) {
    const first = loadPair(front, pair);
    const last = front == back ? f64x2.splat(0) : loadPair(back, pair);
    energy = f64x2.add(energy, f64x2.add(f64x2.mul(first, first), f64x2.mul(last, last)));
    v128.store(sums + to, f64x2.add(first, last));
    v128.store(differences + to, f64x2.sub(first, last));
    front += row;
    back -= row;
    to += next;
  }
  return energy;
}

/** Coefficients of the next four frequencies of the folded columns, an even one first. Returns their energies. */
function project(k: u32, pair: u32): v128 {
  const next = <usize>pairs << 4;
  const line = <usize>width << 3;
  let at = cosines + <usize>k * line;
  let from = <usize>pair << 4;
  let a = f64x2.splat(0), b = f64x2.splat(0), c = f64x2.splat(0), d = f64x2.splat(0);
  for (let t: u32 = 0; t < half; t++) {
    const sum = v128.load(sums + from);
    const difference = v128.load(differences + from);
    a = f64x2.add(a, f64x2.mul(sum, v128.load64_splat(at)));
    b = f64x2.add(b, f64x2.mul(difference, v128.load64_splat(at + line)));
    c = f64x2.add(c, f64x2.mul(sum, v128.load64_splat(at + 2 * line)));
    d = f64x2.add(d, f64x2.mul(difference, v128.load64_splat(at + 3 * line)));
    at += 8;
    from += next;
  }
  const row = <usize>columns << 3;
  const to = coefficients + <usize>k * row + (<usize>pair << 4);
  storePair(to, pair, a);
  // Beyond the last frequency nothing is written.
  if (k + 1 < steps) storePair(to + row, pair, b);
  if (k + 2 < steps) storePair(to + 2 * row, pair, c);
  if (k + 3 < steps) storePair(to + 3 * row, pair, d);
  return f64x2.add(
    f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b)), f64x2.add(f64x2.mul(c, c), f64x2.mul(d, d)),
  );
}

/** Multiplies the first `count` coefficients by `scale` and rounds them, ties to the even integer. */
export function round(count: u32, scale: f64): void {
  const factor = f64x2.splat(scale);
  const end = coefficients + (<usize>count << 3);
  for (let at = coefficients; at < end; at += 16) {
    v128.store(at, f64x2.nearest(f64x2.mul(v128.load(at), factor)));
  }
}

/**
 * The chunk of `count` coefficients, all others 0.
 * @param positions u32: where in (frequencies, columns) each of `values` stands
 */
export function inverse(positions: usize, values: usize, count: u32): void {
  memory.fill(parts, 0, <usize>(2 * columns * width) << 3);
  const line = <usize>width << 3;
  for (let i: u32 = 0; i < count; i++) {
    const position = load<u32>(positions + (<usize>i << 2));
    const frequency = position / columns;
    const column = position - frequency * columns;
    const value = v128.load64_splat(values + (<usize>i << 3));
    let from = cosines + <usize>frequency * line;
    let to = parts + <usize>(2 * column + (frequency & 1)) * line;
    for (const end = to + line; to < end; to += 16) {
      v128.store(to, f64x2.add(v128.load(to), f64x2.mul(value, v128.load(from))));
      from += 16;
    }
  }
  const row = <usize>columns << 3;
  for (let column: u32 = 0; column < columns; column++) {
    let even = parts + <usize>(2 * column) * line;
    let front = chunk + (<usize>column << 3);
    let back = front + <usize>(steps - 1) * row;
    // The middle one of an odd number of steps is written twice: odd frequencies are 0 there, up to rounding.
    for (let t: u32 = 0; t < half; t++) {
      const e = load<f64>(even);
      const o = load<f64>(even + line);
      store<f64>(front, e + o);
      store<f64>(back, e - o);
      even += 8;
      front += row;
      back -= row;
    }
  }
}
