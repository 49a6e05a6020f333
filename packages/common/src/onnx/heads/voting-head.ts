import { requireInteger } from '../../arguments.js';
import type { Value } from '../graph/graph.js';
import type { Scope } from '../graph/scope.js';
import { greater, where } from '../ops/arithmetic.js';
import { cast } from '../ops/cast.js';
import { concat } from '../ops/concat.js';
import { straightThrough } from '../ops/custom-gradient.js';
import { linear } from '../ops/matmul.js';
import { scalar } from '../ops/operand.js';
import { reduceMean } from '../ops/reduce.js';
import { reshape } from '../ops/reshape.js';
import { digitsToIds, lastSize, MAX_HEAD_IDS } from './digits-to-ids.js';

export interface VotingHeadOptions {
  /** N, odd so that no bit ties; a tie is 0, and its sign −1. */
  readonly voters: number;
  /** Bits of an id, at most 24. */
  readonly bits: number;
  /** Whether projections have biases. Default: true. */
  readonly bias?: boolean;
}

export interface VotingHead {
  /** `[…, voters, bits]`: what the branches project the features to, p. */
  readonly branches: Value;
  /** `[…, bits]`: the mean of the branches' signs, s; straight through to the branches. */
  readonly average: Value;
  /** `[…]`, int32: bit j is that of the majority, the first with weight 1. */
  readonly ids: Value;
  /** `[…, width]`: the majority's signs, projected back; what a decoder is fed. */
  readonly rows: Value;
  /** `[…, width]`: the average, projected back; what training feeds instead. */
  readonly softRows: Value;
}

/**
 * Voting-LFQ (StableToken, arXiv 2509.22220), with the names of its checkpoints: `project_in.0` … `project_in.{N−1}` and
 * `project_out`. Ids are those of `VotingLfq`; the sign of 0 is −1.
 * @param x `[…, width]`
 * @param scope such as `quantizer`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function votingHead(
  x: Value,
  scope: Scope,
  { voters, bits, bias = true }: VotingHeadOptions,
): VotingHead {
  requireInteger(voters, 'voters', { minimum: 1 });
  requireInteger(bits, 'bits', { minimum: 1, maximum: Math.log2(MAX_HEAD_IDS) });
  const width = lastSize(x, 'votingHead');
  const each = Array.from({ length: voters }, (_, voter) =>
    scope.linear(`project_in.${voter}`, width, bits, { bias }),
  );
  // One product for all branches.
  const together = linear(x, {
    weight: concat(
      each.map(({ weight }) => weight),
      { axis: 0 },
    ),
    bias: bias
      ? concat(
          each.map((part) => part.bias!),
          { axis: 0 },
        )
      : undefined,
  });
  const branches = reshape(together, [...x.shape.slice(0, -1), voters, bits]);
  const average = reduceMean(straightThrough(branches, signs(branches)), { axes: [-2] });
  const ones = cast(greater(average, 0), 'float32');
  const back = scope.linear('project_out', bits, width, { bias });
  return {
    branches,
    average,
    ids: digitsToIds(
      ones,
      Array.from({ length: bits }, (_, j) => 2 ** j),
    ),
    rows: linear(signs(average), back),
    softRows: linear(average, back),
  };
}

/** 1 above 0, else −1. */
export function signs(x: Value): Value {
  return where(greater(x, 0), scalar(x.graph, x.type, 1), -1);
}
