/**
 * Matrix product, nearest code and sums of clusters. The first two run on one register tile: 4 rows by 8 columns,
 * eight accumulators, which is as many as V8 keeps in registers. Built with and without `relaxed-simd`, where
 * multiply and add are fused, and each with its own and with shared memory.
 *
 * Memory is laid out by the caller (src/kernels/wasm/wasm-engine.ts), float32 unless said otherwise:
 *   panels  (panels, depth, 8)  8 columns, or codes, side by side
 *   start   (panels · 8)        what each column's sum begins with
 *   rows    (rows, depth)
 * A sum runs over its depth in order, whatever the blocking, so that results do not depend on it.
 *
 * Every export takes six words, which are the same for all threads, scratch of the calling thread, and a range
 * `[from, to)` of what it writes; ranges that do not overlap may run at the same time.
 */

/** Depth of a panel's stretch that stays in the first-level cache: 8 KiB of panel beside 4 KiB of rows. */
const DEPTH_BLOCK: u32 = 256;
/** Bytes of panels that stay in the second-level cache while all rows of a block pass by. */
const CODES_BLOCK: u32 = 1 << 16;
/** Bytes of a quad's state: the best score and its code for each row and lane. */
const STATE: usize = 128;
const CODES: usize = 64;

/** Values `k` to `k + 3` of a quad's rows, side by side. */
@inline function transpose(r0: usize, r1: usize, r2: usize, r3: usize, out: usize): void {
  const a = v128.load(r0);
  const b = v128.load(r1);
  const c = v128.load(r2);
  const d = v128.load(r3);
  const ab = i32x4.shuffle(a, b, 0, 4, 1, 5);
  const cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
  const abHigh = i32x4.shuffle(a, b, 2, 6, 3, 7);
  const cdHigh = i32x4.shuffle(c, d, 2, 6, 3, 7);
  v128.store(out, i64x2.shuffle(ab, cd, 0, 2));
  v128.store(out, i64x2.shuffle(ab, cd, 1, 3), 16);
  v128.store(out, i64x2.shuffle(abHigh, cdHigh, 0, 2), 32);
  v128.store(out, i64x2.shuffle(abHigh, cdHigh, 1, 3), 48);
}

/** Lays 4 rows side by side, `(quads, depth, 4)`; the last row stands in for those that fill up the last quad. */
function packQuads(rows: usize, rowCount: u32, depth: u32, out: usize): void {
  const rowBytes = <usize>depth << 2;
  const last = rows + (rowCount - 1) * rowBytes;
  for (let row: u32 = 0; row < rowCount; row += 4) {
    let r0 = rows + row * rowBytes;
    let r1 = min(r0 + rowBytes, last);
    let r2 = min(r1 + rowBytes, last);
    let r3 = min(r2 + rowBytes, last);
    const end = r0 + rowBytes;
    const whole = r0 + (rowBytes & ~15);
    while (r0 < whole) {
      transpose(r0, r1, r2, r3, out);
      r0 += 16;
      r1 += 16;
      r2 += 16;
      r3 += 16;
      out += 64;
    }
    while (r0 < end) {
      store<f32>(out, load<f32>(r0));
      store<f32>(out, load<f32>(r1), 4);
      store<f32>(out, load<f32>(r2), 8);
      store<f32>(out, load<f32>(r3), 12);
      r0 += 4;
      r1 += 4;
      r2 += 4;
      r3 += 4;
      out += 16;
    }
  }
}

@inline function madd(a: v128, b: v128, sum: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, sum) : f32x4.add(f32x4.mul(a, b), sum);
}

/** Where one row's tile is above its best, takes it over; lanes hold codes `first`, `first + 1`, …, the lower wins a tie. */
@inline function keepRow(low: v128, high: v128, first: i32, state: usize): void {
  const codes = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
  const inHigh = f32x4.gt(high, low);
  const score = v128.bitselect(high, low, inHigh);
  const code = v128.bitselect(i32x4.add(codes, i32x4.splat(4)), codes, inHigh);
  const best = v128.load(state);
  const better = f32x4.gt(score, best);
  v128.store(state, v128.bitselect(score, best, better));
  v128.store(state, v128.bitselect(code, v128.load(state, CODES), better), CODES);
}

/**
 * One tile: `start + quad · panel` over `depth`. With `pick` its scores compete with those in `out`, a quad's
 * state; without, they are stored to `out`, a row every `stride` bytes, as `start` holds them.
 */
@inline function tile(
  pick: bool, quad: usize, panel: usize, depth: u32, start: usize, startStride: usize, out: usize, stride: usize, first: i32,
): void {
  let r0l = v128.load(start);
  let r0h = v128.load(start, 16);
  let r1l = v128.load(start + startStride);
  let r1h = v128.load(start + startStride, 16);
  let r2l = v128.load(start + 2 * startStride);
  let r2h = v128.load(start + 2 * startStride, 16);
  let r3l = v128.load(start + 3 * startStride);
  let r3h = v128.load(start + 3 * startStride, 16);
  const end = panel + (<usize>depth << 5);
  while (panel < end) {
    const low = v128.load(panel);
    const high = v128.load(panel, 16);
    const x0 = v128.load32_splat(quad);
    r0l = madd(x0, low, r0l);
    r0h = madd(x0, high, r0h);
    const x1 = v128.load32_splat(quad, 4);
    r1l = madd(x1, low, r1l);
    r1h = madd(x1, high, r1h);
    const x2 = v128.load32_splat(quad, 8);
    r2l = madd(x2, low, r2l);
    r2h = madd(x2, high, r2h);
    const x3 = v128.load32_splat(quad, 12);
    r3l = madd(x3, low, r3l);
    r3h = madd(x3, high, r3h);
    panel += 32;
    quad += 16;
  }
  if (pick) {
    // A running maximum changes seldom: one branch for the whole tile.
    const better = v128.or(
      v128.or(f32x4.gt(f32x4.pmax(r0l, r0h), v128.load(out)), f32x4.gt(f32x4.pmax(r1l, r1h), v128.load(out, 16))),
      v128.or(f32x4.gt(f32x4.pmax(r2l, r2h), v128.load(out, 32)), f32x4.gt(f32x4.pmax(r3l, r3h), v128.load(out, 48))),
    );
    if (v128.any_true(better)) {
      keepRow(r0l, r0h, first, out);
      keepRow(r1l, r1h, first, out + 16);
      keepRow(r2l, r2h, first, out + 32);
      keepRow(r3l, r3h, first, out + 48);
    }
  } else {
    v128.store(out, r0l);
    v128.store(out, r0h, 16);
    v128.store(out + stride, r1l);
    v128.store(out + stride, r1h, 16);
    v128.store(out + 2 * stride, r2l);
    v128.store(out + 2 * stride, r2h, 16);
    v128.store(out + 3 * stride, r3l);
    v128.store(out + 3 * stride, r3h, 16);
  }
}

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

/** The code of a row's best score; of equal ones the lowest. */
@inline function bestCode(state: usize): u32 {
  let score = load<f32>(state);
  let code = load<u32>(state, CODES);
  for (let lane: usize = 4; lane < 16; lane += 4) {
    const other = load<f32>(state + lane);
    const otherCode = load<u32>(state + lane, CODES);
    if (other > score || (other == score && otherCode < code)) {
      score = other;
      code = otherCode;
    }
  }
  return code;
}

/**
 * Writes to `ids` (u32) of rows `from` to `to` the column with the highest `start + row · column`; of equal ones the
 * lowest. `scratch` holds `depth + 8` values for each row of whole quads. No matrix of scores is made.
 */
export function nearest(
  panels: usize, start: usize, panelCount: u32, depth: u32, rows: usize, ids: usize, scratch: usize, from: u32, to: u32,
): void {
  const panelBytes = <usize>depth << 5;
  const quadBytes = <usize>depth << 4;
  const rowCount = to - from;
  const quadCount = (rowCount + 3) >>> 2;
  const states = scratch + quadCount * quadBytes;
  packQuads(rows + <usize>from * (<usize>depth << 2), rowCount, depth, scratch);
  const lowest = f32x4.splat(-f32.MAX_VALUE);
  for (let q: u32 = 0; q < quadCount; q++) {
    const at = states + q * STATE;
    for (let row: usize = 0; row < 64; row += 16) {
      v128.store(at + row, lowest);
      v128.store(at + row, i32x4.splat(0), CODES);
    }
  }
  const block = max<u32>(1, CODES_BLOCK / max<u32>(1, <u32>panelBytes));
  for (let first: u32 = 0; first < panelCount; first += block) {
    const end = min(panelCount, first + block);
    for (let q: u32 = 0; q < quadCount; q++) {
      for (let p = first; p < end; p++) {
        tile(true, scratch + q * quadBytes, panels + p * panelBytes, depth, start + (<usize>p << 5), 0, states + q * STATE, 0, p << 3);
      }
    }
  }
  ids += <usize>from << 2;
  for (let row: u32 = 0; row < rowCount; row++) {
    store<u32>(ids + (<usize>row << 2), bestCode(states + (row >>> 2) * STATE + ((row & 3) << 4)));
  }
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
