import { extname } from 'node:path';
import { shannonEntropy } from '@polytok/common/metrics';
import { readFileBytes } from '@polytok/common/node';
import type { RgbImage, VqImageTokenizer } from '@polytok/image';
import { readImage } from '@polytok/image/node';
import { defineCommand, type Invocation } from '../command.js';
import { REPORT_OPTIONS } from '../common-options.js';
import { EXIT } from '../exit-codes.js';
import { type Fact, showFacts } from '../facts.js';
import { integer } from '../options.js';
import { formatBytes, formatCount } from '../quantities.js';
import { Reporter } from '../reporter.js';
import { usageError } from '../usage-error.js';
import {
  IMAGE_EXTENSIONS,
  loadImage,
  loadTokenizer,
  PREPARE_OPTIONS,
  TOKENIZER_OPTIONS,
} from './image-options.js';

const DEFAULT_LIMIT = 16;

const specs = {
  ...TOKENIZER_OPTIONS,
  ...PREPARE_OPTIONS,
  limit: integer({ hint: 'N', minimum: 0, description: `Tokens shown at most. Default: ${DEFAULT_LIMIT}` }),
  ...REPORT_OPTIONS,
};

export const inspectCommand = defineCommand({
  name: 'image inspect',
  summary: 'Show what an image or a file of weights holds.',
  usage: '[options] INPUT',
  details: [
    'With --tokenizer the tokens of an image are shown too, and how close the image that they decode to comes.',
  ],
  options: specs,
  examples: [
    { command: 'image inspect vq_ds16_c2i.pt', says: 'Architecture and vocabulary of weights' },
    { command: 'image inspect photo.jpg', says: 'Size and bytes of an image' },
    { command: 'image inspect photo.jpg -t vq_ds16_c2i.pt', says: 'Its first tokens, and what they lose' },
  ],
  run,
});

async function run({ inputs, options, io }: Invocation<typeof specs>): Promise<number> {
  if (inputs.length !== 1)
    throw usageError(`One image or file of weights is inspected at a time; got ${inputs.length}.`);
  const [input] = inputs;
  const reporter = new Reporter(io, options);
  if (input !== '-' && !IMAGE_EXTENSIONS.includes(extname(input).toLowerCase())) {
    const { preset, threads } = options;
    const tokenizer = await loadTokenizer({ tokenizer: input, preset, threads });
    await showFacts(reporter, input, modelFacts(tokenizer));
    return EXIT.done;
  }
  if (options.tokenizer === undefined) {
    const bytes = await readFileBytes(input, { stdin: io.stdin });
    await showFacts(reporter, input, imageFacts(await readImage(bytes, options), bytes.length));
    return EXIT.done;
  }
  const tokenizer = await loadTokenizer(options);
  try {
    const { image, bytes } = await loadImage(input, options, { patch: tokenizer.patch, stdin: io.stdin });
    const facts = await tokenFacts(image, tokenizer, options.limit ?? DEFAULT_LIMIT);
    await showFacts(reporter, input, [...imageFacts(image, bytes), ...facts]);
  } finally {
    await tokenizer.close();
  }
  return EXIT.done;
}

function imageFacts({ width, height }: RgbImage, bytes: number): Fact[] {
  return [
    ['width', width],
    ['height', height],
    ['bytes', bytes, formatBytes(bytes)],
  ];
}

function modelFacts({ config, vocabulary, patch }: VqImageTokenizer): Fact[] {
  const { channels, multipliers, encoderBlocks, decoderBlocks, attention } = config;
  return [
    ['names', config.names],
    ['patch', patch, `${patch} × ${patch} pixels`],
    [
      'vocabulary',
      vocabulary.size,
      `${formatCount(vocabulary.size)} tokens, ${Math.log2(vocabulary.size).toFixed(1)} bits`,
    ],
    ['quantizer', config.quantizer, `${config.quantizer}, codes of ${config.codeChannels} numbers`],
    ['channels', multipliers.map((multiplier) => channels * multiplier)],
    ['blocks', [encoderBlocks, decoderBlocks], `${encoderBlocks} per level down, ${decoderBlocks} up`],
    ['attention', attention],
    ['fingerprint', vocabulary.fingerprint],
  ];
}

async function tokenFacts(image: RgbImage, tokenizer: VqImageTokenizer, limit: number): Promise<Fact[]> {
  const tokens = await tokenizer.encode(image);
  const decoded = await tokenizer.decode(tokens);
  const { size, fingerprint } = tokenizer.vocabulary;
  const counts = new Map<number, number>();
  for (const id of tokens.ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  const entropy = shannonEntropy([...counts.values()]);
  const bits = (tokens.length * Math.log2(size)) / (image.width * image.height);
  const psnr = peakSignalToNoise(image.data, decoded.data);
  const { alignment } = tokens;
  const grid = alignment.kind === 'grid' ? `, ${alignment.rows} rows of ${alignment.columns}` : '';
  const shown = Array.from(tokens.ids.slice(0, limit));
  const more = tokens.length > limit ? `, … ${formatCount(tokens.length - limit)} more` : '';
  return [
    ['tokens', tokens.length, `${formatCount(tokens.length)}${grid}`],
    ['bitsPerPixel', bits, bits.toFixed(4)],
    ['used', counts.size, `${formatCount(counts.size)} of ${formatCount(size)} ids`],
    ['entropy', entropy, `${entropy.toFixed(2)} bits`],
    ['psnr', psnr, `${psnr.toFixed(2)} dB`],
    ['fingerprint', fingerprint],
    ['ids', shown, `${shown.join(', ')}${more}`],
  ];
}

/** 10 · log10(255² / mean squared difference) of bytes, in decibels. */
function peakSignalToNoise(original: RgbImage['data'], decoded: RgbImage['data']): number {
  let total = 0;
  for (const [i, byte] of original.entries()) total += (byte - decoded[i]) ** 2;
  return 10 * Math.log10(255 ** 2 / (total / original.length));
}
