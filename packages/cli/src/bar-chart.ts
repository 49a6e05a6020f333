import { escapeHtml } from './html-escape.js';

export interface BarChartOptions {
  readonly title: string;
  /** What the bars measure, with its unit. */
  readonly axis: string;
  /** One label per group of bars. */
  readonly labels: readonly string[];
  /** One colour of bars; `values` has a number per label, undefined where there is none. */
  readonly series: readonly { readonly name: string; readonly values: readonly (number | undefined)[] }[];
}

/** Okabe and Ito's palette, which colour-blind readers can tell apart, without its yellow. */
const COLORS = ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#cc79a7', '#56b4e9', '#000000'];

const BAR_HEIGHT = 14;
const GROUP_GAP = 8;
const LABEL_WIDTH = 270;
const PLOT_WIDTH = 440;
const VALUE_WIDTH = 70;
const HEAD_HEIGHT = 44;
const LEGEND_HEIGHT = 18;

/** Horizontal bars from zero, to the left where a value is below, grouped by label, as a self-contained SVG element with each value beside its bar. */
export function barChart({ title, axis, labels, series }: BarChartOptions): string {
  const all = series.flatMap(({ values }) => values.map((value) => value ?? 0));
  const highest = Math.max(...all, 0);
  const lowest = Math.min(...all, 0);
  const scale = highest > lowest ? PLOT_WIDTH / (highest - lowest) : 0;
  const zero = LABEL_WIDTH - lowest * scale;
  const groupHeight = series.length * BAR_HEIGHT + GROUP_GAP;
  const top = HEAD_HEIGHT + series.length * LEGEND_HEIGHT;
  const width = LABEL_WIDTH + PLOT_WIDTH + VALUE_WIDTH;
  const height = top + labels.length * groupHeight;
  const groups = labels.map((label, group) => {
    const y = top + group * groupHeight;
    const bars = series.map(({ values }, k) =>
      bar(values[group], y + k * BAR_HEIGHT, COLORS[k % COLORS.length], { zero, scale }),
    );
    const middle = y + (series.length * BAR_HEIGHT) / 2 + 4;
    return `<text x="${LABEL_WIDTH - 8}" y="${middle}" text-anchor="end">${escapeHtml(label)}</text>${bars.join('')}`;
  });
  const legend = series.map(({ name }, k) => {
    const y = HEAD_HEIGHT + k * LEGEND_HEIGHT;
    return `<rect x="${LABEL_WIDTH}" y="${y - 2}" width="12" height="12" fill="${COLORS[k % COLORS.length]}"/><text x="${LABEL_WIDTH + 18}" y="${y + 8}">${escapeHtml(name)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(title)}" font-family="sans-serif" font-size="12">`,
    `<text x="0" y="16" font-size="15" font-weight="bold">${escapeHtml(title)}</text>`,
    `<text x="0" y="33" fill="#555">${escapeHtml(axis)}</text>`,
    ...legend,
    ...groups,
    '</svg>',
  ].join('\n');
}

function bar(
  value: number | undefined,
  y: number,
  color: string,
  { zero, scale }: { readonly zero: number; readonly scale: number },
): string {
  if (value === undefined) return '';
  const length = Math.abs(value) * scale;
  const size = `width="${length.toFixed(1)}" height="${BAR_HEIGHT - 2}"`;
  const from = Number((value < 0 ? zero - length : zero).toFixed(1));
  // Beside the end of the bar; behind zero where it goes to the left, where labels stand.
  const text = (value < 0 ? zero : zero + length) + 5;
  return `<rect x="${from}" y="${y}" ${size} fill="${color}"/><text x="${text.toFixed(1)}" y="${y + 10}">${formatValue(value)}</text>`;
}

/** Three digits after the point, or as many as a small value needs to be seen. */
function formatValue(value: number): string {
  return value !== 0 && Math.abs(value) < 0.01
    ? value.toPrecision(2)
    : String(Math.round(value * 1000) / 1000);
}
