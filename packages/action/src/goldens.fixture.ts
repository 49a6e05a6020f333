/** The golden values of this package, for tests. */
import { readFileSync } from 'node:fs';

type Rows = readonly (readonly number[])[];

interface BeastCase {
  readonly T: number;
  readonly D: number;
  readonly N: number;
  readonly p: number;
  readonly V: number;
  readonly lambda: number;
  readonly gripper_columns: readonly number[];
  readonly input: Rows;
  readonly control_points: Rows;
  readonly w_min: Rows;
  readonly w_max: Rows;
  readonly tokens: readonly number[];
  readonly decoded: Rows;
}

/** Candidates of one step, and what the rules make of them. */
export interface EnsembleStep {
  readonly n: number;
  readonly candidates_oldest_first: Rows;
  readonly cosine: readonly number[];
  readonly vote: readonly number[];
  readonly adaptive: readonly number[];
  readonly temporal: readonly number[];
  readonly mean: readonly number[];
}

interface Goldens {
  readonly ensembles: {
    readonly K: number;
    readonly tau: number;
    readonly alpha: number;
    readonly m: number;
    readonly chunks: readonly Rows[];
    readonly steps: readonly EnsembleStep[];
    readonly direct: readonly (Pick<EnsembleStep, 'candidates_oldest_first' | 'vote' | 'adaptive'> & {
      readonly name: string;
      readonly tau: number;
      readonly alpha: number;
    })[];
    readonly nan_cases: readonly (EnsembleStep & { readonly K: number; readonly tau: number })[];
  };
  readonly metrics: {
    readonly fps: number;
    readonly input: Rows;
    readonly jerk_rms: number;
    readonly ldlj_per_column: readonly number[];
    readonly tokens: readonly number[];
    readonly V: number;
    readonly entropy_bits: number;
    readonly normalised_entropy: number;
    readonly perplexity: number;
    readonly used_share: number;
    readonly top_share: number;
    readonly lengths: {
      readonly token_lengths: readonly number[];
      readonly T: number;
      readonly D: number;
      readonly V: number;
      readonly fps: number;
      readonly compression_ratio: number;
      readonly mean: number;
      readonly p50: number;
      readonly p99: number;
      readonly bits_per_second_mean: number;
      readonly bit_ratio_vs_float32: number;
    };
  };
  readonly normalisers: {
    readonly stats: {
      readonly q01: readonly number[];
      readonly q99: readonly number[];
      readonly min: readonly number[];
      readonly max: readonly number[];
      readonly mask: readonly boolean[];
    };
    readonly x: Rows;
    readonly openpi_quantile: Rows;
    readonly openvla_bounds_q99: Rows;
    readonly openvla_unnormalised: Rows;
    readonly lerobot_pipeline_quantiles: Rows;
    readonly lerobot_trainer_quantiles: Rows;
  };
  readonly bspline_basis: {
    readonly knots: readonly { readonly N: number; readonly p: number; readonly knots: readonly number[] }[];
    readonly matrices: readonly {
      readonly T: number;
      readonly N: number;
      readonly p: number;
      readonly rows: readonly number[];
      readonly values: Rows;
    }[];
  };
  readonly beast_fit: BeastCase & {
    readonly query_phases: readonly number[];
    readonly decoded_at_query_phases: Rows;
    readonly init_p: readonly number[];
    readonly decoded_with_init_p: Rows;
    readonly derivatives_of_decoded_joints: Readonly<
      Record<
        'tau=1.0' | 'tau=0.76',
        { readonly phase: readonly number[]; readonly velocity: Rows; readonly acceleration: Rows }
      >
    >;
    readonly continuous_dof_major: readonly number[];
    readonly continuous_basis_major: readonly number[];
    readonly llm_ids: {
      readonly model_vocab: number;
      readonly 'beast_calvin (vocab-2-token)': readonly number[];
      readonly 'fork (vocab-V+token)': readonly number[];
    };
  };
  readonly beast_constrained_fit: {
    readonly T: number;
    readonly p: number;
    readonly tau: number;
    readonly lambda: number;
    readonly start_position: readonly number[];
    readonly start_velocity: readonly number[];
    readonly input: Rows;
    readonly orders: Readonly<
      Record<1 | 2, { readonly M: number; readonly control_points: Rows; readonly decoded: Rows }>
    >;
  };
  readonly openvla_bins: {
    readonly vocab_size: number;
    readonly values: readonly number[];
    readonly ids: readonly number[];
    readonly decoded: readonly number[];
  };
  readonly openpi_bins: {
    readonly action_tokens: readonly number[];
    readonly actions: readonly number[];
    readonly state: readonly number[];
    readonly state_bins: readonly number[];
  };
  readonly residual_vq: {
    readonly codebooks: readonly Rows[];
    readonly cases: readonly {
      readonly x: readonly number[];
      readonly indices: readonly number[];
      readonly quantised: readonly number[];
    }[];
  };
  readonly fast_dct: {
    readonly T: number;
    readonly D: number;
    readonly scale: number;
    readonly input: Rows;
    readonly dct: Rows;
    readonly rounded_flat: readonly number[];
    readonly decoded: Rows;
    readonly strings: Readonly<
      Record<string, { readonly code_points: readonly number[]; readonly gpt2_regex_pieces: number }>
    >;
  };
  readonly fast_bpe_own_fit: {
    readonly T: number;
    readonly D: number;
    readonly scale: number;
    readonly min_token: number;
    readonly training_coefficients: Rows;
    readonly vocab_in_id_order: readonly string[];
    readonly merges: readonly (readonly [string, string])[];
    readonly encoded_ids: Rows;
    readonly chunk_of_fast_dct: { readonly ids: readonly number[] };
    readonly out_of_range_chunk: {
      readonly coefficients: readonly number[];
      readonly official_ids: readonly number[];
    };
  };
  readonly 'fast_bpe_offset_-354': {
    readonly vocab_in_id_order: readonly string[];
    readonly merges: readonly (readonly [string, string])[];
    readonly ids_of_fast_dct_chunk: readonly number[];
    readonly malformed: { readonly ids: readonly number[] };
  };
  readonly prefix_refit: {
    readonly T: number;
    readonly k: number;
    readonly n_ctrl: number;
    readonly n_prefix: number;
    readonly n_free: number;
    readonly old_control_points: Rows;
    readonly prefix: Rows;
    readonly results: Readonly<
      Record<'w=0.0' | 'w=0.05', { readonly new_control_points: Rows; readonly curve: Rows }>
    >;
  };
  readonly beast_decode_preset_libero: {
    readonly tokens: readonly number[];
    readonly w_min: number;
    readonly w_max: number;
    readonly decoded: Rows;
  };
  readonly beast_fit_tight_bounds: { readonly tokens: readonly number[]; readonly clipped_share: number };
  readonly beast_gripper_middle_column: BeastCase;
  readonly beast_bounds_modes: {
    readonly batches: readonly Rows[];
    readonly online_after_each_batch: readonly {
      readonly w_min: readonly number[];
      readonly w_max: readonly number[];
    }[];
    readonly minmax: { readonly w_min: readonly number[]; readonly w_max: readonly number[] };
    readonly 'quantile_0.01_0.99_linear': {
      readonly w_min: readonly number[];
      readonly w_max: readonly number[];
    };
    readonly minmax_plus_margin: {
      readonly margin_share_of_range: number;
      readonly w_min: readonly number[];
      readonly w_max: readonly number[];
    };
  };
}

export const goldens: Goldens = JSON.parse(
  readFileSync(new URL('../goldens/action.json', import.meta.url), 'utf8'),
).cases;

/** Rows of numbers as one array. */
export function flat(rows: Rows): Float64Array {
  return Float64Array.from(rows.flat());
}

/** The largest difference between two arrays of the same length; infinite for others, NaN where one has NaN. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  return Math.max(...Array.from(a, (value, at) => Math.abs(value - b[at])));
}
