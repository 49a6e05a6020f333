import { requireChoice, requireInteger, requirePositive } from '../../arguments.js';
import { BIT_ORDERS, type BitOrder } from '../../bit-order.js';
import type { Value } from '../graph/graph.js';
import { greater, multiply } from '../ops/arithmetic.js';
import { cast } from '../ops/cast.js';
import { straightThrough } from '../ops/custom-gradient.js';
import { digitsToIds, lastSize, MAX_HEAD_IDS } from './digits-to-ids.js';
import type { Quantized } from './nearest-code.js';
import { signs } from './voting-head.js';

export interface LfqHeadOptions {
  readonly order: BitOrder;
  /** Codes are ±scale. Default: 1. */
  readonly scale?: number;
}

/**
 * Lookup-free quantization (Yu et al., arXiv 2310.05737): the ids of `Lfq`, and codes that are straight through to `x`.
 * The sign of 0 is −1.
 * @param x `[…, bits]`, at most 24 bits
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function lfqHead(x: Value, { order, scale = 1 }: LfqHeadOptions): Quantized {
  requireChoice(order, 'order', BIT_ORDERS);
  requirePositive(scale, 'scale');
  const bits = lastSize(x, 'lfqHead');
  requireInteger(bits, 'bits', { minimum: 1, maximum: Math.log2(MAX_HEAD_IDS) });
  const places = Array.from({ length: bits }, (_, j) => 2 ** j);
  if (order === 'msb-first') places.reverse();
  const hard = signs(x);
  return {
    ids: digitsToIds(cast(greater(x, 0), 'float32'), places),
    rows: straightThrough(x, scale === 1 ? hard : multiply(hard, scale)),
  };
}
