import { basename, dirname } from 'node:path';
import { TokenTableWriter, tokenTablePath } from '@polytok/action/data';
import { createDatasetFolder } from '@polytok/action/node';
import type { InputFailure } from '@polytok/common/node';
import { defineCommand, type Invocation } from '../command.js';
import { outOption, REPORT_OPTIONS } from '../common-options.js';
import { EXIT } from '../exit-codes.js';
import { integer, text } from '../options.js';
import { openOutput } from '../output.js';
import { formatCount, formatDuration } from '../quantities.js';
import { Reporter } from '../reporter.js';
import { usageError } from '../usage-error.js';
import { episodesOption, fpsOption, loadPipeline, selectionOf } from './action-options.js';
import { allTracks, openTrackSources, type SourceTrack, type TrackSource } from './track-source.js';

const specs = {
  tokenizer: text({ hint: 'FILE', short: 't', description: 'What action fit wrote' }),
  out: outOption(
    'A .parquet or .jsonl file, or - for JSON lines on standard output. Default: a table within the data set, tokens/FEATURE.parquet',
  ),
  stride: integer({ hint: 'N', description: 'Steps from a chunk to the next. Default: those of a chunk' }),
  episodes: episodesOption,
  fps: fpsOption,
  ...REPORT_OPTIONS,
};

export const encodeCommand = defineCommand({
  name: 'action encode',
  summary: 'Turn the actions of a data set into tokens.',
  usage: '[options] --tokenizer FILE INPUT',
  details: [
    'A row of the table is a chunk: episode_index, frame_index, tokens. The tokenizer stands in its metadata. The last chunk of an episode rests at the last action until it is full.',
  ],
  options: specs,
  examples: [
    {
      command: 'action encode dataset/ -t beast.json',
      says: 'Write tokens/action.parquet into the data set',
    },
    {
      command: 'action encode dataset/ -t beast.json --stride 1 --out all.parquet',
      says: 'A chunk for every step',
    },
    { command: 'action encode dataset/ -t fast.json --out - | head -1', says: 'Look at the first tokens' },
  ],
  run,
});

async function run({ inputs, options, io }: Invocation<typeof specs>): Promise<number> {
  const started = performance.now();
  const reporter = new Reporter(io, options);
  if (options.tokenizer === undefined)
    throw usageError('--tokenizer is missing; name what action fit wrote.');
  if (options.out === '-' && options.json) throw usageError('--json and --out - both want standard output.');
  if (inputs.length !== 1) throw usageError(`Name one data set; got ${inputs.length}.`);
  const pipeline = await loadPipeline(options.tokenizer);
  const { sources, failures } = await openTrackSources(inputs, reporter, options.fps);
  const select = { ...selectionOf(pipeline.signal), episodes: options.episodes };
  const sink = await openSink(options.out, sources[0], pipeline.tokenizer, pipeline.signal.feature, io);
  const progress = reporter.startProgress({
    label: 'encode',
    format: (amount) => `${formatCount(amount)} steps`,
  });
  const counts = { episodes: 0, frames: 0, chunks: 0, tokens: 0 };
  try {
    for await (const source of allTracks(sources, { ...select, signal: io.signal }, failures)) {
      const { episode, track } = source;
      for (const { frame, tokens } of pipeline.encode(track, { stride: options.stride })) {
        await sink.add({ episode, frame, tokens, source });
        counts.chunks++;
        counts.tokens += tokens.length;
      }
      counts.episodes++;
      counts.frames += track.steps;
      progress.update(counts.frames, undefined);
    }
    await sink.finish();
  } finally {
    await sink.abort();
  }
  progress.end();
  reporter.failures(failures);
  const seconds = (performance.now() - started) / 1000;
  await reporter.result(
    `Encoded ${formatCount(counts.episodes)} episodes (${formatCount(counts.frames)} steps) into ${formatCount(counts.tokens)} tokens of ${formatCount(counts.chunks)} chunks, to '${sink.path}', in ${formatDuration(seconds)}.\n`,
    { out: sink.path, fingerprint: pipeline.tokenizer.vocabulary.fingerprint, ...counts, failures, seconds },
    { streams: options.out === '-' },
  );
  return exitCode(failures);
}

function exitCode(failures: readonly InputFailure[]): number {
  return failures.length > 0 ? EXIT.failed : EXIT.done;
}

type Row = Parameters<TokenTableWriter['add']>[0] & { readonly source: SourceTrack };

/** Where rows go. */
interface RowSink {
  readonly path: string;
  add(row: Row): Promise<void>;
  finish(): Promise<void>;
  abort(): Promise<void>;
}

async function openSink(
  out: string | undefined,
  source: TrackSource,
  tokenizer: Parameters<typeof TokenTableWriter.create>[1]['tokenizer'],
  feature: string,
  io: Invocation<typeof specs>['io'],
): Promise<RowSink> {
  if (out === '-' || out?.endsWith('.jsonl')) return openLines(out, tokenizer.vocabulary.fingerprint, io);
  if (out !== undefined && !out.endsWith('.parquet'))
    throw usageError(`--out is a .parquet or .jsonl file, or -; got '${out}'.`);
  const [folder, path] =
    out === undefined ? [source.input, tokenTablePath(feature)] : [dirname(out), basename(out)];
  const sink = await createDatasetFolder(folder, { existing: 'extend' });
  const writer = await TokenTableWriter.create(sink, { tokenizer, feature, path });
  return {
    path: out ?? `${source.input}/${path}`,
    add: ({ episode, frame, tokens }) => writer.add({ episode, frame, tokens }),
    finish: () => writer.finish(),
    abort: () => writer.abort(),
  };
}

async function openLines(
  out: string,
  fingerprint: string,
  io: Invocation<typeof specs>['io'],
): Promise<RowSink> {
  const file = await openOutput(out, io);
  return {
    path: out,
    async add({ episode, frame, tokens }) {
      const line = {
        episode_index: episode,
        frame_index: frame,
        fingerprint,
        tokens: Array.from(tokens.ids),
      };
      await file.write(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
    },
    finish: () => file.commit(),
    abort: () => file.abort(),
  };
}
