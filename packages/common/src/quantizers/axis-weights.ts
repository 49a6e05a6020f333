/**
 * Resampling of one axis as a table of weights: each output is a weighted sum of a run of inputs. Maps are resampled
 * with one table per axis (see resample-map.ts).
 */
export interface AxisWeights {
  readonly inputs: number;
  readonly outputs: number;
  /** Weights per output; runs that are shorter end in zeros. */
  readonly taps: number;
  /** `(outputs, taps)`: which input each weight is for. */
  readonly sources: Uint32Array;
  /** `(outputs, taps)` */
  readonly weights: Float64Array;
}

/**
 * Down-sampling by area: output i is the mean of the inputs in [⌊i·n/m⌋, ⌈(i+1)·n/m⌉), for n inputs and m outputs.
 * Neighbouring runs share an input where m does not divide n. PyTorch: `interpolate(mode='area')`.
 */
export function areaWeights(inputs: number, outputs: number): AxisWeights {
  const taps = Math.ceil(inputs / outputs) + 1;
  const table = emptyTable(inputs, outputs, taps);
  for (let i = 0; i < outputs; i++) {
    const first = Math.floor((i * inputs) / outputs);
    const end = Math.ceil(((i + 1) * inputs) / outputs);
    for (let source = first; source < end; source++) {
      table.sources[i * taps + source - first] = source;
      table.weights[i * taps + source - first] = 1 / (end - first);
    }
  }
  return table;
}

/** a in Keys' cubic kernel (1981), as PyTorch and OpenCV set it. */
const SHARPNESS = -0.75;

const CUBIC_TAPS = 4;

/**
 * Cubic convolution (Keys 1981) with a = −0.75, half-pixel centres and edges repeated. PyTorch:
 * `interpolate(mode='bicubic')`, which is meant for up-sampling: it does not smooth first.
 */
export function bicubicWeights(inputs: number, outputs: number): AxisWeights {
  const table = emptyTable(inputs, outputs, CUBIC_TAPS);
  for (let i = 0; i < outputs; i++) {
    const position = ((i + 0.5) * inputs) / outputs - 0.5;
    const left = Math.floor(position);
    for (let tap = 0; tap < CUBIC_TAPS; tap++) {
      const source = left - 1 + tap;
      table.sources[i * CUBIC_TAPS + tap] = Math.min(Math.max(source, 0), inputs - 1);
      table.weights[i * CUBIC_TAPS + tap] = cubic(Math.abs(position - source));
    }
  }
  return table;
}

function emptyTable(inputs: number, outputs: number, taps: number): AxisWeights {
  const sources = new Uint32Array(outputs * taps);
  return { inputs, outputs, taps, sources, weights: new Float64Array(outputs * taps) };
}

/** Keys' kernel at a distance of 0 to 2 inputs. */
function cubic(distance: number): number {
  const a = SHARPNESS;
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  return ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;
}
