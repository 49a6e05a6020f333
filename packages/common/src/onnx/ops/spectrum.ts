/** Spectra of signals as products with windowed cosines and sines, so that losses on them have gradients. */
import { PolytokError } from '../../errors.js';
import { fourierMatrix, melMatrix } from '../../kernels/log-mel/log-mel-by-matrix.js';
import { type LogMelLayout, logMelLayout } from '../../kernels/log-mel/log-mel-layout.js';
import type { LogMelOptions } from '../../kernels/log-mel/log-mel-options.js';
import type { Value } from '../graph/graph.js';
import { type Dimension, formatShape } from '../graph/shape.js';
import { log, sqrt, square } from './activation.js';
import { add, maximum, multiply } from './arithmetic.js';
import { pad, retyped, slice } from './concat.js';
import { conv } from './conv.js';
import { matMul } from './matmul.js';
import { integers } from './operand.js';
import { reduceSum } from './reduce.js';
import { reshape } from './reshape.js';

export type StftOptions = Pick<LogMelOptions, 'windowLength' | 'fftSize' | 'hop' | 'framing'> & {
  /** Least power of a bin before the square root, whose slope has no bound at 0. Default: 1e-9. */
  readonly floor?: number;
};

/**
 * Magnitudes of the short-time Fourier transform, under a periodic Hann window, in the frames of {@link LogMelOptions}.
 * @param x `[batch, samples]`
 * @returns `[batch, fftSize/2 + 1, frames]`
 * @throws PolytokError `INVALID_ARGUMENT`, `UNSUPPORTED` as `logMel` of the kernels
 */
export function stftMagnitude(x: Value, { floor = 1e-9, ...options }: StftOptions = {}): Value {
  const layout = logMelLayout({ ...options, sampleRate: 1, bands: 1, floor });
  return sqrt(maximum(power(x, layout), floor));
}

/**
 * Log-mel levels: those of the kernels' `logMel`, with a gradient.
 * @param x `[batch, samples]`
 * @returns `[batch, bands, frames]`
 * @throws PolytokError `INVALID_ARGUMENT`, `UNSUPPORTED` as `logMel` of the kernels
 */
export function logMel(x: Value, options: LogMelOptions): Value {
  const layout = logMelLayout(options);
  const { fftSize, bands, floor } = layout;
  const bins = fftSize / 2 + 1;
  const filters = x.graph.constant('float32', [bands, bins], transposed(melMatrix(layout), bands));
  const levels = log(maximum(matMul(filters, power(x, layout)), floor));
  return multiply(levels, Math.LOG10E);
}

/** Squared magnitudes, `[batch, bins, frames]`. */
function power(x: Value, layout: LogMelLayout): Value {
  const { fftSize, hop, framing } = layout;
  const [batch, samples] = x.shape;
  if (x.shape.length !== 2 || (typeof samples === 'number' && samples <= shortest(layout))) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `A spectrum takes [batch, samples] with more than ${shortest(layout)} samples; got ${formatShape(x.shape)}.`,
      { details: { shape: x.shape, above: shortest(layout) } },
    );
  }
  const signal = framing === 'center' ? reflect(x, fftSize / 2) : x;
  const parts = 2 * (fftSize / 2 + 1);
  const weight = x.graph.constant('float32', [parts, 1, fftSize], transposed(fourierMatrix(layout), parts));
  const all = conv(reshape(signal, [batch, 1, signal.shape[1]]), { weight, stride: hop });
  // Whisper leaves the last of the frames around the ends out.
  const spectra = framing === 'center' ? slice(all, { axis: 2, end: -1 }) : all;
  const frames = framesOf(samples, layout, spectra.shape[2]);
  const pairs = reshape(retyped(spectra, [batch, parts, frames]), [batch, parts / 2, 2, frames]);
  return reduceSum(square(pairs), { axes: [2] });
}

/** Samples that are too few. */
function shortest({ fftSize, hop, framing }: LogMelLayout): number {
  return framing === 'center' ? Math.max(fftSize / 2, hop - 1) : fftSize - 1;
}

function framesOf(samples: Dimension, { hop, framing }: LogMelLayout, computed: Dimension): Dimension {
  return typeof samples === 'string' && framing === 'center' ? `floor(${samples}/${hop})` : computed;
}

/** The signal with `by` samples mirrored at each end, which are not repeated. */
function reflect(x: Value, by: number): Value {
  const { graph, type } = x;
  const [batch, samples] = x.shape;
  const size = typeof samples === 'number' ? samples + 2 * by : `${samples}+${2 * by}`;
  return graph.operation(
    'Pad',
    [x, integers(graph, [0, by, 0, by])],
    { type, shape: [batch, size] },
    {
      attributes: { mode: { string: 'reflect' } },
      vjp: ([gradient]) => {
        if (typeof samples !== 'number') {
          throw new PolytokError(
            'UNSUPPORTED',
            `The gradient of a centred spectrum needs a number of samples; got ${samples}.`,
            { details: { shape: x.shape } },
          );
        }
        const middle = slice(gradient!, { axis: 1, start: by, end: -by });
        const left = reversed(slice(gradient!, { axis: 1, end: by }));
        const right = reversed(slice(gradient!, { axis: 1, start: -by }));
        const rest = samples - by - 1;
        return [
          add(
            middle,
            add(
              pad(left, { axis: 1, before: 1, after: rest }),
              pad(right, { axis: 1, before: rest, after: 1 }),
            ),
          ),
        ];
      },
    },
  );
}

/** `[batch, samples]`, the last sample first. */
function reversed(x: Value): Value {
  const operands = [-1, -(2 ** 31 - 1), 1, -1].map((value) => integers(x.graph, [value]));
  return x.graph.operation('Slice', [x, ...operands], x, { vjp: ([gradient]) => [reversed(gradient!)] });
}

/** `(rows, columns)` as `(columns, rows)`. */
function transposed(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  return Float32Array.from(values, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]);
}
