import { barChart } from '../bar-chart.js';
import { type ActionReport, type CardMeasure, cardMeasures } from './card-measures.js';

/** Measures of the card that share a scale. */
interface MeasureChart {
  readonly title: string;
  readonly axis: string;
  /** Names of measures, as in the tables. */
  readonly measures: readonly string[];
}

const SHARES = [
  'chunks within the tolerance',
  'clipped by the tokenizer',
  'clipped by the normaliser',
  '10 % exchanged: finite',
  '10 % exchanged: within the range',
  '10 % exchanged: decoded strictly',
  'truncated: finite',
  'truncated: within the range',
  'random: finite',
];

const MEASURE_CHARTS: readonly MeasureChart[] = [
  {
    title: 'Tokens of a chunk',
    axis: 'tokens',
    measures: ['tokens per chunk, mean', 'tokens per chunk, p50', 'tokens per chunk, p99'],
  },
  { title: 'What tokens cost', axis: 'tokens per second', measures: ['tokens per second'] },
  { title: 'What they carry', axis: 'bits per second', measures: ['bits per second'] },
  {
    title: 'Compression',
    axis: 'numbers of a chunk for each token',
    measures: ['numbers per token (compression)'],
  },
  {
    title: 'Use of the vocabulary',
    axis: 'per cent',
    measures: ['vocabulary used', 'entropy of ids, share of the most', 'equal tokens one step later'],
  },
  { title: 'What decodes', axis: 'per cent', measures: SHARES },
  {
    title: 'One wrong token',
    axis: 'root mean square in tokenizer units; less is better',
    measures: ['one token off by one: rms', 'one token random: rms'],
  },
  {
    title: 'How far one wrong token reaches',
    axis: 'steps of the chunk that move',
    measures: ['one token random: steps moved'],
  },
  {
    title: 'Where chunks meet',
    axis: 'jumps of position and velocity, over those inside chunks; 1 is no seam',
    measures: ['step at a seam / step inside', 'velocity jump at a seam / inside'],
  },
  { title: 'Jerk', axis: 'over that of the source', measures: ['jerk (rms) / that of the source'] },
  {
    title: 'Smoothness',
    axis: 'less that of the source; below 0 is rougher, above smoother',
    measures: ['LDLJ less that of the source', 'SPARC less that of the source'],
  },
  {
    title: 'Time of a chunk on this machine',
    axis: 'µs',
    measures: ['encode, µs, p50', 'encode, µs, p99', 'decode, µs, p50', 'decode, µs, p99'],
  },
  { title: 'Replay in the simulator', axis: 'episodes that succeed', measures: ['episodes that succeed'] },
  { title: 'Replay error', axis: 'final error, mean, in metres', measures: ['final error, mean (m)'] },
];

/** The figures of the card as plots, those that no report has left out. */
export function cardCharts(reports: readonly ActionReport[]): string[] {
  const { names, units } = reports[0].card.data;
  const series = (values: (report: ActionReport) => readonly (number | undefined)[]) =>
    reports.map((report) => ({ name: report.name, values: values(report) }));
  const known = new Map(
    Object.values(cardMeasures(names, units)).flatMap((measures) =>
      measures.map((measure) => [measure.name, measure] as const),
    ),
  );
  const errors = (['mae', 'maxAbs'] as const).map((error) =>
    barChart({
      title: error === 'mae' ? 'Mean error of each column' : 'Largest error of each column',
      axis: 'physical units; less is better',
      labels: names,
      series: series(({ card }) => card.error.physical.columns.map((column) => column[error])),
    }),
  );
  const prefixes = barChart({
    title: 'Error from the first tokens on',
    axis: 'root mean square in tokenizer units, from a share of the tokens',
    labels: reports[0].card.prefixes.map(({ share }) => `${100 * share} %`),
    series: series(({ card }) => card.prefixes.map(({ rmse }) => rmse)),
  });
  const others = MEASURE_CHARTS.flatMap(({ title, axis, measures }) => {
    const rows = measures
      .map((name) => known.get(name)!)
      .filter((measure) => reports.some((report) => figureOf(measure, report) !== undefined));
    if (rows.length === 0) return [];
    const labels = rows.map(({ name }) => name);
    const values = (report: ActionReport) => rows.map((measure) => figureOf(measure, report));
    return [barChart({ title, axis, labels, series: series(values) })];
  });
  return [...errors, prefixes, ...others];
}

function figureOf({ value, format }: CardMeasure, report: ActionReport): number | undefined {
  const number = value(report) ?? undefined;
  return number !== undefined && format === 'percent' ? 100 * number : number;
}
