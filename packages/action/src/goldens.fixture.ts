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

interface Goldens {
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
