import { Vq, type VqVariant } from '../vq.js';
import { fitKmeans, type KmeansOptions } from './fit-kmeans.js';
import type { VectorSource } from './vector-batches.js';

export interface FitVqOptions extends Omit<KmeansOptions, 'metric'> {
  /** Default: 'vq'. */
  readonly variant?: VqVariant;
}

/**
 * A vector quantizer fitted by {@link fitKmeans}, which also tells inertia and counts. It computes with the default
 * kernels, whatever fitted it.
 * @param vectors `(rows, dimension)`, at least one row
 * @throws PolytokError what {@link fitKmeans} throws
 */
export async function fitVq(
  vectors: VectorSource,
  { variant = 'vq', ...options }: FitVqOptions,
): Promise<Vq> {
  const metric = variant === 'vq-cosine' ? 'cosine' : 'euclidean';
  const { codes } = await fitKmeans(vectors, { ...options, metric });
  return new Vq({ variant, codes, dimension: options.dimension });
}
