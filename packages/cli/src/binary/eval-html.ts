import type { BinaryEvaluationReport } from '@polytok/binary';
import { barChart } from '../bar-chart.js';
import { escapeHtml } from '../html-escape.js';
import { htmlPage, htmlTable } from '../html-page.js';
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

/** An evaluation as one HTML file that loads nothing else. @param missing why instructions are not found */
export function evaluationHtml(report: BinaryEvaluationReport, missing: string | undefined): string {
  const architectures = architecturesOf(report);
  const groups = groupsOf(report).map(groupMeasures);
  const { parity } = report.tokenizers[0];
  const parts = [
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
  ];
  return htmlPage({
    title: 'polytok: evaluation of binary tokenizers',
    heading: 'Evaluation of binary tokenizers',
    parts,
  });
}

function table({ tokenizers }: BinaryEvaluationReport, title: string, measures: readonly Measure[]): string {
  return htmlTable(
    [title, ...tokenizers.map(({ name }) => name)],
    measures.map((measure) => [
      measure.name,
      ...tokenizers.map((tokenizer) => formatMeasure(measure, tokenizer)),
    ]),
  );
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
