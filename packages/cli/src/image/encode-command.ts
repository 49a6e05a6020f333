import type { Readable } from 'node:stream';
import type { VqImageTokenizer } from '@polytok/image';
import { defineCommand, type Invocation } from '../command.js';
import { ENCODE_DETAILS, ENCODE_OPTIONS, encodeWith, runEncode } from '../tokens/encode-files.js';
import type { FileEncoder } from '../tokens/file-encoder.js';
import {
  DEFAULT_SIZE,
  IMAGE_EXTENSIONS,
  loadImage,
  loadTokenizer,
  PREPARE_OPTIONS,
  type PrepareValues,
  TOKENIZER_OPTIONS,
} from './image-options.js';

const specs = { ...TOKENIZER_OPTIONS, ...PREPARE_OPTIONS, ...ENCODE_OPTIONS };

export const encodeCommand = defineCommand({
  name: 'image encode',
  summary: 'Turn images into tokens.',
  usage: '[options] --tokenizer FILE --out PATH INPUT…',
  details: [
    ENCODE_DETAILS,
    'Images are JPEG, PNG, WebP, GIF, TIFF, HEIF and AVIF; they are turned upright, scaled and cropped as published tokenizers were trained on. A token stands for a patch of 16 × 16 pixels with most presets, row by row.',
  ],
  options: specs,
  examples: [
    {
      command: 'image encode photos/ -t vq_ds16_c2i.pt --out tokens/',
      says: 'Encode a folder into Parquet shards, 256 tokens per image',
    },
    {
      command: 'image encode photo.jpg -t vq_ds16_c2i.pt --size 384 --crop patches --out photo.u16',
      says: 'Encode one image, keeping its aspect, into bare 16-bit ids',
    },
  ],
  run,
});

async function run(invocation: Invocation<typeof specs>): Promise<number> {
  const { options, io } = invocation;
  return runEncode(invocation, {
    extensions: IMAGE_EXTENSIONS,
    encode: encodeWith(async () => imageEncoder(await loadTokenizer(options), options, io.stdin)),
  });
}

function imageEncoder(tokenizer: VqImageTokenizer, values: PrepareValues, stdin: Readable): FileEncoder {
  const { size = DEFAULT_SIZE, crop = 'square', background } = values;
  const { patch, vocabulary } = tokenizer;
  return {
    vocabulary,
    settings: { size, crop, background },
    concurrency: 2, // one file is read while another one is encoded
    async encode(path, source) {
      const { image, bytes } = await loadImage(path, values, { patch, stdin });
      return { records: [{ ...(await tokenizer.encode(image)), source }], bytes };
    },
    async alignmentOf(path) {
      if (crop === 'square') return tokenizer.alignmentOf([size, size, 3]);
      const { image } = await loadImage(path, values, { patch, stdin });
      return tokenizer.alignmentOf([image.height, image.width, 3]);
    },
    close: () => tokenizer.close(),
  };
}
