/**
 * The register tile of the float32 kernels: 4 rows by 8 columns, eight accumulators, which is as many as V8 keeps in
 * registers; and the search for the best column that is made of it. Layouts are those of kernels.ts.
 */

/** Depth of a panel's stretch that stays in the first-level cache: 8 KiB of panel beside 4 KiB of rows. */
export const DEPTH_BLOCK: u32 = 256;
/** Bytes of panels that stay in the second-level cache while all rows of a block pass by. */
export const CODES_BLOCK: u32 = 1 << 16;
/** Bytes of a quad's state: the best score and its code for each row and lane. */
export const STATE: usize = 128;
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

/** Lays 4 rows side by side, `(depth, 4)`. */
export function packQuad(r0: usize, r1: usize, r2: usize, r3: usize, depth: u32, out: usize): void {
  const rowBytes = <usize>depth << 2;
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

/** Lays rows side by side in fours, `(quads, depth, 4)`; the last row stands in for those that fill up the last quad. */
export function packQuads(rows: usize, rowCount: u32, depth: u32, out: usize): void {
  const rowBytes = <usize>depth << 2;
  const last = rows + (rowCount - 1) * rowBytes;
  for (let row: u32 = 0; row < rowCount; row += 4) {
    const r0 = rows + row * rowBytes;
    const r1 = min(r0 + rowBytes, last);
    const r2 = min(r1 + rowBytes, last);
    const r3 = min(r2 + rowBytes, last);
    packQuad(r0, r1, r2, r3, depth, out);
    out += <usize>depth << 4;
  }
}

/** Subtracts `mean` (depth) from rows in fours. */
export function centreQuads(quads: usize, quadCount: u32, depth: u32, mean: usize): void {
  const end = mean + (<usize>depth << 2);
  for (let q: u32 = 0; q < quadCount; q++) {
    for (let at = mean; at < end; at += 4) {
      v128.store(quads, f32x4.sub(v128.load(quads), v128.load32_splat(at)));
      quads += 16;
    }
  }
}

@inline
export function madd(a: v128, b: v128, sum: v128): v128 {
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
@inline
export function tile(
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

/** The best column of every row into its quad's state, of `STATE` bytes. No matrix of scores is made. */
export function search(
  panels: usize, start: usize, panelCount: u32, depth: u32, quads: usize, quadCount: u32, states: usize,
): void {
  const panelBytes = <usize>depth << 5;
  const quadBytes = <usize>depth << 4;
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
        tile(true, quads + q * quadBytes, panels + p * panelBytes, depth, start + (<usize>p << 5), 0, states + q * STATE, 0, p << 3);
      }
    }
  }
}

/** The code of the best score of row `row`; of equal ones the lowest. */
export function bestCode(states: usize, row: u32): u32 {
  const state = states + (row >>> 2) * STATE + ((row & 3) << 4);
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

