/** Principal component analysis and whitening. */

export type { VectorSource } from '../quantizers/kmeans/vector-batches.js';
export * from './fit-pca.js';
export {
  PROJECTION_VARIANTS,
  Projection,
  type ProjectionOptions,
  type ProjectionVariant,
} from './projection.js';
export * from './projection-safetensors.js';
