/** A codebook around its mean, which leaves what is nearest to what as it is: |x − c| = |(x − m) − (c − m)|. */
export interface CentredCodes {
  /** m, `(dimensions)` */
  readonly mean: Float32Array;
  /** c − m, `(count, dimensions)`, rounded to float32. */
  readonly codes: Float32Array;
}

/**
 * The codes of a euclidean codebook around their mean, where that pays: where all of them lie within half of the greatest
 * length of a code from it. Products of long vectors are rounded by more than codes close to each other differ; around the
 * mean both vectors are short.
 *
 * It costs no bound. With L that greatest length, `|x − m| ≤ |x| + L` and `|c − m| ≤ L/2`, so that a product of the two is
 * at most half of `s = |x|·L + L²`. The sum of d products is then off by (d + 1)·2⁻²⁴ of at most 5/8 s, and rounding x − m
 * and c − m adds 5/4·2⁻²⁴ s: together less than the (d + 2)·2⁻²⁴ s that the sum of uncentred products may be off.
 *
 * The mean is rounded to the grid of each column's values, the greatest power of two that divides them all, so that sums of
 * whole numbers stay exact.
 * @param codes `(count, dimensions)`
 */
export function centreCodes(codes: Float32Array, dimensions: number): CentredCodes | undefined {
  const count = codes.length / dimensions;
  const sums = new Float64Array(dimensions);
  let longest = 0;
  let total = 0;
  for (let from = 0; from < codes.length; from += dimensions) {
    let squares = 0;
    for (let j = 0; j < dimensions; j++) {
      const value = codes[from + j];
      sums[j] += value;
      squares += value * value;
    }
    longest = Math.max(longest, squares);
    total += squares;
  }
  // The mean of |c − m|², below which the greatest cannot be. All lengths are squared here.
  const spread = total / count - squaresOf(sums) / count ** 2;
  if (spread > longest / 4) return undefined;
  const mean = Float32Array.from(sums, (sum, j) => {
    const grid = columnGrid(codes, j, dimensions, unitOf(sum / count));
    return Math.round(sum / count / grid) * grid;
  });
  if (squaresOf(mean) > longest) return undefined;
  const centred = new Float32Array(codes.length);
  for (let from = 0; from < codes.length; from += dimensions) {
    let squares = 0;
    for (let j = 0; j < dimensions; j++) {
      const value = Math.fround(codes[from + j] - mean[j]);
      centred[from + j] = value;
      squares += value * value;
    }
    if (squares > longest / 4) return undefined;
  }
  return { mean, codes: centred };
}

function squaresOf(values: Float32Array | Float64Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return squares;
}

/** The greatest power of two that divides column `j`; where it is not above `fine`, `fine`. */
function columnGrid(codes: Float32Array, j: number, dimensions: number, fine: number): number {
  let grid = Number.POSITIVE_INFINITY;
  for (let at = j; at < codes.length && grid > fine; at += dimensions) {
    if (codes[at] !== 0) grid = Math.min(grid, lastBit(codes[at]));
  }
  return grid > fine && grid < Number.POSITIVE_INFINITY ? grid : fine;
}

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** Weight of the last of a float32's 24 bits. */
function unitOf(value: number): number {
  FLOAT[0] = value;
  const exponent = (BITS[0] >>> 23) & 0xff;
  return 2 ** (Math.max(1, exponent) - 150);
}

/** Weight of the last bit that is set in a float32 other than 0. */
function lastBit(value: number): number {
  const unit = unitOf(value);
  const mantissa = Math.abs(value) / unit;
  return unit * (mantissa & -mantissa);
}
