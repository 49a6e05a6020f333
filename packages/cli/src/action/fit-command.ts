import { type ActionStatistics, chunksOf, Normalizer, TrackStatistics } from '@polytok/action';
import { ActionPipeline, type ActionSignal } from '@polytok/action/pipeline';
import { PolytokError } from '@polytok/common';
import { type InputFailure, writeFileAtomic } from '@polytok/common/node';
import { defineCommand, type Invocation } from '../command.js';
import { outOption, REPORT_OPTIONS, required } from '../common-options.js';
import { EXIT } from '../exit-codes.js';
import { choice, flag, integer, parsed } from '../options.js';
import { formatCount, formatDuration } from '../quantities.js';
import { Reporter } from '../reporter.js';
import { usageError } from '../usage-error.js';
import { columnsOption, episodesOption, featureOption, fpsOption, positive } from './action-options.js';
import { fitTokenizer, TOKENIZER_NAMES, type TokenizerName } from './fit-tokenizer.js';
import { allTracks, openTrackSources, type TrackSource } from './track-source.js';

const NORMALIZATIONS = ['none', 'MEAN_STD', 'MIN_MAX', 'QUANTILES', 'QUANTILE10'] as const;
type Normalization = (typeof NORMALIZATIONS)[number];

/** BEAST has bounds of its own; the others share levels, or distances, among columns. */
const DEFAULT_NORMALIZATION: Readonly<Record<TokenizerName, Normalization>> = {
  beast: 'none',
  fast: 'QUANTILES',
  bins: 'QUANTILES',
  'residual-vq': 'MIN_MAX',
  'chunk-fsq': 'MIN_MAX',
};

const specs = {
  out: outOption('The tokenizer to write, a JSON file'),
  tokenizer: choice({
    hint: 'KIND',
    short: 't',
    of: TOKENIZER_NAMES,
    description: 'beast (default), fast, bins, residual-vq or chunk-fsq',
  }),
  steps: integer({ hint: 'T', description: 'Steps of a chunk. Default: one second, 100 at most' }),
  stride: integer({
    hint: 'N',
    description: 'Steps from a chunk to the next, for fitting. Default: as --steps',
  }),
  feature: featureOption,
  columns: columnsOption,
  grippers: { ...columnsOption, description: 'Columns that are grippers. Default: what the data set says' },
  episodes: episodesOption,
  fps: fpsOption,
  normalize: choice({
    hint: 'MODE',
    of: NORMALIZATIONS,
    description:
      'none, MEAN_STD, MIN_MAX, QUANTILES or QUANTILE10, as LeRobot. Default: none for beast, QUANTILES for fast and bins, else MIN_MAX',
  }),
  points: integer({ hint: 'N', description: 'beast: control points of a column. Default: 10' }),
  degree: integer({ hint: 'P', minimum: 0, description: 'beast: degree of the curves. Default: 4' }),
  knots: choice({
    hint: 'MODE',
    of: ['uniform', 'fitted'],
    description: 'beast: where pieces of the curves meet: uniform (default), or fitted to the data',
  }),
  levels: integer({ hint: 'V', minimum: 2, description: 'beast: values of a token. Default: 256' }),
  bounds: choice({
    hint: 'MODE',
    of: ['minmax', 'quantile', 'online'],
    description: 'beast: minmax (default), quantile or online',
  }),
  margin: parsed({
    hint: 'SHARE',
    description: 'beast: room beyond the bounds, as a share of the range. Default: 0',
    parse: (value, name) => {
      const share = value.trim() === '' ? Number.NaN : Number(value);
      if (!(share >= 0 && share < Infinity))
        throw usageError(`${name} is a number from 0 on; got '${value}'.`);
      return share;
    },
  }),
  bounded: flag('beast: solve the fit again within the bounds, instead of clipping'),
  scale: positive({ hint: 'S', description: 'fast: levels per unit of a coefficient. Default: 10' }),
  vocabSize: integer({ hint: 'V', minimum: 2, description: 'fast: tokens. Default: 1024' }),
  byteLevel: flag('fast: over text, as the published processor, whose ids it then has; not over integers'),
  bins: integer({ hint: 'V', minimum: 3, description: 'bins: tokens. Default: 256' }),
  variant: choice({
    hint: 'NAME',
    of: ['openvla', 'openpi', 'centered'],
    description: 'bins: openvla, openpi or centered (default)',
  }),
  codes: integer({ hint: 'N', description: 'residual-vq: codes of a stage. Default: 16' }),
  stages: integer({ hint: 'N', description: 'residual-vq: stages, which is tokens. Default: 2' }),
  tokens: integer({
    hint: 'N',
    description: 'chunk-fsq: tokens of a chunk, of 1000 values each. Default: 8',
  }),
  bpe: integer({ hint: 'V', description: 'Merge the tokens by byte-pair encoding, to V tokens' }),
  ...REPORT_OPTIONS,
};

export const fitCommand = defineCommand({
  name: 'action fit',
  summary: 'Fit a tokenizer to the actions of data sets.',
  usage: '[options] --out FILE INPUT…',
  details: [
    'Inputs are LeRobot folders, of version 2 or 3, and .csv, .npy and .mcap files. They are read in one pass, two with normalisation, one more each with --bpe and --knots fitted; memory does not grow with them. The file holds the tokenizer, the columns and how they are normalised; fitting again to the same data gives the same file.',
  ],
  options: specs,
  examples: [
    { command: 'action fit dataset/ --out beast.json', says: 'BEAST tokens, a second each' },
    { command: 'action fit dataset/ -t fast --steps 50 --out fast.json', says: 'FAST tokens of 50 steps' },
    {
      command: 'action fit dataset/ -t bins --columns 0:7 --bpe 1024 --out bins.json',
      says: 'Bins of seven columns, merged',
    },
  ],
  run,
});

async function run({ inputs, options, io }: Invocation<typeof specs>): Promise<number> {
  const started = performance.now();
  const reporter = new Reporter(io, options);
  const out = required(options.out, '--out');
  if (out === '-') throw usageError('A tokenizer goes to a file; name one with --out.');
  const name = options.tokenizer ?? 'beast';
  const { sources, failures } = await openTrackSources(inputs, reporter, options.fps);
  const reader = new FitReader(sources, { options, signal: io.signal, failures });
  const signal = await reader.signal();
  const steps = options.steps ?? Math.min(Math.max(Math.round(signal.fps), 2), 100);

  const mode = options.normalize ?? DEFAULT_NORMALIZATION[name];
  const progress = reporter.startProgress({
    label: 'fit',
    format: (amount) => `${formatCount(amount)} steps`,
  });
  reader.onSteps = (done) => progress.update(done, undefined);
  const needsStatistics = mode !== 'none' || name === 'bins';
  const raw = needsStatistics ? await reader.statistics() : undefined;
  const normalizer = mode === 'none' || !raw ? undefined : new Normalizer({ mode, statistics: raw });
  const chunks = () => reader.chunks(signal, { steps, stride: options.stride ?? steps, normalizer });
  const { tokenizer, clipped } = await fitTokenizer(
    name,
    { ...options, steps },
    {
      columns: signal.names.length,
      fps: signal.fps,
      grippers: signal.grippers,
      range: raw && rangeOf(raw, normalizer),
      chunks,
      signal: io.signal,
    },
  );
  progress.end();
  reporter.failures(failures.filter((failure) => !reader.reported.has(failure)));
  const pipeline = new ActionPipeline({ tokenizer, normalizer, signal });
  await writeFileAtomic(out, new TextEncoder().encode(`${JSON.stringify(pipeline)}\n`), {
    signal: io.signal,
  });

  const seconds = (performance.now() - started) / 1000;
  const { codebookSizes } = tokenizer.vocabulary;
  await reporter.result(
    `Wrote '${out}': ${name}, ${steps} steps of ${signal.names.length} columns, up to ${tokenizer.maxLength} of ${formatCount(codebookSizes[0])} tokens${clipped === undefined ? '' : `, ${(100 * clipped).toFixed(2)} % clipped`}; fitted to ${formatCount(reader.episodes)} episodes (${formatCount(reader.steps)} steps) in ${formatDuration(seconds)}.\n`,
    {
      out,
      tokenizer: tokenizer.toJSON().type,
      fingerprint: pipeline.fingerprint,
      steps,
      columns: signal.names,
      normalize: mode,
      vocabularySize: codebookSizes[0],
      maxLength: tokenizer.maxLength,
      clipped: clipped ?? null,
      episodes: reader.episodes,
      frames: reader.steps,
      failures,
      seconds,
    },
  );
  return failures.length > 0 ? EXIT.failed : EXIT.done;
}

type FitOptions = Invocation<typeof specs>['options'];

/** Reads the same tracks again and again, and counts them. */
class FitReader {
  /** Of the last pass. */
  episodes = 0;
  steps = 0;
  onSteps: (done: number) => void = () => {};
  /** Those that were named when the inputs were opened. */
  readonly reported: ReadonlySet<InputFailure>;
  readonly #sources: readonly TrackSource[];
  readonly #context: {
    readonly options: FitOptions;
    readonly signal: AbortSignal;
    readonly failures: InputFailure[];
  };

  constructor(
    sources: readonly TrackSource[],
    context: {
      readonly options: FitOptions;
      readonly signal: AbortSignal;
      readonly failures: InputFailure[];
    },
  ) {
    this.#sources = sources;
    this.#context = context;
    this.reported = new Set(context.failures);
  }

  /** What the first track says, which all others must say, too. */
  async signal(): Promise<ActionSignal> {
    for await (const { track } of this.#tracks()) {
      const { names, units, fps, kind, grippers } = track;
      return { feature: this.#context.options.feature ?? 'action', names, units, fps, kind, grippers };
    }
    throw this.#nothing();
  }

  async statistics(): Promise<ActionStatistics> {
    let statistics: TrackStatistics | undefined;
    for await (const { track } of this.#tracks()) {
      statistics ??= new TrackStatistics({ columns: track.columns });
      statistics.add(track.values);
    }
    if (!statistics) throw this.#nothing();
    return statistics.result();
  }

  /** Normalised chunks of all tracks; tracks that are too short rest at their last action. */
  async *chunks(
    signal: ActionSignal,
    {
      steps,
      stride,
      normalizer,
    }: { readonly steps: number; readonly stride: number; readonly normalizer?: Normalizer },
  ) {
    for await (const { input, episode, track } of this.#tracks()) {
      if (
        track.names.join() !== signal.names.join() ||
        track.fps !== signal.fps ||
        track.kind !== signal.kind
      ) {
        throw new PolytokError(
          'INVALID_ARGUMENT',
          `Episode ${episode} of '${input}' has ${track.names.join(', ')} at ${track.fps} per second; the first one has ${signal.names.join(', ')} at ${signal.fps}. Select columns that all have.`,
          { details: { input, episode } },
        );
      }
      for (const chunk of chunksOf(track, { steps, stride, padding: 'repeat-last' })) {
        const own = Float64Array.from(chunk);
        normalizer?.apply(own);
        yield own;
      }
    }
  }

  async *#tracks() {
    const { options, signal, failures } = this.#context;
    const { feature, columns, grippers, episodes } = options;
    this.episodes = 0;
    this.steps = 0;
    for await (const found of allTracks(
      this.#sources,
      { feature, columns, grippers, episodes, signal },
      failures,
    )) {
      if (found.track.steps === 0) continue;
      this.episodes++;
      this.steps += found.track.steps;
      this.onSteps(this.steps);
      yield found;
    }
  }

  #nothing(): PolytokError {
    const reasons = this.#context.failures.map(({ input, message }) => `${input}: ${message}`);
    return new PolytokError(
      'IO',
      `No episode with a step could be read; nothing was fitted. ${reasons.join(' ')}`.trim(),
    );
  }
}

/** Least and greatest actions as the tokenizer sees them. */
function rangeOf({ min, max }: ActionStatistics, normalizer: Normalizer | undefined) {
  const ends = (values: readonly number[]) => {
    const row = Float64Array.from(values);
    normalizer?.apply(row);
    return [...row];
  };
  return { low: ends(min), high: ends(max) };
}
