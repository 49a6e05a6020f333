import type { BinaryEvaluationReport } from '@polytok/binary';
import { barChart } from '../bar-chart.js';
import { escapeHtml } from '../html-escape.js';
import { formatBytes, formatCount } from '../quantities.js';
import {
  alignmentMeasures,
  architecturesOf,
  formatMeasure,
  groupMeasures,
  groupsOf,
  type Measure,
  overallMeasures,
} from './eval-text.js';

const STYLE = `body { font: 15px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; margin: 1rem 0 2rem }
th, td { padding: .25rem .8rem; border-bottom: 1px solid #ddd; text-align: right }
th:first-child, td:first-child { text-align: left }
svg { max-width: 100%; height: auto; margin: 1rem 0 }`;

/** An evaluation as one HTML file that loads nothing else. @param missing why instructions are not found */
export function evaluationHtml(report: BinaryEvaluationReport, missing: string | undefined): string {
  const architectures = architecturesOf(report);
  const groups = groupsOf(report).map(groupMeasures);
  const { parity } = report.tokenizers[0];
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><title>polytok: evaluation of binary tokenizers</title>',
    `<style>${STYLE}</style></head><body>`,
    '<h1>Evaluation of binary tokenizers</h1>',
    `<p>${formatCount(report.files)} files, ${formatBytes(report.bytes)}.</p>`,
    table(report, 'overall', overallMeasures(report)),
    chart(report, {
      title: 'Compression',
      axis: 'bytes per token; more is shorter',
      measures: groups.map(({ compression }) => compression),
    }),
    parity
      ? chart(report, {
          title: 'Tokenization premium',
          axis: `${parity.basis} relative to the group served best; 1 is parity`,
          measures: groups.map(({ premium }) => premium),
        })
      : '',
    ...architectures.map((name) =>
      chart(report, {
        title: `Instructions: ${name}`,
        axis: 'share',
        measures: alignmentMeasures(name).filter((measure) => measure.name !== 'tokens per instruction'),
      }),
    ),
    ...architectures.map((name) => table(report, `instructions: ${name}`, alignmentMeasures(name))),
    missing ? `<p>${escapeHtml(missing)}</p>` : '',
    '</body></html>\n',
  ].join('\n');
}

function table({ tokenizers }: BinaryEvaluationReport, title: string, measures: readonly Measure[]): string {
  const line = (tag: string, cells: readonly string[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return [
    '<table>',
    line('th', [title, ...tokenizers.map(({ name }) => name)]),
    ...measures.map((measure) =>
      line('td', [measure.name, ...tokenizers.map((tokenizer) => formatMeasure(measure, tokenizer))]),
    ),
    '</table>',
  ].join('\n');
}

interface ChartOptions {
  readonly title: string;
  readonly axis: string;
  readonly measures: readonly Measure[];
}

function chart({ tokenizers }: BinaryEvaluationReport, { title, axis, measures }: ChartOptions): string {
  return barChart({
    title,
    axis,
    labels: measures.map(({ name }) => name.trim()),
    series: tokenizers.map((tokenizer) => ({
      name: tokenizer.name,
      values: measures.map(({ value }) => value(tokenizer)),
    })),
  });
}
