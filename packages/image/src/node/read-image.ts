import { PolytokError } from '@polytok/common';
import { readFileBytes } from '@polytok/common/node';
import sharp from 'sharp';
import { MAX_IMAGE_PIXELS, RGB, type RgbImage } from '../pixels/rgb-image.js';

/** Most bytes of an image file: 2^28, beyond any photo. */
export const MAX_IMAGE_FILE_BYTES = 2 ** 28;

/** Formats that are read. Others that libvips knows (SVG, PDF) are programs rather than pixels. */
const FORMATS: readonly string[] = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif', 'avif'];

export interface ReadImageOptions {
  /** Colour behind transparent pixels, such as '#ffffff'. Default: transparency is dropped, as Pillow's `convert('RGB')` does. */
  readonly background?: string;
  /** Takes the numbers as sRGB whatever colour profile the file has, as Pillow does. Default: false, colours are converted. */
  readonly ignoreProfile?: boolean;
}

/**
 * An image from a file, `-` for standard input, or from its bytes: upright by its EXIF orientation, eight bits, sRGB. Gray
 * is repeated, CMYK converted, of animations and documents the first page taken.
 * @throws PolytokError `INVALID_ARGUMENT` for a background that is no colour; `IO`; `INVALID_FORMAT` for what is damaged, truncated or no image; `UNSUPPORTED` for other formats than
 *   JPEG, PNG, WebP, GIF, TIFF, HEIF and AVIF; `LIMIT_EXCEEDED` beyond {@link MAX_IMAGE_PIXELS} or {@link MAX_IMAGE_FILE_BYTES}
 */
export async function readImage(
  source: string | Uint8Array,
  options: ReadImageOptions = {},
): Promise<RgbImage & { readonly data: Uint8Array }> {
  const name = typeof source === 'string' ? `'${source}'` : 'The image';
  const bytes =
    typeof source === 'string' ? await readFileBytes(source, { maxBytes: MAX_IMAGE_FILE_BYTES }) : source;
  const { background, ignoreProfile = false } = options;
  requireColour(background);
  try {
    const image = sharp(bytes, {
      limitInputPixels: MAX_IMAGE_PIXELS,
      failOn: 'error',
      pages: 1,
      autoOrient: true,
      ignoreIcc: ignoreProfile,
    });
    const { format } = await image.metadata();
    if (!FORMATS.includes(format)) throw unsupported(name, format);
    const opaque = background === undefined ? image.removeAlpha() : image.flatten({ background });
    const { data, info } = await opaque
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== RGB) throw unsupported(name, `${format} of ${info.channels} channels`);
    return { width: info.width, height: info.height, data: new Uint8Array(data) };
  } catch (error) {
    throw error instanceof PolytokError ? error : readError(name, error as Error);
  }
}

/** Hexadecimal, as in `#ffffff`. */
const COLOUR = /^#[0-9a-f]{6}$/i;

function requireColour(background: string | undefined): void {
  if (background === undefined || COLOUR.test(background)) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'background' is a colour such as '#ffffff'; got '${background}'.`,
    { details: { background } },
  );
}

function unsupported(name: string, format: string): PolytokError {
  return new PolytokError(
    'UNSUPPORTED',
    `${name} is ${format}; ${FORMATS.join(', ')} are read. Convert it first.`,
    { details: { format, supported: FORMATS } },
  );
}

function readError(name: string, cause: Error): PolytokError {
  const tooLarge = cause.message.includes('exceeds pixel limit');
  return new PolytokError(
    tooLarge ? 'LIMIT_EXCEEDED' : 'INVALID_FORMAT',
    tooLarge
      ? `${name} has more than ${MAX_IMAGE_PIXELS} pixels, the limit here.`
      : `${name} is no image, or damaged: ${cause.message}`,
    { details: tooLarge ? { limit: MAX_IMAGE_PIXELS } : {}, cause },
  );
}
