import { type ActionChunk, BeastTokenizer } from '@polytok/action';
import { LeRobotWriter, TokenTable } from '@polytok/action/data';
import { createDatasetFolder } from '@polytok/action/node';
import type { ActionPipeline } from '@polytok/action/pipeline';
import { PolytokError, type TokenSequence } from '@polytok/common';
import { withFileSource } from '@polytok/common/node';
import { defineCommand, type Invocation } from '../command.js';
import { outOption, REPORT_OPTIONS, required } from '../common-options.js';
import { EXIT } from '../exit-codes.js';
import { choice, flag, text } from '../options.js';
import { formatCount, formatDuration } from '../quantities.js';
import { Reporter } from '../reporter.js';
import { usageError } from '../usage-error.js';
import { loadPipeline } from './action-options.js';

const specs = {
  tokenizer: text({
    hint: 'FILE',
    short: 't',
    description: 'What action fit wrote, with which the tokens were made',
  }),
  out: outOption('A new folder for a LeRobot data set of the decoded actions'),
  join: choice({
    hint: 'KIND',
    of: ['none', 'position'],
    description: 'beast: none (default), or position: joints of a chunk start where the one before ended',
  }),
  lenient: flag(
    'Repair tokens that spell no chunk, and count them; what they do not say holds the last action. Without, such an episode fails',
  ),
  ...REPORT_OPTIONS,
};

export const decodeCommand = defineCommand({
  name: 'action decode',
  summary: 'Turn a table of tokens back into actions.',
  usage: '[options] --tokenizer FILE --out FOLDER TABLE',
  details: [
    'The table is what action encode wrote, as Parquet. Of chunks that overlap each step is taken from the newest. An episode whose tokens cannot be decoded is named and left out; the others are written.',
  ],
  options: specs,
  examples: [
    {
      command: 'action decode dataset/tokens/action.parquet -t beast.json --out decoded/',
      says: 'Tokens back to actions',
    },
  ],
  run,
});

async function run({ inputs, options, io }: Invocation<typeof specs>): Promise<number> {
  const started = performance.now();
  const reporter = new Reporter(io, options);
  const out = required(options.out, '--out');
  if (options.tokenizer === undefined)
    throw usageError('--tokenizer is missing; name what action fit wrote.');
  if (inputs.length !== 1) throw usageError(`Name one table; got ${inputs.length}.`);
  const pipeline = await loadPipeline(options.tokenizer);
  const decoder = new EpisodeDecoder(pipeline, { lenient: options.lenient, join: options.join ?? 'none' });
  const sink = await createDatasetFolder(out);
  const { feature, ...signal } = pipeline.signal;
  const writer = new LeRobotWriter(sink, { fps: signal.fps, features: { [feature]: signal } });
  const failures: { input: string; code: string; message: string }[] = [];
  const progress = reporter.startProgress({
    label: 'decode',
    format: (amount) => `${formatCount(amount)} steps`,
  });
  let frames = 0;
  let episodes = 0;
  try {
    await withFileSource(inputs[0], async (source) => {
      const table = await TokenTable.open(source);
      for await (const { episode, chunks } of episodesOf(table)) {
        try {
          const values = decoder.decode(chunks);
          await writer.addEpisode({ task: `episode ${episode}`, values: { [feature]: values } });
          frames += values.length / signal.names.length;
          episodes++;
        } catch (error) {
          if (
            !(error instanceof PolytokError) ||
            ['ABORTED', 'IO', 'VOCABULARY_MISMATCH'].includes(error.code)
          )
            throw error;
          failures.push({ input: `episode ${episode}`, code: error.code, message: error.message });
        }
        progress.update(frames, undefined);
      }
    });
    await writer.finish();
  } finally {
    await writer.abort();
  }
  progress.end();
  reporter.failures(failures as Parameters<typeof reporter.failures>[0]);
  if (decoder.repaired > 0)
    reporter.warn(`${formatCount(decoder.repaired)} chunks had tokens that were repaired.`);
  const seconds = (performance.now() - started) / 1000;
  await reporter.result(
    `Decoded ${formatCount(episodes)} episodes (${formatCount(frames)} steps) to '${out}' in ${formatDuration(seconds)}.\n`,
    { out, episodes, frames, repaired: decoder.repaired, failures, seconds },
  );
  return failures.length > 0 ? EXIT.failed : EXIT.done;
}

interface Chunk {
  readonly frame: number;
  readonly tokens: TokenSequence;
}

/** The chunks of a table, episode by episode. @throws PolytokError `INVALID_FORMAT` when an episode stands in two places */
async function* episodesOf(table: TokenTable): AsyncGenerator<{ episode: number; chunks: Chunk[] }, void> {
  let current: { episode: number; chunks: Chunk[] } | undefined;
  const seen = new Set<number>();
  for await (const { episode, frame, tokens } of table.rows()) {
    if (current?.episode !== episode) {
      if (current) yield current;
      if (seen.has(episode)) {
        throw new PolytokError(
          'INVALID_FORMAT',
          `The chunks of episode ${episode} are not together. Sort the table.`,
          {
            details: { episode },
          },
        );
      }
      seen.add(episode);
      current = { episode, chunks: [] };
    }
    current.chunks.push({ frame, tokens });
  }
  if (current) yield current;
}

class EpisodeDecoder {
  /** Chunks that lenient decoding repaired. */
  repaired = 0;
  readonly #pipeline: ActionPipeline;
  readonly #lenient: boolean;
  readonly #join: 'none' | 'position';

  constructor(pipeline: ActionPipeline, { lenient, join }: { lenient: boolean; join: 'none' | 'position' }) {
    if (join === 'position' && (!(pipeline.tokenizer instanceof BeastTokenizer) || lenient))
      throw usageError('--join position is for BEAST tokens that are decoded strictly.');
    this.#pipeline = pipeline;
    this.#lenient = lenient;
    this.#join = join;
  }

  /** `(steps, columns)`. @throws PolytokError `INVALID_FORMAT` for a gap between chunks, and what decoding throws */
  decode(chunks: readonly Chunk[]): Float64Array {
    const { steps, columns } = this.#pipeline.tokenizer;
    const length = chunks[chunks.length - 1].frame + steps;
    if (!Number.isSafeInteger(length * columns) || length > 1e8) {
      throw new PolytokError(
        'LIMIT_EXCEEDED',
        `Its last chunk starts at step ${length - steps}; episodes have up to 1e8.`,
      );
    }
    const values = new Float64Array(length * columns);
    let covered = 0;
    for (const { frame, tokens } of chunks) {
      if (frame > covered || frame < 0) {
        throw new PolytokError(
          'INVALID_FORMAT',
          `There is no chunk for step ${covered}. Encode with a stride of at most ${steps}.`,
          {
            details: { frame, covered },
          },
        );
      }
      const last = frame === 0 ? undefined : values.subarray((frame - 1) * columns, frame * columns);
      values.set(this.#decodeChunk(tokens, last), frame * columns);
      covered = Math.max(covered, frame + steps);
    }
    return values;
  }

  #decodeChunk(tokens: TokenSequence, last: Float64Array | undefined): ActionChunk {
    if (this.#lenient) {
      const { actions, ok } = this.#pipeline.decodeLenient(tokens.ids, { fallback: last });
      if (!ok) this.repaired++;
      return actions;
    }
    if (this.#join === 'none' || last === undefined) return this.#pipeline.decode(tokens);
    const { tokenizer, normalizer } = this.#pipeline;
    const start = last.slice();
    normalizer?.apply(start);
    const chunk = (tokenizer as BeastTokenizer).decodeSync(tokens, { start });
    normalizer?.invert(chunk);
    return chunk;
  }
}
