/**
 * Nearest code by screening: all scores in 16-bit integers first, at twice the rate of float32, and float32 for the few
 * codes that may still be best. The ids are those of `nearest`, to the last tie.
 *
 * Let x and c be a row and a code around the mean of the codes, as `nearest` compares them; x~ and c~ the two rounded, e(x) = |x - x~| and e(c) = |c - c~|. Then
 *     |x·c - x~·c~| <= |x| e(c) + e(x) |c~|,
 * and with the rounding of both float32 sums added, every screened score is within `bound` of the one that `nearest`
 * computes. So the code that `nearest` chooses scores at least the best screened score less 2 · bound. Each of four
 * lanes of a row keeps its best code and its second best score. The best codes above that line are scored again as
 * `tile` does it; where even a second best score is above it, a third could be, and `search` decides.
 *
 * A screened codebook (see src/kernels/wasm/screened-codes.ts):
 *     0 panels, 4 start, 8 panelCount      as in kernels.ts
 *    12 narrow   (panels, pairs, 8, 2)     codes rounded to multiples of their scale, int16; pairs of dimensions
 *    16 scales   (panels · 8)
 *    20 limit    float32, the greatest magnitude of a rounded value: `depth · limit²` is below 2^31
 *    24 startMost, 32 codeError, 40 codeLength   float64, the greatest |start|, e(c) and |c~| of all codes
 */

import { CODES_BLOCK, STATE, bestCode, centreQuads, madd, packQuad, packQuads, search } from './tile';

/** Bytes of a quad's state: for each row and lane the best score, its code, and the second best score. */
const SCREEN_STATE: usize = 192;
const CODE: usize = 16;
const SECOND: usize = 32;

const SMALLEST_SCALE: f32 = 1e-37;

/**
 * Rounds four rows or codes, side by side and `step` bytes apart, to multiples of a scale each; stores to `measured`
 * their lengths and, 16 bytes on, their e.
 */
@inline function narrow(values: usize, step: usize, depth: u32, limit: f32, out: usize, scales: usize, measured: usize): void {
  const end = values + depth * step;
  let largest = f32x4.splat(0);
  let squares = f32x4.splat(0);
  for (let at = values; at < end; at += step) {
    const value = v128.load(at);
    largest = f32x4.pmax(largest, f32x4.abs(value));
    squares = f32x4.add(squares, f32x4.mul(value, value));
  }
  const scale = f32x4.div(largest, f32x4.splat(limit));
  v128.store(scales, scale);
  // The inverse of a smaller scale is not exact enough; such values become 0.
  const inverse = v128.and(f32x4.div(f32x4.splat(1), scale), f32x4.ge(scale, f32x4.splat(SMALLEST_SCALE)));
  let errors = f32x4.splat(0);
  for (let at = values; at < end; at += 2 * step) {
    const even = v128.load(at);
    const evenRounded = f32x4.nearest(f32x4.mul(even, inverse));
    const evenError = f32x4.sub(even, f32x4.mul(evenRounded, scale));
    errors = f32x4.add(errors, f32x4.mul(evenError, evenError));
    let pair = v128.and(i32x4.trunc_sat_f32x4_s(evenRounded), i32x4.splat(0xffff));
    if (at + step < end) {
      const odd = v128.load(at + step);
      const oddRounded = f32x4.nearest(f32x4.mul(odd, inverse));
      const oddError = f32x4.sub(odd, f32x4.mul(oddRounded, scale));
      errors = f32x4.add(errors, f32x4.mul(oddError, oddError));
      pair = v128.or(pair, i32x4.shl(i32x4.trunc_sat_f32x4_s(oddRounded), 16));
    }
    v128.store(out, pair);
    out += step;
  }
  // Sums of up to 4096 squares are off by one part in 2000, differences by 2^15 · 2^-23 of a scale, and squares below
  // 10^-38 vanish.
  const root = f32x4.splat(sqrt<f32>(<f32>depth));
  const more = f32x4.splat(1.001);
  const vanished = f32x4.splat(1e-18);
  v128.store(measured, f32x4.add(f32x4.mul(f32x4.sqrt(squares), more), f32x4.mul(root, vanished)));
  const slack = f32x4.mul(root, f32x4.add(f32x4.mul(scale, f32x4.splat(0.008)), vanished));
  v128.store(measured, f32x4.add(f32x4.mul(f32x4.sqrt(errors), more), slack), 16);
}

/** Rounds the codes of panels `from` to `to`, and writes to `measured` (panels, 2), float32, the most of e(c) and |c~|. */
export function narrowCodes(
  codebook: usize, depth: u32, measured: usize, _3: u32, _4: u32, _5: u32, scratch: usize, from: u32, to: u32,
): void {
  const panelBytes = <usize>depth << 5;
  const narrowBytes = <usize>((depth + 1) >>> 1) << 5;
  const limit = load<f32>(codebook, 20);
  for (let p = from; p < to; p++) {
    let error: f32 = 0;
    let length: f32 = 0;
    for (let half: usize = 0; half < 32; half += 16) {
      const codes = load<u32>(codebook) + p * panelBytes + half;
      const scales = load<u32>(codebook, 16) + (<usize>p << 5) + half;
      narrow(codes, 32, depth, limit, load<u32>(codebook, 12) + p * narrowBytes + half, scales, scratch);
      for (let lane: usize = 0; lane < 16; lane += 4) {
        error = max(error, load<f32>(scratch + lane, 16));
        length = max(length, load<f32>(scratch + lane) + load<f32>(scratch + lane, 16));
      }
    }
    store<f32>(measured + (<usize>p << 3), error);
    store<f32>(measured + (<usize>p << 3), length, 4);
  }
}

/** Where one row's tile is above its second best, takes both over. */
@inline function keepTwo(low: v128, high: v128, first: i32, state: usize): void {
  const codes = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
  const inHigh = f32x4.gt(high, low);
  const score = v128.bitselect(high, low, inHigh);
  const loser = v128.bitselect(low, high, inHigh);
  const code = v128.bitselect(i32x4.add(codes, i32x4.splat(4)), codes, inHigh);
  const best = v128.load(state);
  const better = f32x4.gt(score, best);
  v128.store(state, v128.bitselect(score, best, better));
  v128.store(state, v128.bitselect(code, v128.load(state, CODE), better), CODE);
  const displaced = f32x4.pmax(v128.bitselect(best, score, better), loser);
  v128.store(state, f32x4.pmax(displaced, v128.load(state, SECOND)), SECOND);
}

@inline function score(sum: v128, scale: v128, scales: v128, start: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sum), f32x4.mul(scale, scales)), start);
}

/** One tile of screened scores: 4 rows by 8 codes over pairs of dimensions. */
@inline function screenTile(quad: usize, rowScales: usize, panel: usize, pairs: u32, scales: usize, start: usize, state: usize, first: i32): void {
  let r0l = i32x4.splat(0);
  let r0h = i32x4.splat(0);
  let r1l = i32x4.splat(0);
  let r1h = i32x4.splat(0);
  let r2l = i32x4.splat(0);
  let r2h = i32x4.splat(0);
  let r3l = i32x4.splat(0);
  let r3h = i32x4.splat(0);
  const end = panel + (<usize>pairs << 5);
  while (panel < end) {
    const low = v128.load(panel);
    const high = v128.load(panel, 16);
    const x0 = v128.load32_splat(quad);
    r0l = i32x4.add(r0l, i32x4.dot_i16x8_s(x0, low));
    r0h = i32x4.add(r0h, i32x4.dot_i16x8_s(x0, high));
    const x1 = v128.load32_splat(quad, 4);
    r1l = i32x4.add(r1l, i32x4.dot_i16x8_s(x1, low));
    r1h = i32x4.add(r1h, i32x4.dot_i16x8_s(x1, high));
    const x2 = v128.load32_splat(quad, 8);
    r2l = i32x4.add(r2l, i32x4.dot_i16x8_s(x2, low));
    r2h = i32x4.add(r2h, i32x4.dot_i16x8_s(x2, high));
    const x3 = v128.load32_splat(quad, 12);
    r3l = i32x4.add(r3l, i32x4.dot_i16x8_s(x3, low));
    r3h = i32x4.add(r3h, i32x4.dot_i16x8_s(x3, high));
    panel += 32;
    quad += 16;
  }
  const scalesLow = v128.load(scales);
  const scalesHigh = v128.load(scales, 16);
  const startLow = v128.load(start);
  const startHigh = v128.load(start, 16);
  const s0 = v128.load32_splat(rowScales);
  r0l = score(r0l, s0, scalesLow, startLow);
  r0h = score(r0h, s0, scalesHigh, startHigh);
  const s1 = v128.load32_splat(rowScales, 4);
  r1l = score(r1l, s1, scalesLow, startLow);
  r1h = score(r1h, s1, scalesHigh, startHigh);
  const s2 = v128.load32_splat(rowScales, 8);
  r2l = score(r2l, s2, scalesLow, startLow);
  r2h = score(r2h, s2, scalesHigh, startHigh);
  const s3 = v128.load32_splat(rowScales, 12);
  r3l = score(r3l, s3, scalesLow, startLow);
  r3h = score(r3h, s3, scalesHigh, startHigh);
  const better = v128.or(
    v128.or(f32x4.gt(f32x4.pmax(r0l, r0h), v128.load(state, SECOND)), f32x4.gt(f32x4.pmax(r1l, r1h), v128.load(state, 48 + SECOND))),
    v128.or(f32x4.gt(f32x4.pmax(r2l, r2h), v128.load(state, 96 + SECOND)), f32x4.gt(f32x4.pmax(r3l, r3h), v128.load(state, 144 + SECOND))),
  );
  if (v128.any_true(better)) {
    keepTwo(r0l, r0h, first, state);
    keepTwo(r1l, r1h, first, state + 48);
    keepTwo(r2l, r2h, first, state + 96);
    keepTwo(r3l, r3h, first, state + 144);
  }
}

/** The score of one code as `tile` computes it, with the same operations in the same order. `x` is a row in its quad. */
@inline function exactScore(panels: usize, start: usize, code: u32, depth: u32, x: usize, spare: usize): f32 {
  const half = <usize>(code & 4) << 2;
  let panel = panels + (code >>> 3) * (<usize>depth << 5) + half;
  let sum = v128.load(start + (<usize>(code >>> 3) << 5) + half);
  for (let k: u32 = 0; k < depth; k++) {
    sum = madd(v128.load32_splat(x), v128.load(panel), sum);
    x += 16;
    panel += 32;
  }
  v128.store(spare, sum);
  return load<f32>(spare + (<usize>(code & 3) << 2));
}

const UNDECIDED: u32 = 0xffffffff;

/** The code that `nearest` chooses for the row with this state, or `UNDECIDED`. Writes over the state. */
@inline function decide(state: usize, margin: f32, panels: usize, start: usize, depth: u32, x: usize): u32 {
  let best = load<f32>(state);
  let second = load<f32>(state, SECOND);
  for (let lane: usize = 4; lane < 16; lane += 4) {
    best = max(best, load<f32>(state + lane));
    second = max(second, load<f32>(state + lane, SECOND));
  }
  const line = best - margin;
  // Written so that a NaN, which hostile scales could make, is undecided.
  if (!(second < line)) return UNDECIDED;
  let chosen = UNDECIDED;
  let chosenScore: f32 = 0;
  for (let lane: usize = 0; lane < 16; lane += 4) {
    if (load<f32>(state + lane) < line) continue;
    const code = load<u32>(state + lane, CODE);
    const exact = exactScore(panels, start, code, depth, x, state + SECOND);
    if (chosen == UNDECIDED || exact > chosenScore || (exact == chosenScore && code < chosen)) {
      chosen = code;
      chosenScore = exact;
    }
  }
  return chosen;
}

/**
 * `nearest` by screening. `scratch` holds for each row of whole quads `depth` values, `ceil(depth / 2)` and 14 more.
 * `undecided` (u32, rows), of which those in the range are written, says which rows `search` decided.
 */
export function screen(
  codebook: usize, depth: u32, rows: usize, ids: usize, _4: u32, _5: u32, scratch: usize, from: u32, to: u32,
): void {
  const panels = <usize>load<u32>(codebook);
  const start = <usize>load<u32>(codebook, 4);
  const panelCount = load<u32>(codebook, 8);
  const narrowed = <usize>load<u32>(codebook, 12);
  const scales = <usize>load<u32>(codebook, 16);
  const limit = load<f32>(codebook, 20);
  const startMost = load<f64>(codebook, 24);
  const codeError = load<f64>(codebook, 32);
  const codeLength = load<f64>(codebook, 40);

  const rowCount = to - from;
  const quadCount = (rowCount + 3) >>> 2;
  const pairs = (depth + 1) >>> 1;
  const quadBytes = <usize>depth << 4;
  const narrowQuadBytes = <usize>pairs << 4;
  const narrowPanelBytes = <usize>pairs << 5;
  const rowBytes = <usize>depth << 2;
  const narrowQuads = scratch + quadCount * quadBytes;
  const states = narrowQuads + quadCount * narrowQuadBytes;
  const rowScales = states + quadCount * SCREEN_STATE;
  const margins = rowScales + (quadCount << 4);
  rows += from * rowBytes;
  ids += <usize>from << 2;

  const mean = start + (<usize>panelCount << 5);
  packQuads(rows, rowCount, depth, scratch);
  centreQuads(scratch, quadCount, depth, mean);
  // What float32 sums can be off, both those of `tile` and those here: each product and each addition half an ulp.
  const rounding: f64 = <f64>(depth + 20) * 5.9604644775390625e-8;
  for (let q: u32 = 0; q < quadCount; q++) {
    const state = states + q * SCREEN_STATE;
    const scales = rowScales + (<usize>q << 4);
    narrow(scratch + q * quadBytes, 16, depth, limit, narrowQuads + q * narrowQuadBytes, scales, state);
    for (let lane: usize = 0; lane < 16; lane += 4) {
      const length = <f64>load<f32>(state + lane);
      const error = <f64>load<f32>(state + lane, 16);
      const bound = length * codeError + error * codeLength + rounding * ((length + error) * codeLength + startMost);
      store<f32>(margins + (<usize>q << 4) + lane, <f32>(2.0001 * bound));
    }
    for (let row: usize = 0; row < SCREEN_STATE; row += 48) {
      v128.store(state + row, f32x4.splat(-f32.MAX_VALUE));
      v128.store(state + row, i32x4.splat(0), CODE);
      v128.store(state + row, f32x4.splat(-f32.MAX_VALUE), SECOND);
    }
  }

  const block = max<u32>(1, CODES_BLOCK / <u32>narrowPanelBytes);
  for (let first: u32 = 0; first < panelCount; first += block) {
    const end = min(panelCount, first + block);
    for (let q: u32 = 0; q < quadCount; q++) {
      for (let p = first; p < end; p++) {
        screenTile(
          narrowQuads + q * narrowQuadBytes, rowScales + (<usize>q << 4), narrowed + p * narrowPanelBytes, pairs,
          scales + (<usize>p << 5), start + (<usize>p << 5), states + q * SCREEN_STATE, p << 3,
        );
      }
    }
  }

  // The rows left undecided, compacted into `margins` behind where it is still read.
  let left: u32 = 0;
  for (let row: u32 = 0; row < rowCount; row++) {
    const x = scratch + (row >>> 2) * quadBytes + ((row & 3) << 2);
    const code = decide(states + row * 48, load<f32>(margins + (<usize>row << 2)), panels, start, depth, x);
    store<u32>(ids + (<usize>row << 2), code);
    if (code != UNDECIDED) continue;
    store<u32>(margins + (<usize>left << 2), row);
    left++;
  }
  if (left == 0) return;
  for (let at: u32 = 0; at < left; at += 4) {
    const last = left - 1;
    packQuad(
      rows + load<u32>(margins + (<usize>at << 2)) * rowBytes,
      rows + load<u32>(margins + (<usize>min(at + 1, last) << 2)) * rowBytes,
      rows + load<u32>(margins + (<usize>min(at + 2, last) << 2)) * rowBytes,
      rows + load<u32>(margins + (<usize>min(at + 3, last) << 2)) * rowBytes,
      depth, scratch + (at >>> 2) * quadBytes,
    );
  }
  centreQuads(scratch, (left + 3) >>> 2, depth, mean);
  search(panels, start, panelCount, depth, scratch, (left + 3) >>> 2, states);
  for (let at: u32 = 0; at < left; at++) {
    store<u32>(ids + (<usize>load<u32>(margins + (<usize>at << 2)) << 2), bestCode(states, at));
  }
}
