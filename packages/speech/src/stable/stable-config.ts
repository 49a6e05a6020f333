/** What StableToken's files say about a model, checked. */
import { isJsonObject, PolytokError } from '@polytok/common';

/** Sizes and settings of a StableToken model; plain JSON. */
export interface StableConfig {
  /** Hz. */
  readonly sampleRate: number;
  /** Samples of a log-mel frame. */
  readonly fftSize: number;
  /** Samples from one log-mel frame to the next. */
  readonly hop: number;
  /** Samples that are encoded at once; longer sound is cut into windows of this length. */
  readonly windowSamples: number;
  /** Mel bands. */
  readonly bands: number;
  /** Width of the encoder. */
  readonly width: number;
  readonly heads: number;
  /** Width of the feed-forward networks. */
  readonly hidden: number;
  /** Layers before the quantizer. */
  readonly layers: number;
  /** Rows of the position table; each is two log-mel frames. */
  readonly positions: number;
  /** Frames that become one behind layer `poolingPosition`; 1 for no pooling. */
  readonly poolingKernel: number;
  readonly poolingType: 'avg' | 'max';
  readonly poolingPosition: number;
  /** Bits of an id. */
  readonly bits: number;
  /** Branches of the quantizer, an odd number. */
  readonly voters: number;
  /** The projections of the quantizer have a bias. */
  readonly projectionBias: boolean;
  /** The checkpoint ends with the quantizer; else it has further layers, which are not used. */
  readonly encoderOnly: boolean;
}

/** Largest size in a configuration: far above every published model, far below what overflows. */
const MAX_SIZE = 1 << 20;

/** Ids are summed in 32-bit floats, which hold integers up to 2^24. */
const MAX_ID_BITS = 24;

/**
 * `config.json` and `preprocessor_config.json` of a checkpoint. A field that is missing has the default of the reference
 * implementation; a missing `encoder_causal_convolution`, which has none there, is false.
 * @throws PolytokError `INVALID_FORMAT`, naming every field that is wrong; `UNSUPPORTED` for variants of the encoder
 */
export function parseStableConfig(model: unknown, preprocessor: unknown): StableConfig {
  const problems: string[] = [];
  const config = new Fields(model, 'config.json', problems);
  const audio = new Fields(preprocessor, 'preprocessor_config.json', problems);
  refuseVariants(config);
  const layers = config.size('encoder_layers');
  const quantized = config.size('quantize_position');
  const pooled = config.has('pooling_kernel_size');
  const vocabulary = config.size('quantize_vocab_size');
  const sampleRate = audio.size('sampling_rate', 16_000);
  const hop = audio.size('hop_length', 160);
  const bands = config.size('num_mel_bins');
  const parsed: StableConfig = {
    sampleRate,
    hop,
    fftSize: audio.size('n_fft', 400),
    windowSamples: audio.size('chunk_length', 30) * sampleRate,
    bands,
    width: config.size('d_model'),
    heads: config.size('encoder_attention_heads'),
    hidden: config.size('encoder_ffn_dim'),
    layers: quantized,
    positions: config.size('max_source_positions', 1500),
    poolingKernel: pooled ? config.size('pooling_kernel_size') : 1,
    poolingType: config.word('pooling_type', ['max', 'avg']),
    poolingPosition: pooled ? config.size('pooling_position') : 1,
    bits: Math.log2(vocabulary),
    voters: config.size('num_voters', 3),
    projectionBias: config.flag('use_projection_bias', true),
    encoderOnly: config.flag('quantize_encoder_only', false),
  };
  if (audio.size('feature_size', bands) !== bands)
    problems.push(`num_mel_bins is ${bands}, but feature_size is another`);
  if (quantized > layers) problems.push(`quantize_position ${quantized} is behind ${layers} encoder_layers`);
  problems.push(...problemsOf(parsed));
  if (problems.length === 0) return parsed;
  throw new PolytokError('INVALID_FORMAT', `This is no StableToken model: ${problems.join('; ')}.`, {
    details: { problems },
  });
}

/** @throws PolytokError `INVALID_FORMAT` for JSON that is no {@link StableConfig} */
export function checkStableConfig(value: unknown): StableConfig {
  const problems = isJsonObject(value) ? problemsOf(value as unknown as StableConfig) : ['it is no object'];
  if (problems.length === 0) return value as StableConfig;
  throw new PolytokError('INVALID_FORMAT', `This is no StableToken configuration: ${problems.join('; ')}.`, {
    details: { problems },
  });
}

/** Samples of one token. */
export function tokenHop({ hop, poolingKernel, poolingPosition, layers }: StableConfig): number {
  // The second convolution halves the frames.
  return 2 * hop * (poolingPosition <= layers ? poolingKernel : 1);
}

const SIZES = [
  'sampleRate',
  'fftSize',
  'hop',
  'bands',
  'width',
  'heads',
  'hidden',
  'layers',
  'positions',
  'poolingKernel',
  'poolingPosition',
  'voters',
] as const;

function problemsOf(config: StableConfig): string[] {
  const problems = SIZES.filter((name) => !isSize(config[name])).map(
    (name) => `${name} is ${config[name]}, not a size`,
  );
  const { width, heads, bits, voters, windowSamples, positions, hop, poolingType } = config;
  if (width % heads !== 0) problems.push(`${heads} heads do not divide a width of ${width}`);
  if (!Number.isInteger(bits) || bits < 1 || bits > MAX_ID_BITS)
    problems.push(`the vocabulary is no power of 2 from 2 to 2^${MAX_ID_BITS}`);
  if (voters % 2 === 0) problems.push(`${voters} voters can tie; an odd number cannot`);
  if (poolingType !== 'avg' && poolingType !== 'max') problems.push(`poolingType is ${poolingType}`);
  for (const name of ['projectionBias', 'encoderOnly'] as const) {
    if (typeof config[name] !== 'boolean') problems.push(`${name} is ${config[name]}`);
  }
  if (!(Number.isInteger(windowSamples) && windowSamples > 0 && windowSamples <= 2 * hop * positions)) {
    problems.push(`a window of ${windowSamples} samples is not covered by ${positions} positions`);
  } else if (windowSamples % tokenHop(config) !== 0) {
    problems.push(
      `a window of ${windowSamples} samples is no multiple of the ${tokenHop(config)} of a token`,
    );
  }
  return problems;
}

function isSize(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_SIZE;
}

/** Settings of the code base that no published StableToken model has, and that change the ids. */
const REFUSED = [
  'encoder_causal_convolution',
  'encoder_causal_attention',
  'quantize_causal_encoder',
  'quantize_causal_block_size',
];

function refuseVariants(config: Fields): void {
  const set = REFUSED.filter((name) => config.has(name) && config.raw(name) !== false);
  const activation = config.raw('activation_function') ?? 'gelu';
  if (activation !== 'gelu') set.push(`activation_function ${JSON.stringify(activation)}`);
  if (set.length === 0) return;
  throw new PolytokError(
    'UNSUPPORTED',
    `This variant of the encoder is not supported: ${set.join(', ')}. Published StableToken models do without.`,
    { details: { settings: set } },
  );
}

/** Fields of a JSON file; what is wrong with them is collected. */
class Fields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #file: string;
  readonly #problems: string[];

  constructor(value: unknown, file: string, problems: string[]) {
    if (!isJsonObject(value)) problems.push(`${file} is no JSON object`);
    this.#fields = isJsonObject(value) ? value : {};
    this.#file = file;
    this.#problems = problems;
  }

  raw(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }

  /** Given, and not null. */
  has(name: string): boolean {
    return (this.raw(name) ?? undefined) !== undefined;
  }

  size(name: string, otherwise?: number): number {
    const value = this.raw(name) ?? otherwise;
    if (isSize(value)) return value;
    this.#report(name, value, `an integer from 1 to ${MAX_SIZE}`);
    return otherwise ?? 1;
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.raw(name) ?? otherwise;
    if (typeof value === 'boolean') return value;
    this.#report(name, value, 'true or false');
    return otherwise;
  }

  /** The first word is the default. */
  word<const T extends string>(name: string, words: readonly T[]): T {
    const value = this.raw(name) ?? words[0];
    const found = words.find((word) => word === value);
    if (found === undefined) this.#report(name, value, words.join(' or '));
    return found ?? words[0];
  }

  #report(name: string, value: unknown, expected: string): void {
    this.#problems.push(
      value === undefined
        ? `${this.#file} has no ${name}`
        : `${name} in ${this.#file} is ${JSON.stringify(value)}, not ${expected}`,
    );
  }
}
