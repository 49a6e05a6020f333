/**
 * Matrix product, nearest code and sums of clusters. The first two run on one register tile (tile.ts), and large
 * codebooks are screened in integers first (screen.ts). Built with and without `relaxed-simd`, where
 * multiply and add are fused, and each with its own and with shared memory.
 *
 * Memory is laid out by the caller (src/kernels/wasm/wasm-engine.ts), float32 unless said otherwise:
 *   panels  (panels, depth, 8)  8 columns, or codes, side by side
 *   start   (panels · 8)        what each column's sum begins with
 *   mean    (depth)             behind the starts of codes: what is subtracted from rows before they are compared
 *   rows    (rows, depth)
 * A sum runs over its depth in order, whatever the blocking, so that results do not depend on it.
 *
 * Every export takes six words, which are the same for all threads, scratch of the calling thread, and a range
 * `[from, to)` of what it writes; ranges that do not overlap may run at the same time.
 */

import { DEPTH_BLOCK, bestCode, centreQuads, packQuads, search, tile } from './tile';
export { narrowCodes, screen } from './screen';

/** Copies the first `width` of 8 columns to `out`. */
@inline function copyEdge(edge: usize, rowCount: u32, width: u32, out: usize, stride: usize): void {
  for (let row: u32 = 0; row < rowCount; row++) {
    for (let column: u32 = 0; column < width; column++) {
      store<f32>(out + (<usize>column << 2), load<f32>(edge + (<usize>column << 2)));
    }
    edge += 32;
    out += stride;
  }
}

/**
 * Writes rows `from` to `to` of `start + rows · panels` to `out` (rows, columns), which has room for whole quads;
 * `from` is a multiple of 4. `scratch` holds `depth + 8` values for each row of whole quads.
 */
export function multiply(
  panels: usize, start: usize, columns: u32, depth: u32, rows: usize, out: usize, scratch: usize, from: u32, to: u32,
): void {
  const stride = <usize>columns << 2;
  const panelBytes = <usize>depth << 5;
  const quadBytes = <usize>depth << 4;
  const quadCount = (to - from + 3) >>> 2;
  const panelCount = (columns + 7) >>> 3;
  const wholePanels = columns >>> 3;
  // Columns of the last panel that are none would overwrite the next row, so that panel has a place of its own.
  const edge = scratch + quadCount * quadBytes;
  out += from * stride;
  packQuads(rows + <usize>from * (<usize>depth << 2), to - from, depth, scratch);
  // An empty sum is its start, so depth 0 makes one round too.
  let done: u32 = 0;
  do {
    const held = min(DEPTH_BLOCK, depth - done);
    for (let p: u32 = 0; p < panelCount; p++) {
      const panel = panels + p * panelBytes + (<usize>done << 5);
      const whole = p < wholePanels;
      const target = whole ? out + (<usize>p << 5) : edge;
      const step: usize = whole ? stride : 32;
      for (let q: u32 = 0; q < quadCount; q++) {
        const quad = scratch + q * quadBytes + (<usize>done << 4);
        const at = target + <usize>q * 4 * step;
        const fresh = done == 0;
        tile(false, quad, panel, held, fresh ? start + (<usize>p << 5) : at, fresh ? 0 : step, at, step, 0);
      }
    }
    done += held;
  } while (done < depth);
  copyEdge(edge, to - from, columns & 7, out + (<usize>wholePanels << 5), stride);
}

/**
 * Writes to `ids` (u32) of rows `from` to `to` the code with the highest `start + (row - mean) · code`; of equal ones the
 * lowest. `scratch` holds `depth + 8` values for each row of whole quads.
 */
export function nearest(
  panels: usize, start: usize, panelCount: u32, depth: u32, rows: usize, ids: usize, scratch: usize, from: u32, to: u32,
): void {
  const quadCount = (to - from + 3) >>> 2;
  const states = scratch + quadCount * (<usize>depth << 4);
  packQuads(rows + <usize>from * (<usize>depth << 2), to - from, depth, scratch);
  centreQuads(scratch, quadCount, depth, start + (<usize>panelCount << 5));
  search(panels, start, panelCount, depth, scratch, quadCount, states);
  for (let row = from; row < to; row++) store<u32>(ids + (<usize>row << 2), bestCode(states, row - from));
}

/** 1 / length, and 0 for a zero vector. */
@inline function inverseLength(squares: f64): f64 {
  return squares == 0 ? 0 : 1 / Math.sqrt(squares);
}

/**
 * For rows `from` to `to` writes to `measured` (rows, 2), float64, what the row adds to the inertia, and the factor
 * by which it is added to its cluster: its squared distance from its code and 1, or, if `cosine` is not 0, 1 - its
 * cosine and 1 / its length. In float64 and in order, as src/kernels/score.ts does it. `codes` (codes, depth).
 */
export function measure(
  codes: usize, cosine: u32, depth: u32, rows: usize, ids: usize, measured: usize, scratch: usize, from: u32, to: u32,
): void {
  const rowBytes = <usize>depth << 2;
  for (let row = from; row < to; row++) {
    let x = rows + row * rowBytes;
    let c = codes + load<u32>(ids + (<usize>row << 2)) * rowBytes;
    const end = x + rowBytes;
    let inertia: f64 = 0;
    let factor: f64 = 1;
    if (cosine) {
      let product: f64 = 0;
      let ofRow: f64 = 0;
      let ofCode: f64 = 0;
      for (; x < end; x += 4, c += 4) {
        const value = <f64>load<f32>(x);
        const code = <f64>load<f32>(c);
        product += value * code;
        ofRow += value * value;
        ofCode += code * code;
      }
      factor = inverseLength(ofRow);
      inertia = 1 - product * factor * inverseLength(ofCode);
    } else {
      for (; x < end; x += 4, c += 4) {
        const difference = <f64>load<f32>(x) - <f64>load<f32>(c);
        inertia += difference * difference;
      }
    }
    const at = measured + (<usize>row << 4);
    store<f64>(at, inertia);
    store<f64>(at, factor, 8);
  }
}

/**
 * Adds dimensions `from` to `to` of all rows to `sums` (codes, depth), float64, in the order of rows. A range is of
 * dimensions, not of rows: no two threads then add to one sum, and none adds in another order.
 */
export function addRows(
  measured: usize, rowCount: u32, depth: u32, rows: usize, ids: usize, sums: usize, scratch: usize, from: u32, to: u32,
): void {
  const rowBytes = <usize>depth << 2;
  const whole = <usize>((to - from) & ~3) << 2;
  rows += <usize>from << 2;
  sums += <usize>from << 3;
  for (let row: u32 = 0; row < rowCount; row++) {
    const factor = load<f64>(measured + (<usize>row << 4), 8);
    const factors = f64x2.splat(factor);
    let x = rows + row * rowBytes;
    let sum = sums + load<u32>(ids + (<usize>row << 2)) * (rowBytes << 1);
    const end = x + (<usize>(to - from) << 2);
    const wholeEnd = x + whole;
    for (; x < wholeEnd; x += 16, sum += 32) {
      const values = v128.load(x);
      const low = f64x2.promote_low_f32x4(values);
      const high = f64x2.promote_low_f32x4(i64x2.shuffle(values, values, 1, 0));
      v128.store(sum, f64x2.add(v128.load(sum), f64x2.mul(low, factors)));
      v128.store(sum, f64x2.add(v128.load(sum, 16), f64x2.mul(high, factors)), 16);
    }
    for (; x < end; x += 4, sum += 8) store<f64>(sum, load<f64>(sum) + <f64>load<f32>(x) * factor);
  }
}
