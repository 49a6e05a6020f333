import { readFileBytes } from '@polytok/common/node';
import type { StableTokenizer } from '@polytok/speech';
import { resample } from '@polytok/speech';
import { decodeWav, readWavChunks } from '@polytok/speech/node';
import { defineCommand, type Invocation } from '../command.js';
import { REPORT_OPTIONS } from '../common-options.js';
import { EXIT } from '../exit-codes.js';
import { type Fact, showFacts } from '../facts.js';
import { isFolder } from '../file-facts.js';
import { integer } from '../options.js';
import { formatCount, formatDuration } from '../quantities.js';
import { Reporter } from '../reporter.js';
import { usageError } from '../usage-error.js';
import { loadTokenizer, mixOption, resampleOption, tokenizerOption } from './speech-options.js';

const DEFAULT_LIMIT = 16;

const specs = {
  tokenizer: tokenizerOption,
  mix: mixOption,
  resample: resampleOption,
  limit: integer({
    hint: 'N',
    minimum: 0,
    description: `Tokens shown at most, with the time at which each begins. Default: ${DEFAULT_LIMIT}`,
  }),
  ...REPORT_OPTIONS,
};

export const inspectCommand = defineCommand({
  name: 'speech inspect',
  summary: 'Show what a recording or a checkpoint holds.',
  usage: '[options] INPUT',
  details: ['With --tokenizer the tokens of a recording are shown too.'],
  options: specs,
  examples: [
    { command: 'speech inspect StableToken/tokenizer', says: 'Sizes, rate and vocabulary of a checkpoint' },
    { command: 'speech inspect talk.wav', says: 'Length, format and level of a recording' },
    { command: 'speech inspect talk.wav -t StableToken/tokenizer', says: 'Its first tokens' },
  ],
  run,
});

async function run({ inputs, options, io }: Invocation<typeof specs>): Promise<number> {
  if (inputs.length !== 1)
    throw usageError(`One recording or checkpoint is inspected at a time; got ${inputs.length}.`);
  const [input] = inputs;
  const reporter = new Reporter(io, options);
  if (await isFolder(input)) {
    const tokenizer = await loadTokenizer(input);
    await withClose(tokenizer, () => showFacts(reporter, input, modelFacts(tokenizer)));
    return EXIT.done;
  }
  const bytes = await readFileBytes(input, { stdin: io.stdin });
  const facts = recordingFacts(bytes, options.mix);
  if (options.tokenizer === undefined) {
    await showFacts(reporter, input, facts);
    return EXIT.done;
  }
  const tokenizer = await loadTokenizer(options.tokenizer);
  await withClose(tokenizer, async () => {
    const audio = decodeWav(bytes, { mix: options.mix });
    const tokens = await tokenizer.encode(
      options.resample ? resample(audio, tokenizer.config.sampleRate) : audio,
    );
    const limit = options.limit ?? DEFAULT_LIMIT;
    await showFacts(reporter, input, [...facts, ...tokenFacts([...tokens.ids], tokenizer, limit)]);
  });
  return EXIT.done;
}

async function withClose(tokenizer: StableTokenizer, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    await tokenizer.close();
  }
}

function modelFacts({ config, vocabulary, hop }: StableTokenizer): Fact[] {
  const rate = config.sampleRate / hop;
  const { size, fingerprint } = vocabulary;
  return [
    ['rate', rate, `${rate} tokens per second, ${hop} samples each at ${formatCount(config.sampleRate)} Hz`],
    ['vocabulary', size, `${formatCount(size)} tokens, ${config.bits} bits: ${rate * config.bits} bit/s`],
    ['fingerprint', fingerprint],
    ['voters', config.voters],
    ['window', config.windowSamples / config.sampleRate, `${config.windowSamples / config.sampleRate} s`],
    ['layers', config.layers],
    ['width', config.width, `${config.width}, ${config.heads} heads, ${config.hidden} within`],
    ['bands', config.bands],
    [
      'pooling',
      { kernel: config.poolingKernel, type: config.poolingType, position: config.poolingPosition },
      `${config.poolingType} of ${config.poolingKernel}, behind layer ${config.poolingPosition}`,
    ],
  ];
}

function recordingFacts(bytes: Uint8Array, mix: 'first' | 'mean' = 'first'): Fact[] {
  const { kind, bits, channels, sampleRate } = readWavChunks(bytes).format;
  const { samples } = decodeWav(bytes, { mix });
  const seconds = samples.length / sampleRate;
  let peak = 0;
  let power = 0;
  let notFinite = 0;
  for (const sample of samples) {
    if (!Number.isFinite(sample)) {
      notFinite++;
      continue;
    }
    peak = Math.max(peak, Math.abs(sample));
    power += sample * sample;
  }
  const level = samples.length === 0 ? 0 : Math.sqrt(power / samples.length);
  return [
    ['samples', samples.length, `${formatCount(samples.length)}, ${formatDuration(seconds)}`],
    ['sampleRate', sampleRate, `${formatCount(sampleRate)} Hz`],
    ['channels', channels],
    ['format', `${kind} ${bits}`, `${kind}s of ${bits} bits`],
    ['peak', peak, decibels(peak)],
    ['rms', level, decibels(level)],
    ...(notFinite > 0 ? [['notFinite', notFinite, `${formatCount(notFinite)} samples`] as const] : []),
  ];
}

function decibels(value: number): string {
  return value > 0 ? `${(20 * Math.log10(value)).toFixed(1)} dBFS` : 'silent';
}

function tokenFacts(
  ids: readonly number[],
  { hop, config, vocabulary }: StableTokenizer,
  limit: number,
): Fact[] {
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  const entropy = [...counts.values()].reduce(
    (sum, n) => sum - (n / ids.length) * Math.log2(n / ids.length),
    0,
  );
  const shown = ids
    .slice(0, limit)
    .map((id, at) => `${((at * hop) / config.sampleRate).toFixed(2)} s: ${id}`);
  const more = ids.length > shown.length ? `, … ${formatCount(ids.length - shown.length)} more` : '';
  return [
    ['tokens', ids.length, formatCount(ids.length)],
    ['used', counts.size, `${formatCount(counts.size)} of ${formatCount(vocabulary.size)} ids`],
    ['entropy', entropy, `${entropy.toFixed(2)} bits`],
    ['fingerprint', vocabulary.fingerprint],
    ['ids', ids.slice(0, limit), `${shown.join(', ')}${more}`],
  ];
}
