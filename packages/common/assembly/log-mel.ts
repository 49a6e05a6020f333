/**
 * Log-mel spectra of real frames: window, real FFT, power, mel filters, log10. Lanes are frames: two frames side by
 * side, so that no step mixes lanes and a frame's result depends on its own samples alone. In double precision up to the
 * logarithm: in single precision, the rounding of a loud band drowns bands 80 dB below it.
 *
 * A real frame of `size` samples is one complex FFT of half that length on its even and odd samples: Stockham's
 * algorithm (self-sorting, two buffers), radix 2, 3, 4 and 5, decimation in frequency. A complex number of two
 * frames is 32 bytes: two real parts, then two imaginary ones.
 *
 * Memory is laid out by the caller (src/kernels/wasm/log-mel-tables.ts). All arithmetic is add, subtract, multiply
 * and divide in a fixed order: the same bits on every machine.
 */

/** Addresses and sizes of what one transform needs. */
@unmanaged class Plan {
  /** Complex length: half of the samples of a frame. */
  half: u32;
  bands: u32;
  /** Radices of the stages, u32, ended by 0. */
  radices: usize;
  /** Of every stage, for p = 0, 1, …: w^p, w^2p, … w^(radix - 1)p as f64 pairs, where w = exp(-2πi / (radix · count)). */
  twiddles: usize;
  /** exp(-2πi k / size) as f64 pairs, k = 0 to half / 2. */
  unpack: usize;
  /** f64, half the window, filled up with zeros to a multiple of 4. */
  window: usize;
  /** Per band: u32 first bin, u32 number of weights, f64 weights. */
  filters: usize;
  floor: f32;
}

@inline function splat(at: usize): v128 {
  return v128.load64_splat(at);
}

/** Stores a complex number of two frames. */
@inline function put(at: usize, re: v128, im: v128): void {
  v128.store(at, re);
  v128.store(at, im, 16);
}

/** Stores a complex number of two frames times the twiddle at `w`. */
@inline function putTurned(at: usize, re: v128, im: v128, w: usize): void {
  const c = splat(w);
  const s = splat(w + 8);
  put(at, f64x2.sub(f64x2.mul(re, c), f64x2.mul(im, s)), f64x2.add(f64x2.mul(re, s), f64x2.mul(im, c)));
}

@inline function butterfly2(x: usize, xStep: usize, y: usize, yStep: usize, w: usize): void {
  const r0 = v128.load(x), i0 = v128.load(x, 16);
  const r1 = v128.load(x + xStep), i1 = v128.load(x + xStep, 16);
  put(y, f64x2.add(r0, r1), f64x2.add(i0, i1));
  putTurned(y + yStep, f64x2.sub(r0, r1), f64x2.sub(i0, i1), w);
}

@inline function butterfly3(x: usize, xStep: usize, y: usize, yStep: usize, w: usize): void {
  const half = f64x2.splat(-0.5), sine = f64x2.splat(0.8660254037844386);
  const r0 = v128.load(x), i0 = v128.load(x, 16);
  const r1 = v128.load(x + xStep), i1 = v128.load(x + xStep, 16);
  const r2 = v128.load(x + 2 * xStep), i2 = v128.load(x + 2 * xStep, 16);
  const sr = f64x2.add(r1, r2), si = f64x2.add(i1, i2);
  const dr = f64x2.mul(f64x2.sub(r1, r2), sine), di = f64x2.mul(f64x2.sub(i1, i2), sine);
  put(y, f64x2.add(r0, sr), f64x2.add(i0, si));
  const mr = f64x2.add(r0, f64x2.mul(half, sr)), mi = f64x2.add(i0, f64x2.mul(half, si));
  putTurned(y + yStep, f64x2.add(mr, di), f64x2.sub(mi, dr), w);
  putTurned(y + 2 * yStep, f64x2.sub(mr, di), f64x2.add(mi, dr), w + 16);
}

@inline function butterfly4(x: usize, xStep: usize, y: usize, yStep: usize, w: usize): void {
  const r0 = v128.load(x), i0 = v128.load(x, 16);
  const r1 = v128.load(x + xStep), i1 = v128.load(x + xStep, 16);
  const r2 = v128.load(x + 2 * xStep), i2 = v128.load(x + 2 * xStep, 16);
  const r3 = v128.load(x + 3 * xStep), i3 = v128.load(x + 3 * xStep, 16);
  const ar = f64x2.add(r0, r2), ai = f64x2.add(i0, i2);
  const br = f64x2.sub(r0, r2), bi = f64x2.sub(i0, i2);
  const cr = f64x2.add(r1, r3), ci = f64x2.add(i1, i3);
  const dr = f64x2.sub(r1, r3), di = f64x2.sub(i1, i3);
  put(y, f64x2.add(ar, cr), f64x2.add(ai, ci));
  putTurned(y + yStep, f64x2.add(br, di), f64x2.sub(bi, dr), w);
  putTurned(y + 2 * yStep, f64x2.sub(ar, cr), f64x2.sub(ai, ci), w + 16);
  putTurned(y + 3 * yStep, f64x2.sub(br, di), f64x2.add(bi, dr), w + 32);
}

@inline function butterfly5(x: usize, xStep: usize, y: usize, yStep: usize, w: usize): void {
  // Cosines and sines of 1/5 and 2/5 of a turn.
  const c1 = f64x2.splat(0.30901699437494745), c2 = f64x2.splat(-0.8090169943749475);
  const s1 = f64x2.splat(0.9510565162951535), s2 = f64x2.splat(0.5877852522924731);
  const r0 = v128.load(x), i0 = v128.load(x, 16);
  const r1 = v128.load(x + xStep), i1 = v128.load(x + xStep, 16);
  const r2 = v128.load(x + 2 * xStep), i2 = v128.load(x + 2 * xStep, 16);
  const r3 = v128.load(x + 3 * xStep), i3 = v128.load(x + 3 * xStep, 16);
  const r4 = v128.load(x + 4 * xStep), i4 = v128.load(x + 4 * xStep, 16);
  const ar = f64x2.add(r1, r4), ai = f64x2.add(i1, i4);
  const br = f64x2.sub(r1, r4), bi = f64x2.sub(i1, i4);
  const cr = f64x2.add(r2, r3), ci = f64x2.add(i2, i3);
  const dr = f64x2.sub(r2, r3), di = f64x2.sub(i2, i3);
  put(y, f64x2.add(r0, f64x2.add(ar, cr)), f64x2.add(i0, f64x2.add(ai, ci)));
  const mr = f64x2.add(r0, f64x2.add(f64x2.mul(c1, ar), f64x2.mul(c2, cr)));
  const mi = f64x2.add(i0, f64x2.add(f64x2.mul(c1, ai), f64x2.mul(c2, ci)));
  const nr = f64x2.add(f64x2.mul(s1, br), f64x2.mul(s2, dr));
  const ni = f64x2.add(f64x2.mul(s1, bi), f64x2.mul(s2, di));
  putTurned(y + yStep, f64x2.add(mr, ni), f64x2.sub(mi, nr), w);
  putTurned(y + 4 * yStep, f64x2.sub(mr, ni), f64x2.add(mi, nr), w + 48);
  const or = f64x2.add(r0, f64x2.add(f64x2.mul(c2, ar), f64x2.mul(c1, cr)));
  const oi = f64x2.add(i0, f64x2.add(f64x2.mul(c2, ai), f64x2.mul(c1, ci)));
  const pr = f64x2.sub(f64x2.mul(s2, br), f64x2.mul(s1, dr));
  const pi = f64x2.sub(f64x2.mul(s2, bi), f64x2.mul(s1, di));
  putTurned(y + 2 * yStep, f64x2.add(or, pi), f64x2.sub(oi, pr), w + 16);
  putTurned(y + 3 * yStep, f64x2.sub(or, pi), f64x2.add(oi, pr), w + 32);
}

@inline function butterfly(radix: u32, x: usize, xStep: usize, y: usize, yStep: usize, w: usize): void {
  if (radix == 2) butterfly2(x, xStep, y, yStep, w);
  else if (radix == 3) butterfly3(x, xStep, y, yStep, w);
  else if (radix == 4) butterfly4(x, xStep, y, yStep, w);
  else butterfly5(x, xStep, y, yStep, w);
}

/**
 * One stage: `count` transforms of length `radix` for each of `groups` interleaved sequences. With a row of `groups`,
 * y[q + groups (radix p + k)] = w^pk · Σ_j x[q + groups (p + count j)] exp(-2πi jk / radix). Returns the end of its twiddles.
 */
@inline function stage(radix: u32, x: usize, y: usize, count: u32, groups: u32, w: usize): usize {
  const row = <usize>groups << 5;
  const xStep = row * count;
  const last = x + xStep;
  while (x < last) {
    const end = x + row;
    for (; x < end; x += 32, y += 32) butterfly(radix, x, xStep, y, row, w);
    y += row * (radix - 1);
    w += (radix - 1) << 4;
  }
  return w;
}

/** Transforms `x`, with `y` as the other buffer. Returns which of the two holds the result. */
function transform(plan: Plan, x: usize, y: usize): usize {
  let count = plan.half;
  let groups: u32 = 1;
  let w = plan.twiddles;
  let next = plan.radices;
  let radix = load<u32>(next);
  while (radix != 0) {
    count /= radix;
    if (radix == 5) w = stage(5, x, y, count, groups, w);
    else if (radix == 4) w = stage(4, x, y, count, groups, w);
    else if (radix == 3) w = stage(3, x, y, count, groups, w);
    else w = stage(2, x, y, count, groups, w);
    groups *= radix;
    const swap = x;
    x = y;
    y = swap;
    next += 4;
    radix = load<u32>(next);
  }
  return x;
}

/** Windows two frames, which begin `hop` bytes apart, into complex numbers: even samples real, odd ones imaginary. */
@inline function windowFrames(plan: Plan, frames: usize, hop: usize, out: usize): void {
  const end = out + (<usize>plan.half << 5);
  let window = plan.window;
  while (out < end) {
    const a = v128.load(frames), b = v128.load(frames + hop);
    const low = v128.shuffle<f32>(a, b, 0, 4, 1, 5), high = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    putWindowed(out, low, window);
    putWindowed(out + 16, v128.shuffle<f32>(low, low, 2, 3, 2, 3), window + 8);
    putWindowed(out + 32, high, window + 16);
    putWindowed(out + 48, v128.shuffle<f32>(high, high, 2, 3, 2, 3), window + 24);
    frames += 16;
    window += 32;
    out += 64;
  }
}

/** Stores the first two f32 of `pair` as f64, times the number at `window`. */
@inline function putWindowed(out: usize, pair: v128, window: usize): void {
  v128.store(out, f64x2.mul(f64x2.promote_low_f32x4(pair), splat(window)));
}

@inline function squares(re: v128, im: v128): v128 {
  return f64x2.add(f64x2.mul(re, re), f64x2.mul(im, im));
}

/**
 * Power of the bins 0 to half of the real frames. With z the complex spectrum and n its length, bins k and n - k are
 * E + T and conj(E - T), where E = z[k] + conj z[n - k] and T = -i exp(-2πi k / 2n) (z[k] - conj z[n - k]);
 * that the window is halved stands for the usual factors ½.
 */
@inline function powers(plan: Plan, z: usize, out: usize): void {
  const half = plan.half;
  const re = v128.load(z), im = v128.load(z, 16);
  const two = f64x2.splat(2);
  const zeroth = f64x2.mul(two, f64x2.add(re, im));
  const last = f64x2.mul(two, f64x2.sub(re, im));
  v128.store(out, f64x2.mul(zeroth, zeroth));
  v128.store(out + (<usize>half << 4), f64x2.mul(last, last));
  let w = plan.unpack;
  for (let k: u32 = 1; k <= half >>> 1; k++) {
    w += 16;
    const a = z + (<usize>k << 5), b = z + (<usize>(half - k) << 5);
    const ar = v128.load(a), ai = v128.load(a, 16), br = v128.load(b), bi = v128.load(b, 16);
    const er = f64x2.add(ar, br), ei = f64x2.sub(ai, bi);
    const or = f64x2.add(ai, bi), oi = f64x2.sub(br, ar);
    const c = splat(w), s = splat(w + 8);
    const tr = f64x2.sub(f64x2.mul(or, c), f64x2.mul(oi, s));
    const ti = f64x2.add(f64x2.mul(or, s), f64x2.mul(oi, c));
    v128.store(out + (<usize>k << 4), squares(f64x2.add(er, tr), f64x2.add(ei, ti)));
    v128.store(out + (<usize>(half - k) << 4), squares(f64x2.sub(er, tr), f64x2.sub(ei, ti)));
  }
}

/**
 * log10 of positive normal numbers. x = 2^e · m with m in [√½, √2), ln m = 2 (s + s³/3 + s⁵/5 + …) with
 * s = (m - 1) / (m + 1), |s| < 0.172: the first term left out is below 1e-9.
 */
@inline function log10(x: v128): v128 {
  // Where the mantissa is √2 or more, this carries into the exponent.
  const carried = i32x4.add(x, i32x4.splat(0x3f800000 - 0x3f3504f3));
  const e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_s(carried, 23), i32x4.splat(127)));
  const m = i32x4.add(v128.and(carried, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const one = f32x4.splat(1);
  const s = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const t = f32x4.mul(s, s);
  // 2 / ((2 k + 1) ln 10)
  let sum = f32x4.splat(0.0965098848);
  sum = f32x4.add(f32x4.mul(sum, t), f32x4.splat(0.1240841376));
  sum = f32x4.add(f32x4.mul(sum, t), f32x4.splat(0.1737177927));
  sum = f32x4.add(f32x4.mul(sum, t), f32x4.splat(0.2895296546));
  sum = f32x4.add(f32x4.mul(sum, t), f32x4.splat(0.8685889638));
  return f32x4.add(f32x4.mul(e, f32x4.splat(0.3010299957)), f32x4.mul(sum, s));
}

/** Writes log10 of every band, at least the floor, to two rows of `bands` values. */
@inline function bandLevels(plan: Plan, power: usize, out: usize): void {
  const row = <usize>plan.bands << 2;
  const end = out + row;
  const floor = f32x4.splat(plan.floor);
  let filter = plan.filters;
  while (out < end) {
    let bin = power + (<usize>load<u32>(filter) << 4);
    const stop = filter + 8 + (<usize>load<u32>(filter, 4) << 3);
    filter += 8;
    let sum = f64x2.splat(0);
    for (; filter < stop; filter += 8, bin += 16) sum = f64x2.add(sum, f64x2.mul(splat(filter), v128.load(bin)));
    const level = log10(f32x4.max(f32x4.demote_f64x2_zero(sum), floor));
    v128.store_lane<f32>(out, level, 0);
    v128.store_lane<f32>(out + row, level, 1);
    out += 4;
  }
}

/**
 * Log-mel levels of `pairs · 2` frames, the first at `signal` and each `hop` bytes behind the one before, to
 * `out` (pairs · 2, bands). `work` is scratch of 64 bytes · (half + 1). Reads up to 8 bytes behind the last frame.
 */
export function logMel(plan: Plan, signal: usize, hop: usize, pairs: u32, work: usize, out: usize): void {
  const other = work + (<usize>(plan.half + 1) << 5);
  for (let pair: u32 = 0; pair < pairs; pair++) {
    windowFrames(plan, signal, hop, work);
    const spectrum = transform(plan, work, other);
    const power = spectrum == work ? other : work;
    powers(plan, spectrum, power);
    bandLevels(plan, power, out);
    signal += hop << 1;
    out += <usize>plan.bands << 3;
  }
}
