import { extname } from 'node:path';
import { PolytokError } from '@polytok/common';
import { writeFileAtomic } from '@polytok/common/node';
import sharp from 'sharp';
import { floatsToBytes } from '../pixels/byte-levels.js';
import { checkImage, RGB, type RgbImage } from '../pixels/rgb-image.js';

/** Formats that are written, by the ends of names. PNG and, as it is called here, WebP lose nothing. */
export const IMAGE_FILE_FORMATS = {
  '.png': 'png',
  '.webp': 'webp',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
} as const;
export type ImageFileFormat = (typeof IMAGE_FILE_FORMATS)[keyof typeof IMAGE_FILE_FORMATS];

/**
 * The bytes of an image file. PNG and WebP are lossless, JPEG has quality 95.
 * @param image of bytes, or of floats, which are rounded as `decode` does
 * @throws PolytokError what `checkImage` throws
 */
export async function encodeImageFile(image: RgbImage, format: ImageFileFormat = 'png'): Promise<Uint8Array> {
  checkImage(image);
  const { width, height, data } = image;
  const bytes = data instanceof Float32Array ? floatsToBytes(data) : data;
  const file = sharp(bytes, { raw: { width, height, channels: RGB } });
  const options = { png: {}, webp: { lossless: true }, jpeg: { quality: 95, chromaSubsampling: '4:4:4' } };
  return new Uint8Array(await file.toFormat(format, options[format]).toBuffer());
}

/**
 * Writes an image file, in full or not at all.
 * @param path ends with `.png`, `.webp`, `.jpg` or `.jpeg`
 * @throws PolytokError `INVALID_ARGUMENT` for another end; `IO`
 */
export async function writeImage(path: string, image: RgbImage): Promise<void> {
  const end = extname(path).toLowerCase();
  if (!Object.hasOwn(IMAGE_FILE_FORMATS, end)) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Images are written to ${Object.keys(IMAGE_FILE_FORMATS).join(', ')}; got '${path}'.`,
      { details: { path } },
    );
  }
  const format = IMAGE_FILE_FORMATS[end as keyof typeof IMAGE_FILE_FORMATS];
  await writeFileAtomic(path, await encodeImageFile(image, format));
}
