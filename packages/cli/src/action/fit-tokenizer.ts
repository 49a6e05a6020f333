import {
  type ActionChunk,
  type ActionTokenizer,
  BeastBoundsFitter,
  BeastKnotFitter,
  type BeastOptions,
  BeastTokenizer,
  BinTokenizer,
  FastFitter,
  fitActionBpe,
} from '@polytok/action';
import { fitChunkFsq, fitResidualVq } from '@polytok/action/learned';
import { usageError } from '../usage-error.js';

export const TOKENIZER_NAMES = ['beast', 'fast', 'bins', 'residual-vq', 'chunk-fsq'] as const;
export type TokenizerName = (typeof TOKENIZER_NAMES)[number];

/** What the command line says of a tokenizer; undefined for its own default. */
export interface TokenizerSettings {
  readonly steps: number;
  readonly points?: number;
  readonly degree?: number;
  readonly knots?: 'uniform' | 'fitted';
  readonly levels?: number;
  readonly bounds?: 'minmax' | 'quantile' | 'online';
  readonly margin?: number;
  readonly bounded: boolean;
  readonly scale?: number;
  readonly vocabSize?: number;
  readonly byteLevel: boolean;
  readonly bins?: number;
  readonly variant?: 'openvla' | 'openpi' | 'centered';
  readonly codes?: number;
  readonly stages?: number;
  readonly tokens?: number;
  readonly bpe?: number;
}

/** What the data are. */
export interface FitData {
  readonly columns: number;
  readonly fps: number;
  readonly grippers: readonly number[];
  /** `(columns)`: least and greatest actions as they reach the tokenizer; only bins need it. */
  readonly range?: { readonly low: readonly number[]; readonly high: readonly number[] };
  /** The chunks, normalised; from the start with every call. */
  chunks(): AsyncIterable<ActionChunk>;
  readonly signal: AbortSignal;
}

export interface FittedTokenizer {
  readonly tokenizer: ActionTokenizer;
  /** Share of what was fitted that the tokenizer clips; undefined where it cannot tell. */
  readonly clipped?: number;
}

/** @throws PolytokError `INVALID_ARGUMENT`, and what reading the chunks throws */
export async function fitTokenizer(
  name: TokenizerName,
  settings: TokenizerSettings,
  data: FitData,
): Promise<FittedTokenizer> {
  const fitted = await FITTERS[name](settings, data);
  if (settings.bpe === undefined) return fitted;
  const options = { inner: fitted.tokenizer, vocabularySize: settings.bpe, signal: data.signal };
  return { ...fitted, tokenizer: await fitActionBpe(data.chunks(), options) };
}

type Fitter = (settings: TokenizerSettings, data: FitData) => Promise<FittedTokenizer>;

const FITTERS: Readonly<Record<TokenizerName, Fitter>> = {
  async beast(settings, data) {
    const { steps, points = Math.min(10, settings.steps), degree, knots, levels } = settings;
    const { bounds, margin, bounded } = settings;
    const { columns, grippers, fps } = data;
    const duration = Math.max(steps - 1, 1) / fps;
    const uniform = {
      steps,
      columns,
      points,
      degree: degree ?? Math.min(4, points - 1),
      levels,
      grippers,
      duration,
    };
    const sizes = knots === 'fitted' ? await withFittedKnots(uniform, data) : uniform;
    const fitter = new BeastBoundsFitter({ ...sizes, mode: bounds, margin });
    for await (const chunk of data.chunks()) fitter.add(chunk);
    const fit = fitter.finish();
    const outside = bounded ? 'bounded' : 'clip';
    return { tokenizer: new BeastTokenizer({ ...sizes, bounds: fit.bounds, outside }), clipped: fit.clipped };
  },

  async fast({ steps, scale, vocabSize, byteLevel }, { columns, chunks, signal }) {
    const mode = byteLevel ? 'bytelevel' : 'integer';
    const fitter = new FastFitter({ steps, columns, scale, vocabularySize: vocabSize, mode, signal });
    for await (const chunk of chunks()) fitter.add(chunk);
    return { tokenizer: await fitter.finish() };
  },

  async bins({ steps, bins, variant = 'centered' }, { columns, range }) {
    const sizes = { variant, steps, columns, bins };
    // Normalised actions have the range that the published variants know.
    const isNormal = range && [...range.low, ...range.high].every((end) => Math.abs(end) <= 1);
    return { tokenizer: new BinTokenizer(isNormal ? sizes : { ...sizes, ...range }) };
  },

  async 'residual-vq'({ steps, codes, stages }, { columns, chunks, signal }) {
    return { tokenizer: await fitResidualVq(chunks(), { steps, columns, codes, stages, signal }) };
  },

  async 'chunk-fsq'({ steps, tokens }, { columns, chunks, signal }) {
    if (steps * columns > 2048)
      throw usageError(
        `chunk-fsq takes chunks of up to 2048 numbers; ${steps} steps of ${columns} are more.`,
      );
    return { tokenizer: await fitChunkFsq(chunks(), { steps, columns, tokens, signal }) };
  },
};

async function withFittedKnots(sizes: BeastOptions, { chunks }: FitData): Promise<BeastOptions> {
  const fitter = new BeastKnotFitter(sizes);
  for await (const chunk of chunks()) fitter.add(chunk);
  return { ...sizes, innerKnots: fitter.finish().innerKnots };
}
