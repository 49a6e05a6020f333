import type { ActionPipeline } from '@polytok/action/pipeline';
import { defineCommand, type Invocation } from '../command.js';
import { REPORT_OPTIONS } from '../common-options.js';
import { escapeText } from '../escape-text.js';
import { EXIT } from '../exit-codes.js';
import { isFolder } from '../file-facts.js';
import { formatCount, formatDuration } from '../quantities.js';
import { Reporter } from '../reporter.js';
import { formatTable } from '../table.js';
import { usageError } from '../usage-error.js';
import { featureOption, loadPipeline } from './action-options.js';
import { openTrackSources, type TrackSource } from './track-source.js';

const specs = { feature: featureOption, ...REPORT_OPTIONS };

export const inspectCommand = defineCommand({
  name: 'action inspect',
  summary: 'Show what a data set or a tokenizer holds.',
  usage: '[options] INPUT',
  options: specs,
  examples: [
    { command: 'action inspect dataset/', says: 'Episodes, columns and their statistics' },
    { command: 'action inspect beast.json', says: 'What a tokenizer was fitted to' },
  ],
  run,
});

async function run({ inputs, options, io }: Invocation<typeof specs>): Promise<number> {
  const reporter = new Reporter(io, options);
  if (inputs.length !== 1) throw usageError(`Name one data set or tokenizer; got ${inputs.length}.`);
  const [input] = inputs;
  if (!(await isFolder(input)) && input.endsWith('.json')) {
    await showPipeline(await loadPipeline(input), reporter);
    return EXIT.done;
  }
  const { sources } = await openTrackSources(inputs, reporter);
  await showDataset(sources[0], { feature: options.feature ?? 'action', signal: io.signal, reporter });
  return EXIT.done;
}

async function showPipeline(pipeline: ActionPipeline, reporter: Reporter): Promise<void> {
  const { tokenizer, normalizer, signal } = pipeline;
  const { type, ...config } = tokenizer.toJSON();
  const settings = Object.fromEntries(
    Object.entries(config).filter(([name, value]) =>
      // Tables are not settings, but for knots, which are few.
      typeof value === 'object' ? name === 'innerKnots' : String(value).length < 60,
    ),
  );
  const [size] = tokenizer.vocabulary.codebookSizes;
  const { minLength, maxLength } = tokenizer.tokenShape([tokenizer.steps, tokenizer.columns]);
  const facts: [string, string][] = [
    ['tokenizer', type],
    ...Object.entries(settings).map(([name, value]): [string, string] => [`  ${name}`, shown(value)]),
    ['tokens of a chunk', minLength === maxLength ? String(maxLength) : `${minLength} to ${maxLength}`],
    ['vocabulary', formatCount(size)],
    ['fingerprint', tokenizer.vocabulary.fingerprint],
    ['normalisation', normalizer ? `${normalizer.options.mode} (${normalizer.options.convention})` : 'none'],
    ['actions', `${signal.kind}, ${signal.fps} per second`],
    [
      'columns',
      signal.names
        .map((name, at) => `${escapeText(name)}${signal.grippers.includes(at) ? ' (gripper)' : ''}`)
        .join(', '),
    ],
  ];
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  await reporter.result(facts.map(([name, value]) => `${name.padEnd(width)}${value}\n`).join(''), {
    tokenizer: type,
    settings,
    minLength,
    maxLength,
    vocabularySize: size,
    fingerprint: tokenizer.vocabulary.fingerprint,
    pipelineFingerprint: pipeline.fingerprint,
    normalizer: normalizer?.options.mode ?? null,
    signal,
  });
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.map((each) => Number(each).toFixed(3)).join(', ') : String(value);
}

async function showDataset(
  { input, dataset }: TrackSource,
  {
    feature,
    signal,
    reporter,
  }: { readonly feature: string; readonly signal: AbortSignal; readonly reporter: Reporter },
): Promise<void> {
  if (!dataset) throw usageError(`'${input}' is no data set.`);
  const { info, episodes } = dataset;
  const statistics = await dataset.statistics(feature, { signal });
  const frames = episodes.map((episode) => episode.frames);
  const total = frames.reduce((sum, count) => sum + count, 0);
  const names = info.features[feature]?.names ?? statistics.min.map((_, at) => `column_${at}`);
  const number = (value: number | undefined) => (value === undefined ? '' : value.toPrecision(4));
  const right = (title: string) => ({ title, align: 'right' }) as const;
  const table = formatTable(
    [{ title: feature }, ...['min', 'q01', 'mean', 'std', 'q99', 'max'].map(right)],
    names.map((name, at) => [
      escapeText(name),
      ...[
        statistics.min,
        statistics.q01,
        statistics.mean,
        statistics.std,
        statistics.q99,
        statistics.max,
      ].map((list) => number(list?.[at])),
    ]),
  );
  const head = `${escapeText(input)}: LeRobot ${info.version}, robot ${escapeText(info.robotType ?? 'unknown')}, ${formatCount(episodes.length)} episodes, ${formatCount(total)} frames at ${info.fps} per second (${formatDuration(total / info.fps)}); episodes of ${formatCount(Math.min(...frames))} to ${formatCount(Math.max(...frames))} frames\n`;
  const features = `features: ${Object.keys(info.features).map(escapeText).join(', ')}\n\n`;
  await reporter.result(head + features + table, {
    input,
    version: info.version,
    robotType: info.robotType ?? null,
    fps: info.fps,
    episodes: episodes.length,
    frames: total,
    features: Object.keys(info.features),
    feature,
    names,
    statistics,
  });
}
