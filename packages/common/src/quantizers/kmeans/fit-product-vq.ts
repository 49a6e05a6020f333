import { requireChoice, requireIntegers } from '../../arguments.js';
import type { AsyncKernels, Kernels, Matrix } from '../../kernels/contract.js';
import { defaultKernels } from '../../kernels/default-kernels.js';
import { groupWidth } from '../grouped-rvq.js';
import { ProductVq } from '../product-vq.js';
import { randomRotation } from '../rotation.js';
import { columnsOf } from './columns-of.js';
import { fitKmeans, type KmeansOptions } from './fit-kmeans.js';
import type { KmeansProgress } from './lloyd.js';
import { mapSource, type VectorSource } from './vector-batches.js';

export interface FitProductVqOptions extends Omit<KmeansOptions, 'count' | 'metric' | 'init' | 'onProgress'> {
  /** Codes of each part; as many as there are parts, a divisor of `dimension`. */
  readonly counts: readonly number[];
  /** What vectors are turned by before they are cut; 'random' is `randomRotation` with `seed`. Default: 'none'. */
  readonly rotation?: 'none' | 'random';
  /** Where the codes of every part start. Default: 'random'. */
  readonly init?: 'random' | 'k-means++';
  /** Integer; part i draws with `seed + i`. Default: 0. */
  readonly seed?: number;
  /** Called after every pass. */
  readonly onProgress?: (progress: KmeansProgress & { readonly part: number }) => void;
}

/**
 * A product quantizer, each part fitted by {@link fitKmeans}.
 * @param vectors `(rows, dimension)`, at least one row
 * @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED` for a rotation of too many dimensions, `ABORTED`, and what
 * the source throws
 */
export async function fitProductVq(vectors: VectorSource, options: FitProductVqOptions): Promise<ProductVq> {
  const { counts, rotation: kind = 'none', onProgress, seed = 0, ...kmeans } = options;
  const { dimension, kernels = defaultKernels() } = kmeans;
  requireIntegers(counts, 'counts', { minimum: 1 });
  requireChoice(kind, 'rotation', ['none', 'random']);
  const width = groupWidth(dimension, counts.length);
  const rotation = kind === 'random' ? randomRotation({ dimension, seed }) : undefined;
  const matrix = rotation && kernels.prepareMatrix(rotation, { inner: dimension });
  try {
    const codebooks: Float32Array[] = [];
    for (const [part, count] of counts.entries()) {
      const turned = matrix ? rotate(vectors, matrix, kernels) : vectors;
      const columns = { first: part * width, count: width, width: dimension };
      const { codes } = await fitKmeans(await columnsOf(turned, columns), {
        ...kmeans,
        dimension: width,
        count,
        seed: seed + part,
        onProgress: onProgress && ((progress) => onProgress({ part, ...progress })),
      });
      codebooks.push(codes);
    }
    return new ProductVq({ codebooks, dimension, rotation });
  } finally {
    matrix?.dispose();
  }
}

function rotate(vectors: VectorSource, matrix: Matrix, kernels: Kernels | AsyncKernels): VectorSource {
  return mapSource(vectors, matrix.columns, async (batch) => {
    const turned = new Float32Array(batch.length);
    await kernels.matmul(matrix, batch, turned);
    return turned;
  });
}
