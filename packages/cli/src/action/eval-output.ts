import { escapeText } from '../escape-text.js';
import { escapeHtml } from '../html-escape.js';
import { htmlPage, htmlTable } from '../html-page.js';
import { formatCount, formatDuration } from '../quantities.js';
import { formatTable } from '../table.js';
import { cardCharts } from './card-charts.js';
import { type ActionReport, type CardMeasure, cardMeasures, formatCardMeasure } from './card-measures.js';

/** Cards side by side as tables for a terminal. */
export function cardsText(reports: readonly ActionReport[]): string {
  const names = reports.map(({ name }) => ({ title: escapeText(name), align: 'right' }) as const);
  const tables = topics(reports).map(([title, measures]) =>
    formatTable(
      [{ title: escapeText(title) }, ...names],
      measures.map((measure) => [
        escapeText(measure.name),
        ...reports.map((report) => formatCardMeasure(measure, report)),
      ]),
    ),
  );
  return [`${describe(reports)}\n`, ...tables].join('\n');
}

/** Cards side by side as one HTML file with plots. */
export function cardsHtml(reports: readonly ActionReport[]): string {
  const names = reports.map(({ name }) => name);
  const parts = topics(reports).map(([title, measures]) =>
    htmlTable(
      [title, ...names],
      measures.map((measure) => [
        measure.name,
        ...reports.map((report) => formatCardMeasure(measure, report)),
      ]),
    ),
  );
  return htmlPage({
    title: 'polytok: evaluation of action tokenizers',
    heading: 'Evaluation of action tokenizers',
    parts: [`<p>${escapeHtml(describe(reports))}</p>`, ...cardCharts(reports), ...parts],
  });
}

/** Topics of which at least one report has a figure. */
function topics(reports: readonly ActionReport[]): [string, readonly CardMeasure[]][] {
  const { names, units } = reports[0].card.data;
  return Object.entries(cardMeasures(names, units)).flatMap(([title, measures]) => {
    const known = measures.filter((measure) =>
      reports.some((report) => formatCardMeasure(measure, report) !== ''),
    );
    return known.length === 0 ? [] : [[title, known]];
  });
}

function describe(reports: readonly ActionReport[]): string {
  const { episodes, steps, seconds, fps } = reports[0].card.data;
  return `${formatCount(episodes)} episodes, ${formatCount(steps)} steps at ${fps} per second (${formatDuration(seconds)})`;
}
