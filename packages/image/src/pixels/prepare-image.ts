import { PolytokError, requireChoice, requireInteger, roundHalfEven } from '@polytok/common';
import { type ByteImage, resample } from './resample.js';
import { checkImage, checkImageSize, RGB, type RgbImage } from './rgb-image.js';

export interface PrepareImageOptions {
  /** What the shorter side becomes, in pixels. */
  readonly size: number;
  /**
   * What is cut out of the middle then: a square, or as much as makes both sides multiples of `patch`. Default: 'square'.
   */
  readonly crop?: 'square' | 'patches';
  /** Side of a patch in pixels, for 'patches': the tokenizer's. Default: 16. */
  readonly patch?: number;
}

/** Longest side that is scaled to: the longer side of a thin image grows with the shorter one. */
const MAX_SIDE = 2 ** 16;

/**
 * An image as tokenizers were trained on: halved by boxes while the shorter side is at least twice `size`, scaled
 * bicubically until it is `size`, and cropped in the middle. The same bytes as LlamaGen's `center_crop_arr` gives.
 * @param image of bytes
 * @throws PolytokError `INVALID_ARGUMENT`, also for floats, which Pillow scales otherwise; `LIMIT_EXCEEDED` for an image so
 *   thin that scaling it would exceed the limits
 */
export function prepareImage(image: RgbImage, options: PrepareImageOptions): ByteImage {
  const { size, crop = 'square', patch = 16 } = options;
  requireInteger(size, 'size', { minimum: 1, maximum: MAX_SIDE });
  requireChoice(crop, 'crop', ['square', 'patches']);
  if (crop === 'patches') requireInteger(patch, 'patch', { minimum: 1, maximum: size });
  checkImage(image);
  if (image.data instanceof Float32Array) {
    throw new PolytokError('INVALID_ARGUMENT', 'prepareImage() takes images of bytes; got floats.');
  }
  let scaled: ByteImage = { ...image, data: plainBytes(image.data) };
  while (shorter(scaled) >= 2 * size) {
    const [width, height] = [scaled.width >> 1, scaled.height >> 1];
    scaled = resample(scaled, { width, height, filter: 'box' });
  }
  const scale = size / shorter(scaled);
  const [width, height] = [roundHalfEven(scaled.width * scale), roundHalfEven(scaled.height * scale)];
  checkImageSize(width, height);
  scaled = resample(scaled, { width, height, filter: 'bicubic' });
  const cut = (side: number) => (crop === 'square' ? size : side - (side % patch));
  return cropMiddle(scaled, cut(width), cut(height));
}

function plainBytes(data: Uint8Array | Uint8ClampedArray): Uint8Array {
  return data instanceof Uint8Array ? data : new Uint8Array(data.buffer, data.byteOffset, data.length);
}

function shorter({ width, height }: RgbImage): number {
  return Math.min(width, height);
}

function cropMiddle({ width, height, data }: ByteImage, columns: number, rows: number): ByteImage {
  if (columns === width && rows === height) return { width, height, data };
  const [left, top] = [Math.floor((width - columns) / 2), Math.floor((height - rows) / 2)];
  const result = new Uint8Array(columns * rows * RGB);
  for (let row = 0; row < rows; row++) {
    const from = ((top + row) * width + left) * RGB;
    result.set(data.subarray(from, from + columns * RGB), row * columns * RGB);
  }
  return { width: columns, height: rows, data: result };
}
