import type { ActionCard } from '@polytok/action/evaluation';

/** What a replay adds to a card. */
export interface ReplayErrors {
  /** Means over the episodes of the largest final error, in metres. */
  readonly source: number;
  readonly decoded: number;
}

/** One tokenizer's evaluation. */
export interface ActionReport {
  /** The shortest name that tells it from the others. */
  readonly name: string;
  readonly card: ActionCard;
  readonly replayErrors?: ReplayErrors;
}

/** One line of the card. */
export interface CardMeasure {
  readonly name: string;
  /** Undefined or null where there is nothing to measure. */
  readonly value: (report: ActionReport) => number | null | undefined;
  /** Significant digits, or `percent`, or `count`. */
  readonly format: number | 'percent' | 'count';
}

/** The card by topics, in the order in which a reader wants them. */
export function cardMeasures(
  columns: readonly string[],
  units: readonly string[] | null,
): Readonly<Record<string, readonly CardMeasure[]>> {
  return {
    tokens: [
      { name: 'vocabulary', value: ({ card }) => card.vocabulary.size, format: 'count' },
      { name: 'tokens per chunk, mean', value: ({ card }) => card.tokens.perChunk.mean, format: 4 },
      { name: 'tokens per chunk, p50', value: ({ card }) => card.tokens.perChunk.p50, format: 4 },
      { name: 'tokens per chunk, p99', value: ({ card }) => card.tokens.perChunk.p99, format: 4 },
      { name: 'tokens per second', value: ({ card }) => card.tokens.perSecond, format: 4 },
      { name: 'numbers per token (compression)', value: ({ card }) => card.tokens.compression, format: 3 },
      { name: 'bits per second', value: ({ card }) => card.tokens.bitsPerSecond, format: 4 },
      { name: 'share of the bits of float32', value: ({ card }) => card.tokens.bitRatio, format: 'percent' },
      { name: 'vocabulary used', value: ({ card }) => card.vocabulary.usedShare, format: 'percent' },
      {
        name: 'entropy of ids, share of the most',
        value: ({ card }) => card.vocabulary.normalisedEntropy,
        format: 'percent',
      },
      { name: 'equal tokens one step later', value: ({ card }) => card.overlap, format: 'percent' },
    ],
    'error, physical units': columns.flatMap((column, at) => {
      const unit = units ? ` (${units[at]})` : '';
      return [
        {
          name: `${column}, mean${unit}`,
          value: ({ card }: ActionReport) => card.error.physical.columns[at]?.mae,
          format: 3,
        },
        {
          name: `${column}, largest${unit}`,
          value: ({ card }: ActionReport) => card.error.physical.columns[at]?.maxAbs,
          format: 3,
        },
      ];
    }),
    'error, all columns': [
      {
        name: 'root mean square, tokenizer units',
        value: ({ card }) => (card.error.normalised ?? card.error.physical).total.rmse,
        format: 3,
      },
      {
        name: 'largest, tokenizer units',
        value: ({ card }) => (card.error.normalised ?? card.error.physical).total.maxAbs,
        format: 3,
      },
      { name: 'chunks within the tolerance', value: ({ card }) => card.error.valid.share, format: 'percent' },
      { name: 'refused chunks', value: ({ card }) => card.error.refusedChunks, format: 'count' },
      { name: 'clipped by the tokenizer', value: ({ card }) => card.clipped.tokenizer, format: 'percent' },
      { name: 'clipped by the normaliser', value: ({ card }) => card.clipped.normalizer, format: 'percent' },
      ...[0, 1, 2, 3, 4].map((at) => ({
        name: `  from ${['an eighth', 'a quarter', 'half', 'three quarters', 'all'][at]} of the tokens (rms)`,
        value: ({ card }: ActionReport) => card.prefixes[at]?.rmse,
        format: 3,
      })),
    ],
    'tokens that a model got wrong': [
      {
        name: '10 % exchanged: finite',
        value: ({ card }) => card.decodability.mutated.lenientFinite,
        format: 'percent',
      },
      {
        name: '10 % exchanged: within the range',
        value: ({ card }) => card.decodability.mutated.lenientInside,
        format: 'percent',
      },
      {
        name: '10 % exchanged: decoded strictly',
        value: ({ card }) => card.decodability.mutated.strictDecoded,
        format: 'percent',
      },
      {
        name: 'truncated: finite',
        value: ({ card }) => card.decodability.truncated.lenientFinite,
        format: 'percent',
      },
      {
        name: 'truncated: within the range',
        value: ({ card }) => card.decodability.truncated.lenientInside,
        format: 'percent',
      },
      {
        name: 'random: finite',
        value: ({ card }) => card.decodability.random.lenientFinite,
        format: 'percent',
      },
      { name: 'one token off by one: rms', value: ({ card }) => card.sensitivity.level.rmse, format: 3 },
      { name: 'one token random: rms', value: ({ card }) => card.sensitivity.random.rmse, format: 3 },
      {
        name: 'one token random: steps moved',
        value: ({ card }) => card.sensitivity.random.movedSteps,
        format: 3,
      },
    ],
    'where chunks meet, and smoothness': [
      {
        name: 'largest jump of a joint at a seam',
        value: ({ card }) => largest(card.seams.decoded.position.map((jump) => jump.largest)),
        format: 3,
      },
      {
        name: '  of the source',
        value: ({ card }) => largest(card.seams.source.position.map((jump) => jump.largest)),
        format: 3,
      },
      {
        name: 'step at a seam / step inside',
        value: ({ card }) => ratio(card.seams.decoded.position),
        format: 3,
      },
      { name: '  of the source', value: ({ card }) => ratio(card.seams.source.position), format: 3 },
      {
        name: 'velocity jump at a seam / inside',
        value: ({ card }) => ratio(card.seams.decoded.velocity),
        format: 3,
      },
      { name: '  of the source', value: ({ card }) => ratio(card.seams.source.velocity), format: 3 },
      {
        name: 'jerk (rms) / that of the source',
        value: ({ card }) => quotient(card.smoothness.decoded.jerkRms, card.smoothness.source.jerkRms),
        format: 3,
      },
      {
        name: 'LDLJ less that of the source',
        value: ({ card }) => difference(card.smoothness.decoded.ldlj, card.smoothness.source.ldlj),
        format: 3,
      },
      {
        name: 'SPARC less that of the source',
        value: ({ card }) => difference(card.smoothness.decoded.sparc, card.smoothness.source.sparc),
        format: 3,
      },
    ],
    'this machine': [
      { name: 'encode, µs, p50', value: ({ card }) => card.latency.encode.p50, format: 3 },
      { name: 'encode, µs, p99', value: ({ card }) => card.latency.encode.p99, format: 3 },
      { name: 'decode, µs, p50', value: ({ card }) => card.latency.decode.p50, format: 3 },
      { name: 'decode, µs, p99', value: ({ card }) => card.latency.decode.p99, format: 3 },
    ],
    'replay in the simulator': [
      { name: 'episodes that succeed', value: ({ card }) => card.replay?.decoded, format: 'count' },
      { name: '  of the source', value: ({ card }) => card.replay?.source, format: 'count' },
      { name: 'final error, mean (m)', value: ({ replayErrors }) => replayErrors?.decoded, format: 3 },
      { name: '  of the source', value: ({ replayErrors }) => replayErrors?.source, format: 3 },
    ],
  };
}

/** A measure as text; empty where there is none. */
export function formatCardMeasure({ value, format }: CardMeasure, report: ActionReport): string {
  const number = value(report);
  if (number === undefined || number === null) return '';
  if (format === 'percent') return `${(100 * number).toFixed(1)} %`;
  if (format === 'count') return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
  return Number(number.toPrecision(format)).toString();
}

type Jumps = ActionCard['seams']['decoded']['position'];

function present(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

function largest(values: readonly (number | null)[]): number | null {
  const known = present(values);
  return known.length === 0 ? null : Math.max(...known);
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean over the columns that move of the mean step at seams over that inside. */
function ratio(jumps: Jumps): number | null {
  return mean(jumps.flatMap(({ seam, inside }) => (seam !== null && inside ? [seam / inside] : [])));
}

function quotient(decoded: readonly (number | null)[], source: readonly (number | null)[]): number | null {
  return mean(decoded.flatMap((value, at) => (value !== null && source[at] ? [value / source[at]] : [])));
}

function difference(decoded: readonly (number | null)[], source: readonly (number | null)[]): number | null {
  const pairs = decoded.map((value, at) => [value, source[at]] as const);
  return mean(pairs.flatMap(([value, other]) => (value !== null && other !== null ? [value - other] : [])));
}
