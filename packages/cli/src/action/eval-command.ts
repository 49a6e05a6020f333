import { basename } from 'node:path';
import { evaluateActionTokenizer } from '@polytok/action/evaluation';
import type { ActionPipeline } from '@polytok/action/pipeline';
import { type InputFailure, writeFileAtomic } from '@polytok/common/node';
import { defineCommand, type Invocation } from '../command.js';
import { REPORT_OPTIONS } from '../common-options.js';
import { EXIT } from '../exit-codes.js';
import { flag, integer, text, texts } from '../options.js';
import { formatCount } from '../quantities.js';
import { Reporter } from '../reporter.js';
import { usageError } from '../usage-error.js';
import { episodesOption, fpsOption, loadPipeline, positive, selectionOf } from './action-options.js';
import type { ActionReport } from './card-measures.js';
import { cardsHtml, cardsText } from './eval-output.js';
import { ReplayRunner } from './replay-runner.js';
import { openTrackSources, type TrackSource } from './track-source.js';

const specs = {
  tokenizer: texts({
    hint: 'FILE',
    short: 't',
    description: 'What action fit wrote. May stand several times',
  }),
  episodes: episodesOption,
  fps: fpsOption,
  tolerance: positive({
    hint: 'E',
    description: 'Largest error of a valid chunk, in tokenizer units. Default: 0.05',
  }),
  seed: integer({ hint: 'N', minimum: 0, description: 'Of what is random. Default: 0' }),
  replay: flag(
    'Replay source and decoded actions in the simulator; for the data sets whose robots it knows, and with the package mujoco-js',
  ),
  report: text({ hint: 'FILE', description: 'Also write a self-contained HTML file with plots' }),
  ...REPORT_OPTIONS,
};

export const evalCommand = defineCommand({
  name: 'action eval',
  summary: 'Print the card of tokenizers on a data set.',
  usage: '[options] --tokenizer FILE INPUT',
  details: [
    'The card: tokens, error of each column, what wrong tokens do, where chunks meet, smoothness, latency, and with --replay whether the robot still does its task. Evaluate on episodes that were not fitted to.',
  ],
  options: specs,
  examples: [
    { command: 'action eval dataset/ -t beast.json -t fast.json', says: 'Two tokenizers side by side' },
    {
      command: 'action eval dataset/ -t beast.json --episodes 90:100 --report card.html',
      says: 'Held-out episodes, with plots',
    },
  ],
  run,
});

async function run({ inputs, options, io }: Invocation<typeof specs>): Promise<number> {
  const reporter = new Reporter(io, options);
  if (options.tokenizer.length === 0) throw usageError('--tokenizer is missing; name what action fit wrote.');
  if (inputs.length !== 1) throw usageError(`Name one data set; got ${inputs.length}.`);
  const pipelines: ActionPipeline[] = [];
  for (const path of options.tokenizer) pipelines.push(await loadPipeline(path));
  const { sources } = await openTrackSources(inputs, reporter, options.fps);
  const runner = options.replay ? await openReplay(sources[0], options.episodes) : undefined;
  const failures: InputFailure[] = [];
  const reports: ActionReport[] = [];
  try {
    for (const [at, pipeline] of pipelines.entries()) {
      const name = nameOf(options.tokenizer, at);
      const progress = reporter.startProgress({
        label: `eval ${name}`,
        format: (amount) => `${formatCount(amount)} episodes`,
      });
      const card = await evaluateActionTokenizer({
        tokenizer: pipeline.tokenizer,
        normalizer: pipeline.normalizer,
        episodes: tracksOf(sources[0], {
          ...selectionOf(pipeline.signal),
          episodes: options.episodes,
          signal: io.signal,
        }),
        tolerance: options.tolerance,
        seed: options.seed,
        replay: runner?.replay,
        signal: io.signal,
        onProgress: ({ stage, done }) => progress.update(stage === 'episodes' ? done : 0, undefined, stage),
      });
      progress.end();
      reports.push({ name, card, ...(runner && { replayErrors: runner.takeErrors() }) });
    }
  } finally {
    runner?.dispose();
  }
  if (options.report !== undefined) {
    await writeFileAtomic(options.report, new TextEncoder().encode(cardsHtml(reports)), {
      signal: io.signal,
    });
  }
  await reporter.result(cardsText(reports), { reports, failures });
  return EXIT.done;
}

async function* tracksOf(source: TrackSource, options: Parameters<TrackSource['tracks']>[0]) {
  for await (const { track } of source.tracks(options)) yield track;
}

async function openReplay(
  { input, dataset }: TrackSource,
  episodes: readonly number[] | undefined,
): Promise<ReplayRunner> {
  if (!dataset) throw usageError(`--replay is for data sets of simulated robots; '${input}' is none.`);
  return ReplayRunner.open(dataset, episodes);
}

/** The file's name, or its whole path where another file has the same. */
function nameOf(paths: readonly string[], at: number): string {
  const short = paths.map((path) => basename(path, '.json'));
  return short.filter((name) => name === short[at]).length === 1 ? short[at] : paths[at];
}
