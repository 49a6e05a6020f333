import type { Readable } from 'node:stream';
import { isJsonObject, type TokenizerConfig } from '@polytok/common';
import { readFileBytes, readJsonFile } from '@polytok/common/node';
import {
  type AutoencoderConfig,
  IMAGE_PRESETS,
  type ImagePreset,
  prepareImage,
  type RgbImage,
  type VqImageTokenizer,
} from '@polytok/image';
import { openImageWeights, readImage, VqImageTokenizer as Tokenizer } from '@polytok/image/node';
import { choice, integer, text } from '../options.js';
import { usageError } from '../usage-error.js';

/** Files that are taken from folders. */
export const IMAGE_EXTENSIONS = [
  '.avif',
  '.gif',
  '.heic',
  '.heif',
  '.jpeg',
  '.jpg',
  '.png',
  '.tif',
  '.tiff',
  '.webp',
];

export const DEFAULT_SIZE = 256;

/** What says which tokenizer. */
export const TOKENIZER_OPTIONS = {
  tokenizer: text({
    hint: 'FILE',
    short: 't',
    description:
      'Published weights: safetensors, a folder of them, or a PyTorch checkpoint (.pt, .pth, .ckpt)',
  }),
  preset: text({
    hint: 'NAME',
    description: `Their architecture: ${Object.keys(IMAGE_PRESETS).join(', ')}, or a .json file with a configuration. Default: the one whose tensors they are`,
  }),
  threads: integer({
    hint: 'N',
    minimum: 1,
    description: "Threads of the network. Default: ONNX Runtime's choice, the processor's cores",
  }),
};

/** What happens to an image before it is encoded. */
export const PREPARE_OPTIONS = {
  size: integer({
    hint: 'PIXELS',
    minimum: 1,
    description: `Scale the shorter side to this. Default: ${DEFAULT_SIZE}`,
  }),
  crop: choice({
    hint: 'KIND',
    of: ['square', 'patches', 'none'],
    description:
      'Then cut from the middle a square (the default), or as many whole patches as fit; none takes images as they are, unscaled',
  }),
  background: text({
    hint: 'COLOUR',
    description: 'Behind transparent pixels, such as "#ffffff". Default: transparency is dropped',
  }),
};

/** The values of {@link PREPARE_OPTIONS}. */
export interface PrepareValues {
  readonly size?: number;
  readonly crop?: 'square' | 'patches' | 'none';
  readonly background?: string;
}

/** Reads an image and prepares it for a tokenizer. @throws PolytokError what reading and preparing throw */
export async function loadImage(
  path: string,
  { size = DEFAULT_SIZE, crop = 'square', background }: PrepareValues,
  { patch, stdin }: { readonly patch: number; readonly stdin: Readable },
): Promise<{ image: RgbImage; bytes: number }> {
  const file = await readFileBytes(path, { stdin });
  const read = await readImage(file, { background });
  const image = crop === 'none' ? read : prepareImage(read, { size, crop, patch });
  return { image, bytes: file.length };
}

/** @throws PolytokError `INVALID_ARGUMENT` without weights, and what opening them throws */
export async function loadTokenizer({
  tokenizer,
  preset,
  threads,
}: {
  readonly tokenizer?: string;
  readonly preset?: string;
  readonly threads?: number;
}): Promise<VqImageTokenizer> {
  if (tokenizer === undefined) throw usageError('--tokenizer is missing; name a file of weights.');
  if (preset?.toLowerCase().endsWith('.json')) {
    const config = await readJsonFile(preset);
    if (isJsonObject(config) && 'type' in config) {
      const weights = await openImageWeights(tokenizer);
      return Tokenizer.fromJSON(config as TokenizerConfig, weights, { threads });
    }
    return Tokenizer.fromPretrained(tokenizer, config as AutoencoderConfig, { threads });
  }
  return Tokenizer.fromPretrained(tokenizer, preset as ImagePreset | undefined, { threads });
}
