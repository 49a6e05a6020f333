import type { AsyncKernels, Codebook, Kernels } from '../kernels/contract.js';
import type { Steps } from '../steps.js';
import { putColumns, takeColumns } from './columns.js';

/**
 * Cuts vectors into chunks of equal width and quantizes each by residual stages of its own.
 * @param chunks the stages of each chunk, equally many
 * @param vectors `(rows, chunks · width)`
 * @param ids `(rows, chunks · stages)` receives the ids, those of the first chunk first
 */
export function* chunkedNearest(
  kernels: Kernels | AsyncKernels,
  chunks: readonly (readonly Codebook[])[],
  vectors: Float32Array,
  ids: Uint32Array,
): Steps {
  const stages = chunks[0].length;
  const width = chunks[0][0].dimensions;
  const rows = ids.length / (chunks.length * stages);
  const chunk = new Float32Array(rows * width);
  const chunkIds = new Uint32Array(rows * stages);
  for (const [index, codebooks] of chunks.entries()) {
    takeColumns(vectors, chunk, { first: index * width, count: width, width: chunks.length * width });
    yield kernels.residualNearest(codebooks, chunk, chunkIds);
    putColumns(chunkIds, ids, { first: index * stages, count: stages, width: chunks.length * stages });
  }
}
