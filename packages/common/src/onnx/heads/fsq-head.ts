import { requireChoice } from '../../arguments.js';
import { PolytokError } from '../../errors.js';
import { FSQ_VARIANTS, type FsqVariant, fsqBounds } from '../../quantizers/fsq-bounds.js';
import type { Value } from '../graph/graph.js';
import { floor, round, tanh } from '../ops/activation.js';
import { add, divide, maximum, minimum, multiply, subtract } from '../ops/arithmetic.js';
import { straightThrough } from '../ops/custom-gradient.js';
import { digitsToIds, lastSize, MAX_HEAD_IDS } from './digits-to-ids.js';
import type { Quantized } from './nearest-code.js';

export interface FsqHeadOptions {
  readonly variant: FsqVariant;
  /** Levels per dimension; their product is at most 2^24. */
  readonly levels: readonly number[];
}

/**
 * Finite scalar quantization (Mentzer et al., arXiv 2309.15505): the ids of `Fsq`, and codes that are straight through to
 * the squashed numbers.
 * @param x `[…, levels]`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function fsqHead(x: Value, { variant, levels }: FsqHeadOptions): Quantized {
  requireChoice(variant, 'variant', FSQ_VARIANTS);
  const dimension = lastSize(x, 'fsqHead');
  const ids = levels.reduce((product, count) => product * count, 1);
  const counts = levels.every((count) => Number.isInteger(count) && count >= 2);
  if (!counts || levels.length !== dimension || ids > MAX_HEAD_IDS) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `fsqHead takes a level of at least 2 for each of ${dimension} dimensions, of a product up to ${MAX_HEAD_IDS}; got [${levels.join(', ')}].`,
      { details: { levels, dimension } },
    );
  }
  const row = (values: readonly number[]) =>
    x.graph.constant('float32', [dimension], Float32Array.from(values));
  const places = levels.map((_, j) => levels.slice(0, j).reduce((product, count) => product * count, 1));
  const most = row(levels.map((count) => count - 1));
  const within = (digits: Value) => minimum(maximum(digits, 0), most);
  if (variant === 'fsq-lucidrains-symmetric') {
    const soft = tanh(x);
    const digits = within(floor(add(multiply(add(soft, 1), divide(most, 2)), 0.5)));
    const hard = subtract(multiply(digits, row(levels.map((count) => 2 / (count - 1)))), 1);
    return { ids: digitsToIds(digits, places), rows: straightThrough(soft, hard) };
  }
  const bounds = fsqBounds(variant, levels);
  const centre = row(levels.map((count) => Math.floor(count / 2)));
  const squashed = subtract(
    multiply(tanh(add(x, row(bounds.map(({ shift }) => shift)))), row(bounds.map(({ half }) => half))),
    row(bounds.map(({ offset }) => offset)),
  );
  const digits = within(add(round(squashed), centre));
  const rows = straightThrough(divide(squashed, centre), divide(subtract(digits, centre), centre));
  return { ids: digitsToIds(digits, places), rows };
}
