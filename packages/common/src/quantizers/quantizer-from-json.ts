import { createRegistry, type TokenizerType } from '../registry.js';
import { Bsq } from './bsq.js';
import type { Quantizer } from './contract.js';
import { FSQ_VARIANTS, Fsq } from './fsq.js';
import { Lfq } from './lfq.js';
import { ResidualFsq } from './residual-fsq.js';
import { VotingLfq } from './voting-lfq.js';

const BUILT_IN: readonly TokenizerType<Quantizer>[] = [
  ...FSQ_VARIANTS.map((type) => ({ type, fromJSON: Fsq.fromJSON })),
  ResidualFsq,
  Lfq,
  Bsq,
  VotingLfq,
];

/** Every quantizer type of this entry, by the `type` of its configuration. */
export const quantizerTypes = createRegistry(BUILT_IN, { noun: 'quantizer' });

/**
 * The quantizer that a `toJSON()` of this entry describes.
 * @throws PolytokError `UNKNOWN_NAME`, `INVALID_FORMAT`, and what the constructors throw
 */
export function quantizerFromJSON(config: unknown): Quantizer {
  return quantizerTypes.fromJSON(config);
}
