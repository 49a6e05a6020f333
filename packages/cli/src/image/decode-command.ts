import { extname } from 'node:path';
import { PolytokError } from '@polytok/common';
import type { VqImageTokenizer } from '@polytok/image';
import { encodeImageFile, IMAGE_FILE_FORMATS, type ImageFileFormat } from '@polytok/image/node';
import { defineCommand, type Invocation } from '../command.js';
import { choice, integer } from '../options.js';
import { DECODE_DETAILS, DECODE_OPTIONS, decodeWith, runDecode } from '../tokens/decode-files.js';
import type { SourceDecoder } from '../tokens/source-decoder.js';
import { DEFAULT_SIZE, loadTokenizer, TOKENIZER_OPTIONS } from './image-options.js';

const specs = {
  ...TOKENIZER_OPTIONS,
  image: choice({
    hint: 'KIND',
    of: ['png', 'webp', 'jpeg'],
    description:
      'Of the files: png and webp, which lose nothing, or jpeg. Default: by the name of --out, else png',
  }),
  size: integer({
    hint: 'PIXELS',
    minimum: 1,
    description: `Side of the square image that bare ids without an index are. Default: ${DEFAULT_SIZE}`,
  }),
  ...DECODE_OPTIONS,
};

export const decodeCommand = defineCommand({
  name: 'image decode',
  summary: 'Turn tokens back into images.',
  usage: '[options] --tokenizer FILE --out PATH INPUT…',
  details: [DECODE_DETAILS],
  options: specs,
  examples: [
    {
      command: 'image decode tokens/ -t vq_ds16_c2i.pt --out images/',
      says: 'A folder of shards, one PNG per image',
    },
    { command: 'image decode photo.u16 -t vq_ds16_c2i.pt --out photo.webp', says: 'One image' },
  ],
  run,
});

async function run(invocation: Invocation<typeof specs>): Promise<number> {
  const { options } = invocation;
  return runDecode(invocation, async (job) => {
    const tokenizer = await loadTokenizer(options);
    try {
      const named = job.isSingle ? extname(job.out).toLowerCase() : '';
      const format = options.image ?? (IMAGE_FILE_FORMATS as Record<string, ImageFileFormat>)[named] ?? 'png';
      return await decodeWith(imageDecoder(tokenizer, format, options.size ?? DEFAULT_SIZE), job);
    } finally {
      await tokenizer.close();
    }
  });
}

function imageDecoder(tokenizer: VqImageTokenizer, format: ImageFileFormat, size: number): SourceDecoder {
  return {
    vocabulary: tokenizer.vocabulary,
    bareAlignment: tokenizer.alignmentOf([size, size, 3]),
    extension: format === 'jpeg' ? '.jpg' : `.${format}`,
    async decode({ source, records }) {
      if (records.length !== 1) {
        throw new PolytokError(
          'INVALID_FORMAT',
          `'${source}' is one image, and has ${records.length} rows of tokens. Is it there twice?`,
          { details: { source, rows: records.length } },
        );
      }
      return [await encodeImageFile(await tokenizer.decode(records[0]), format)];
    },
  };
}
