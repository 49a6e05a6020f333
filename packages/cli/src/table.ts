export interface Column {
  readonly title: string;
  /** Numbers read best at the right. Default: 'left'. */
  readonly align?: 'left' | 'right';
}

/** A plain-text table with two spaces between columns, and no spaces at the ends of lines. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, k) =>
    rows.reduce((width, row) => Math.max(width, row[k].length), title.length),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, k) => (columns[k].align === 'right' ? cell.padStart(widths[k]) : cell.padEnd(widths[k])))
      .join('  ')
      .trimEnd();
  return [columns.map(({ title }) => title), ...rows].map((cells) => `${line(cells)}\n`).join('');
}
