import { isVectors } from '../check-vectors.js';
import { type Columns, takeColumns } from '../columns.js';
import { collect, mapSource, type VectorSource } from './vector-batches.js';

/** Some columns of a source: an array where it is one, so that they are copied once. */
export async function columnsOf(vectors: VectorSource, columns: Columns): Promise<VectorSource> {
  const { count, width } = columns;
  const part = mapSource(vectors, width, (batch) => {
    const values = new Float32Array((batch.length / width) * count);
    takeColumns(batch, values, columns);
    return values;
  });
  return isVectors(vectors) ? collect(part, { length: (vectors.length / width) * count }) : part;
}
