import { createRegistry, type TokenizerType } from '../registry.js';
import { Bsq } from './bsq.js';
import type { ComputeOptions } from './codebook-quantizer.js';
import type { Quantizer } from './contract.js';
import { FSQ_VARIANTS, Fsq } from './fsq.js';
import { GroupedRvq } from './grouped-rvq.js';
import { Ibq } from './ibq.js';
import { LatentQuantizer } from './latent-quantizer.js';
import { Lfq } from './lfq.js';
import { MultiScaleVq } from './multi-scale-vq.js';
import { ProductVq } from './product-vq.js';
import { ProjectedVotingLfq } from './projected-voting-lfq.js';
import { RandomProjection } from './random-projection.js';
import { ResidualFsq } from './residual-fsq.js';
import { Rvq } from './rvq.js';
import { SimVq } from './sim-vq.js';
import type { QuantizerTensors } from './tensors.js';
import { VotingLfq } from './voting-lfq.js';
import { VQ_VARIANTS, Vq } from './vq.js';

/** What a quantizer takes beside its configuration. Those whose codes are computed need neither. */
type Rest = [tensors?: QuantizerTensors, compute?: ComputeOptions];

const BUILT_IN: readonly TokenizerType<Quantizer, Rest>[] = [
  ...FSQ_VARIANTS.map((type) => ({ type, fromJSON: Fsq.fromJSON })),
  ResidualFsq,
  Lfq,
  Bsq,
  VotingLfq,
  ...VQ_VARIANTS.map((type) => ({ type, fromJSON: Vq.fromJSON })),
  Rvq,
  GroupedRvq,
  ProductVq,
  LatentQuantizer,
  SimVq,
  RandomProjection,
  Ibq,
  MultiScaleVq,
  ProjectedVotingLfq,
];

/** Every quantizer type of this entry, by the `type` of its configuration. */
export const quantizerTypes = createRegistry(BUILT_IN, { noun: 'quantizer' });

/**
 * The quantizer that a `toJSON()` of this entry describes.
 * @param tensors what its `tensors()` gave. Default: none, which is enough where codes are computed
 * @param compute what to compute with, which is not stored
 * @throws PolytokError `UNKNOWN_NAME`, `INVALID_FORMAT`, `VOCABULARY_MISMATCH` for other tensors than it was stored
 * with, and what the constructors throw
 */
export function quantizerFromJSON(
  config: unknown,
  tensors?: QuantizerTensors,
  compute?: ComputeOptions,
): Quantizer {
  return quantizerTypes.fromJSON(config, tensors, compute);
}
