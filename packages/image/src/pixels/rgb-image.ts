import { PolytokError } from '@polytok/common';

/** An image in red, green and blue, upright, without transparency. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** `(height, width, 3)`, row-major: bytes (sRGB), or floats from −1 to 1, as networks take and give them. */
  readonly data: Uint8Array | Uint8ClampedArray | Float32Array;
}

/** Channels of every image. */
export const RGB = 3;

/**
 * Most pixels of an image in memory: 2^27, as 400 MB of bytes. A photo has 12 to 100 million; the file of an image can
 * claim any number.
 */
export const MAX_IMAGE_PIXELS = 2 ** 27;

/**
 * Throws unless the sizes and the data agree and all floats are finite.
 * @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED`
 */
export function checkImage({ width, height, data }: RgbImage): void {
  checkImageSize(width, height);
  const known =
    data instanceof Uint8Array || data instanceof Uint8ClampedArray || data instanceof Float32Array;
  if (!known || data.length !== width * height * RGB) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `An image of ${width} × ${height} has ${width * height * RGB} bytes or floats, three per pixel; got ${data?.length} in ${data?.constructor?.name}. Remove an alpha channel, and repeat gray three times.`,
      { details: { width, height, length: data?.length } },
    );
  }
  if (!(data instanceof Float32Array)) return;
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at === -1) return;
  throw new PolytokError('INVALID_ARGUMENT', `Pixels are finite numbers; number ${at} is ${data[at]}.`, {
    details: { at, value: String(data[at]) },
  });
}

/** Throws unless both sides are positive integers of a size that is handled. @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED` */
export function checkImageSize(width: number, height: number, limit: number = MAX_IMAGE_PIXELS): void {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `The sides of an image are positive integers; got ${width} × ${height}.`,
      { details: { width, height } },
    );
  }
  if (width * height <= limit) return;
  throw new PolytokError(
    'LIMIT_EXCEEDED',
    `An image of ${width} × ${height} pixels exceeds the limit of ${limit} pixels here. Make it smaller first.`,
    { details: { width, height, limit } },
  );
}
