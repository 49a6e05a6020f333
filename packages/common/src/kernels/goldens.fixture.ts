/** The golden values of the kernels, for tests. */
import { readFileSync } from 'node:fs';
import type { Metric } from './contract.js';

interface KernelGoldens {
  readonly vq_nearest: Readonly<Record<`${Metric}_ids`, readonly number[]>> & {
    readonly first_values: readonly number[];
  };
  readonly voting_rows: {
    readonly rows: readonly { readonly voters: readonly number[]; readonly expected: number }[];
  };
  readonly voting: {
    readonly N: number;
    readonly T: number;
    readonly d: number;
    /** [voter][frame][bit] */
    readonly P: readonly (readonly (readonly number[])[])[];
    readonly expected: { readonly ids_lsb: readonly number[]; readonly ids_msb: readonly number[] };
  };
}

export const goldens: KernelGoldens = JSON.parse(
  readFileSync(new URL('../../goldens/kernels.json', import.meta.url), 'utf8'),
);

/** The golden file's generator: values in [-1, 1) by a linear congruence from `seed`. */
export function congruential(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return (state / 2 ** 32) * 2 - 1;
  };
}
