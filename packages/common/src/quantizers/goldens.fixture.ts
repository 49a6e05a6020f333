/** The golden values of the quantizers, for tests. */
import { readFileSync } from 'node:fs';

interface FsqCase {
  readonly codes: number[][];
  readonly digits: number[][];
  readonly indices: number[];
}

interface FsqBoundsCase {
  readonly codes: number[][];
  readonly ids: number[];
}

interface Goldens {
  readonly fsq: {
    readonly levels: number[];
    readonly z: number[][];
    readonly 'fsq-paper': FsqCase;
    readonly 'fsq-lucidrains': FsqCase;
    readonly 'fsq-lucidrains-symmetric': FsqCase;
  };
  readonly fsq_bounds: {
    readonly levels: number[];
    readonly input: number[][];
    readonly paper_tan: FsqBoundsCase;
    readonly atanh: FsqBoundsCase;
    readonly symmetric: FsqBoundsCase;
    readonly s3_ternary: { readonly input: number[]; readonly id: number; readonly K: number };
  };
  readonly lfq: {
    readonly z: number[][];
    readonly lfq: {
      readonly codes: number[][];
      readonly indices_big_endian: number[];
      readonly indices_little_endian: number[];
      readonly per_sample_entropy: number;
      readonly batch_entropy: number;
      readonly commitment: number;
      readonly aux_loss: number;
    };
    readonly 'lfq-spherical': { readonly codes: number[][]; readonly indices_big_endian: number[] };
  };
  readonly bsq: {
    readonly input: number[];
    readonly unit: number[];
    readonly code: number[];
    readonly id_lsb: number;
    readonly id_msb: number;
  };
  readonly rotation_trick: {
    readonly recipe: string;
    readonly vector: number[];
    readonly code: number[];
    readonly upstream: number[][];
    readonly gradients: number[][];
  }[];
  readonly vq_ema_step: {
    readonly codebook: number[][];
    readonly counts: number[];
    readonly sums: number[][];
    readonly decay: number;
    readonly eps: number;
    readonly batch: number[][];
    readonly assignment: number[];
    readonly new_counts: number[];
    readonly new_sums: number[][];
    readonly new_codebook: number[][];
  };
  readonly voting_rows: {
    readonly rows: { readonly position: number; readonly voters: number[]; readonly expected: number }[];
  };
  readonly voting_loss: {
    readonly N: number;
    readonly T: number;
    readonly d: number;
    /** [voter][frame][dimension] */
    readonly P: number[][][];
    readonly expected: VotingLossCase & {
      readonly ids_lsb: number[];
      readonly ids_msb: number[];
      readonly s_final: number[][];
      readonly per_voter_sample_entropy: number[];
      readonly per_voter_avg_entropy: number[];
    };
    readonly mask: number[];
    readonly expected_masked: VotingLossCase;
    readonly codebook_loss_gradient: { readonly values: number[][][] };
  };
  readonly voted_bit_error: {
    readonly rows: {
      readonly n: number;
      readonly e: number;
      readonly bit: number;
      readonly token13: number;
    }[];
  };
}

interface VotingLossCase {
  readonly sample_entropy: number;
  readonly avg_entropy: number;
  readonly codebook_loss: number;
  readonly commitment_loss: number;
  readonly consensus_code: number;
  readonly consensus_paper: number;
  readonly aux_total: number;
}

export const goldens: Goldens = JSON.parse(
  readFileSync(new URL('../../goldens/quantizers.json', import.meta.url), 'utf8'),
);

export function rowsOf(rows: readonly (readonly number[])[]): Float64Array {
  return Float64Array.from(rows.flat());
}

/** [voter][row][bit] as `(rows, voters, bits)`. */
export function votersToRows(values: readonly (readonly (readonly number[])[])[]): Float64Array {
  return rowsOf(values[0].map((_, row) => values.flatMap((voter) => voter[row])));
}

/** The largest difference between two lists of equal length. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  return Array.from(actual).reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
}
