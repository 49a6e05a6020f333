import { isJsonObject, PolytokError, requireChoice, requireInteger, requireIntegers } from '@polytok/common';
import { type AutoencoderConfig, IMAGE_QUANTIZERS, TENSOR_NAMINGS } from './contract.js';

/** Most levels: a token of 128 × 128 pixels. */
const MAX_LEVELS = 8;
/** Most residual blocks of a level; published networks have up to 4. */
const MAX_BLOCKS = 32;
/** Widest map; published networks have up to 640 channels. */
const MAX_CHANNELS = 8192;
/** Most codes of a codebook: 2^18 are published. */
const MAX_CODES = 2 ** 32;

/**
 * The configuration with its fields in a fixed order and no others, checked: a network can be built from it. Untrusted JSON
 * goes through this.
 * @throws PolytokError `INVALID_FORMAT` for what is no JSON object, `INVALID_ARGUMENT` naming the field
 */
export function parseAutoencoderConfig(config: unknown): AutoencoderConfig {
  if (!isJsonObject(config)) {
    throw new PolytokError('INVALID_FORMAT', 'The configuration of an autoencoder is a JSON object.');
  }
  const given = config as unknown as AutoencoderConfig;
  requireChoice(given.names, 'names', TENSOR_NAMINGS);
  requireChoice(given.attention, 'attention', ['none', 'separate', 'fused']);
  requireChoice(given.zeros, 'zeros', ['after', 'around']);
  requireChoice(given.up, 'up', ['nearest', 'depth-to-space']);
  requireChoice(given.quantizer, 'quantizer', IMAGE_QUANTIZERS);
  requireBoolean(given.bias, 'bias');
  requireBoolean(given.adaptive, 'adaptive');
  requireIntegers(given.multipliers, 'multipliers', { minimum: 1, maximum: 64 });
  requireInteger(given.multipliers.length, "the levels of 'multipliers'", {
    minimum: 1,
    maximum: MAX_LEVELS,
  });
  requireInteger(given.channels, 'channels', { minimum: 32, maximum: MAX_CHANNELS });
  requireInteger(given.channels / 32, "'channels' in groups of 32", { minimum: 1 });
  requireInteger(given.channels * Math.max(...given.multipliers), 'the widest channels', {
    maximum: MAX_CHANNELS,
  });
  for (const name of ['encoderBlocks', 'decoderBlocks', 'middleBlocks'] as const) {
    requireInteger(given[name], name, { minimum: 1, maximum: MAX_BLOCKS });
  }
  for (const name of ['latentChannels', 'codeChannels'] as const) {
    requireInteger(given[name], name, { minimum: 1, maximum: MAX_CHANNELS });
  }
  requireKernel(given.latentKernel, 'latentKernel', [1, 3]);
  requireKernel(given.quantKernel, 'quantKernel', [0, 1, 3]);
  if (given.quantKernel === 0)
    requireEqual(given.latentChannels, 'latentChannels', given.codeChannels, 'without a quantKernel');
  if (given.names === 'taming')
    requireInteger(given.middleBlocks, 'middleBlocks', { minimum: 2, maximum: 2 });
  requireInteger(given.codes, 'codes', { minimum: 1, maximum: MAX_CODES });
  checkQuantizer(given);
  const present = FIELDS.filter((field) => given[field] !== undefined);
  return Object.fromEntries(present.map((field) => [field, given[field]])) as unknown as AutoencoderConfig;
}

/** In the order in which the fingerprint sees them. */
const FIELDS = [
  'names',
  'channels',
  'multipliers',
  'encoderBlocks',
  'decoderBlocks',
  'middleBlocks',
  'attention',
  'bias',
  'zeros',
  'up',
  'adaptive',
  'latentChannels',
  'latentKernel',
  'codeChannels',
  'quantKernel',
  'quantizer',
  'codes',
  'order',
  'sides',
  'sharedConvolutions',
] as const satisfies readonly (keyof AutoencoderConfig)[];

function checkQuantizer({
  quantizer,
  codes,
  codeChannels,
  order,
  sides,
  sharedConvolutions,
}: AutoencoderConfig): void {
  if (quantizer === 'lfq') {
    requireEqual(codes, 'codes', 2 ** codeChannels, "with 'lfq'");
    requireChoice(order ?? 'lsb-first', 'order', ['lsb-first', 'msb-first']);
  }
  if (quantizer === 'var-multiscale') {
    requireIntegers(sides ?? [], 'sides', { minimum: 1, maximum: 64 });
    requireInteger(sharedConvolutions ?? 0, 'sharedConvolutions', { minimum: 1, maximum: 64 });
  }
}

function requireBoolean(value: boolean, name: string): void {
  if (typeof value === 'boolean') return;
  throw invalid(`'${name}' must be true or false; got ${value}`, { name, value });
}

function requireKernel(value: number, name: string, sizes: readonly number[]): void {
  if (sizes.includes(value)) return;
  throw invalid(`'${name}' must be one of ${sizes.join(', ')}; got ${value}`, { name, value });
}

function requireEqual(value: number, name: string, expected: number, when: string): void {
  if (value === expected) return;
  throw invalid(`'${name}' must be ${expected} ${when}; got ${value}`, { name, value, expected });
}

function invalid(problem: string, details: Readonly<Record<string, unknown>>): PolytokError {
  return new PolytokError('INVALID_ARGUMENT', `${problem}.`, { details });
}
