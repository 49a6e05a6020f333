/** Invocations of a workgroup, which has a frame. */
const LANES = 64;

export interface LogMelSpec {
  readonly fftSize: number;
  readonly hop: number;
  readonly bands: number;
  readonly floor: number;
}

/** Largest transform whose half frame, 12 bytes for each bin, fits the 16 KiB of workgroup memory that WebGPU promises. */
export const MAX_WORKGROUP_FFT_SIZE = 2700;

/**
 * Log-mel levels, a workgroup for each frame, from samples to levels without leaving it.
 *
 * The frame is windowed and folded: with `x_i` and `x_(n-i)` side by side, a bin's cosines need only their sum and its sines
 * only their difference, which halves the work of the definition of the Fourier transform. Invocations then take every
 * 64th bin, `re = Σ (x_i + x_(n-i)) cos(2πik/n)` and `im` alike, with the angle's index followed by additions, and every
 * 64th band, whose few weights run over neighbouring bins. A sum runs in order, so a frame's bits are its own.
 *
 * `filters` holds a band's first bin, the place of its first weight, and their number.
 */
export function logMelWgsl({ fftSize, hop, bands, floor }: LogMelSpec): string {
  const half = fftSize / 2;
  return /* wgsl */ `
struct Sizes { firstFrame: u32 }
struct Filter { firstBin: u32, firstWeight: u32, count: u32 }
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> samples: array<f32>;
@group(0) @binding(2) var<storage, read> window: array<f32>;
@group(0) @binding(3) var<storage, read> roots: array<vec2f>;
@group(0) @binding(4) var<storage, read> filters: array<Filter>;
@group(0) @binding(5) var<storage, read> weights: array<f32>;
@group(0) @binding(6) var<storage, read_write> levels: array<f32>;

var<workgroup> folded: array<vec2f, ${half + 1}>;
var<workgroup> powers: array<f32, ${half + 1}>;

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let frame = sizes.firstFrame + group.x;
  let start = frame * ${hop}u;
  for (var i = lane; i <= ${half}u; i += ${LANES}u) {
    let left = samples[start + i] * window[i];
    // The first sample and the middle one stand alone.
    if (i == 0u || i == ${half}u) { folded[i] = vec2f(left, 0.0); continue; }
    let right = samples[start + ${fftSize}u - i] * window[${fftSize}u - i];
    folded[i] = vec2f(left + right, left - right);
  }
  workgroupBarrier();
  for (var bin = lane; bin <= ${half}u; bin += ${LANES}u) {
    var sums = vec2f();
    var angle = 0u;
    for (var i = 0u; i <= ${half}u; i++) {
      sums += folded[i] * roots[angle];
      angle += bin;
      if (angle >= ${fftSize}u) { angle -= ${fftSize}u; }
    }
    powers[bin] = dot(sums, sums);
  }
  workgroupBarrier();
  for (var band = lane; band < ${bands}u; band += ${LANES}u) {
    let bandFilter = filters[band];
    var power = 0.0;
    for (var j = 0u; j < bandFilter.count; j++) {
      power += weights[bandFilter.firstWeight + j] * powers[bandFilter.firstBin + j];
    }
    levels[frame * ${bands}u + band] = log2(max(power, ${floor}f)) * ${Math.log10(2)}f;
  }
}
`;
}
