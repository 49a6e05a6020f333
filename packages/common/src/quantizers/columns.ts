/** Some columns of an array of rows. */
export interface Columns {
  /** First column. */
  readonly first: number;
  /** Number of columns. */
  readonly count: number;
  /** Columns in all. */
  readonly width: number;
}

interface Writable {
  readonly length: number;
  [index: number]: number;
}

/**
 * Copies columns out of rows.
 * @param from `(rows, width)`
 * @param into `(rows, count)`
 */
export function takeColumns(from: ArrayLike<number>, into: Writable, { first, count, width }: Columns): void {
  for (let at = first, to = 0; to < into.length; at += width - count) {
    for (const end = to + count; to < end; ) into[to++] = from[at++];
  }
}

/**
 * Copies columns into rows, whose other columns stay.
 * @param from `(rows, count)`
 * @param into `(rows, width)`
 */
export function putColumns(from: ArrayLike<number>, into: Writable, { first, count, width }: Columns): void {
  for (let at = first, source = 0; source < from.length; at += width - count) {
    for (const end = source + count; source < end; ) into[at++] = from[source++];
  }
}
