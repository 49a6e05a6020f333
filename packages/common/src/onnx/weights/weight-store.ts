import { PolytokError } from '../../errors.js';
import type { Tensor } from '../../io/safetensors.js';
import type { SafetensorsDtype } from '../../io/safetensors-header.js';

/**
 * Named tensors that parameters are bound to: a map, a safetensors file or several, a checkpoint.
 *
 * It guarantees: names, types and shapes are known before any number is read. It does not guarantee that all tensors fit
 * into memory together.
 */
export interface WeightStore {
  readonly entries: ReadonlyMap<string, WeightEntry>;
  /** One tensor. @throws PolytokError `UNKNOWN_NAME`, `IO`, `INVALID_FORMAT` */
  read(name: string): Promise<Tensor>;
  /** Where a tensor's little-endian elements lie in a file, so that a runtime can map them; undefined where they do not. */
  locate?(name: string): WeightLocation | undefined;
}

export interface WeightEntry {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
}

export interface WeightLocation {
  readonly folder: string;
  /** Name within the folder. */
  readonly file: string;
  /** In bytes. */
  readonly offset: number;
  readonly length: number;
}

/** Tensors in memory as a {@link WeightStore}. */
export function weightsOf(tensors: ReadonlyMap<string, Tensor>): WeightStore {
  return {
    entries: tensors,
    async read(name) {
      const tensor = tensors.get(name);
      if (tensor) return tensor;
      throw new PolytokError('UNKNOWN_NAME', `There is no tensor '${name}'.`, { details: { name } });
    },
  };
}
