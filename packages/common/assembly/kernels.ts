/**
 * Matrix product and nearest code on one register tile: 4 rows by 8 columns, eight accumulators, which is as
 * many as V8 keeps in registers. Built twice: with `relaxed-simd`, multiply and add are fused.
 *
 * Memory is laid out by the caller (src/kernels/wasm/wasm-engine.ts), all float32:
 *   panels  (panels, depth, 8)  8 columns, or codes, side by side
 *   quads   (quads, depth, 4)   4 rows side by side
 *   start   (panels · 8)        what each column's sum begins with
 * A sum runs over its depth in order, whatever the blocking, so that results do not depend on it.
 */

/** Depth of a panel's stretch that stays in the first-level cache: 8 KiB of panel beside 4 KiB of rows. */
const DEPTH_BLOCK: u32 = 256;
/** Bytes of panels that stay in the second-level cache while all rows of a block pass by. */
const CODES_BLOCK: u32 = 1 << 16;
/** Bytes of a quad's state: the best score and its code for each row and lane. */
const STATE: usize = 128;
const CODES: usize = 64;

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

/** Writes `quads · panels` on top of `start` to `out` (quads · 4, panels · 8). */
export function multiply(panels: usize, start: usize, panelCount: u32, quads: usize, quadCount: u32, depth: u32, out: usize): void {
  const stride = <usize>panelCount << 5;
  const panelBytes = <usize>depth << 5;
  const quadBytes = <usize>depth << 4;
  // An empty sum is its start, so depth 0 makes one round too.
  let from: u32 = 0;
  do {
    const held = min(DEPTH_BLOCK, depth - from);
    for (let p: u32 = 0; p < panelCount; p++) {
      const panel = panels + p * panelBytes + (<usize>from << 5);
      const column = <usize>p << 5;
      for (let q: u32 = 0; q < quadCount; q++) {
        const quad = quads + q * quadBytes + (<usize>from << 4);
        const at = out + <usize>q * 4 * stride + column;
        const fresh = from == 0;
        tile(false, quad, panel, held, fresh ? start + column : at, fresh ? 0 : stride, at, stride, 0);
      }
    }
    from += held;
  } while (from < depth);
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
 * Writes to `ids` (u32, quads · 4) the column with the highest `start + row · column`; of equal ones the lowest.
 * `state` is scratch of 128 bytes per quad. No matrix of scores is made.
 */
export function nearest(
  panels: usize, start: usize, panelCount: u32, quads: usize, quadCount: u32, depth: u32, state: usize, ids: usize,
): void {
  const panelBytes = <usize>depth << 5;
  const quadBytes = <usize>depth << 4;
  const lowest = f32x4.splat(-f32.MAX_VALUE);
  for (let q: u32 = 0; q < quadCount; q++) {
    const at = state + q * STATE;
    for (let row: usize = 0; row < 64; row += 16) {
      v128.store(at + row, lowest);
      v128.store(at + row, i32x4.splat(0), CODES);
    }
  }
  const block = max<u32>(1, CODES_BLOCK / max<u32>(1, <u32>panelBytes));
  for (let from: u32 = 0; from < panelCount; from += block) {
    const end = min(panelCount, from + block);
    for (let q: u32 = 0; q < quadCount; q++) {
      for (let p = from; p < end; p++) {
        tile(true, quads + q * quadBytes, panels + p * panelBytes, depth, start + (<usize>p << 5), 0, state + q * STATE, 0, p << 3);
      }
    }
  }
  for (let row: u32 = 0; row < quadCount << 2; row++) {
    store<u32>(ids + (<usize>row << 2), bestCode(state + (row >>> 2) * STATE + ((row & 3) << 4)));
  }
}
