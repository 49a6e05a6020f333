/**
 * Fills what is NaN in a table: by the value above it in its column, else by the first one below it.
 * @param table `(rows, columns)`, changed in place
 * @param otherwise for a column of which nothing is known
 */
export function holdUnknown(
  table: Float64Array,
  columns: number,
  otherwise: (column: number) => number,
): void {
  for (let column = 0; column < columns; column++) {
    let last = Number.NaN;
    for (let at = column; at < table.length && Number.isNaN(last); at += columns) last = table[at];
    if (Number.isNaN(last)) last = otherwise(column);
    for (let at = column; at < table.length; at += columns) {
      if (Number.isNaN(table[at])) table[at] = last;
      last = table[at];
    }
  }
}
