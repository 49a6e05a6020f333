/**
 * Resampling of bytes as Pillow has it (`src/libImaging/Resample.c`), bit by bit: published tokenizers were trained, and
 * are evaluated, on images that Pillow scaled. Filters widen when an image gets smaller. Rows come first, then columns;
 * weights are integers in units of 2^−22, and each pass rounds to bytes.
 */
import { RGB, type RgbImage } from './rgb-image.js';

/** 'bicubic': a = −1/2. */
export type ResampleFilter = 'box' | 'bicubic';

export interface ResampleOptions {
  readonly width: number;
  readonly height: number;
  readonly filter: ResampleFilter;
}

/** An image of bytes. */
export type ByteImage = RgbImage & { readonly data: Uint8Array };

const FILTERS: Readonly<Record<ResampleFilter, { support: number; weight: (x: number) => number }>> = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bicubic: { support: 2, weight: bicubicWeight },
};

const PRECISION = 22;

export function resample(image: ByteImage, { width, height, filter }: ResampleOptions): ByteImage {
  const rows = width === image.width ? image : resampleRows(image, width, filter);
  return height === rows.height ? rows : resampleColumns(rows, height, filter);
}

/** What one output is made of: `weights[k]` of input `first + k`. */
interface Taps {
  readonly first: number;
  readonly weights: Int32Array;
}

function resampleRows(
  { width: inputs, height, data }: ByteImage,
  width: number,
  filter: ResampleFilter,
): ByteImage {
  const taps = tapsOf(inputs, width, filter);
  const result = new Uint8ClampedArray(width * height * RGB);
  for (let row = 0, to = 0; row < height; row++) {
    for (const { first, weights } of taps) {
      const from = (row * inputs + first) * RGB;
      for (let channel = 0; channel < RGB; channel++) {
        let sum = 1 << (PRECISION - 1);
        for (let k = 0, at = from + channel; k < weights.length; k++, at += RGB) sum += data[at] * weights[k];
        result[to++] = sum >> PRECISION;
      }
    }
  }
  return { width, height, data: new Uint8Array(result.buffer) };
}

function resampleColumns(
  { width, height: inputs, data }: ByteImage,
  height: number,
  filter: ResampleFilter,
): ByteImage {
  const stride = width * RGB;
  const result = new Uint8ClampedArray(stride * height);
  const sums = new Int32Array(stride);
  for (const [row, { first, weights }] of tapsOf(inputs, height, filter).entries()) {
    sums.fill(1 << (PRECISION - 1));
    for (let k = 0; k < weights.length; k++) {
      const from = (first + k) * stride;
      const weight = weights[k];
      for (let i = 0; i < stride; i++) sums[i] += data[from + i] * weight;
    }
    for (let i = 0, to = row * stride; i < stride; i++) result[to++] = sums[i] >> PRECISION;
  }
  return { width, height, data: new Uint8Array(result.buffer) };
}

function tapsOf(inputs: number, outputs: number, filter: ResampleFilter): Taps[] {
  const { support, weight } = FILTERS[filter];
  const scale = inputs / outputs;
  const stretch = Math.max(scale, 1);
  return Array.from({ length: outputs }, (_, output) => {
    const center = (output + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - support * stretch + 0.5));
    const end = Math.min(inputs, Math.trunc(center + support * stretch + 0.5));
    const exact = Array.from({ length: end - first }, (_, k) =>
      weight((k + first - center + 0.5) * (1 / stretch)),
    );
    const total = exact.reduce((sum, value) => sum + value, 0);
    const weights = Int32Array.from(exact, (value) => {
      const share = total === 0 ? value : value / total;
      return Math.trunc(share * 2 ** PRECISION + (share < 0 ? -0.5 : 0.5));
    });
    return { first, weights };
  });
}

function bicubicWeight(x: number): number {
  const a = -0.5;
  const distance = Math.abs(x);
  if (distance < 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  if (distance < 2) return (((distance - 5) * distance + 8) * distance - 4) * a;
  return 0;
}
