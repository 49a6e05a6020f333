import { isPolytokError } from '@polytok/common';
import type { ActionRange, ActionTokenizer } from '../contract.js';

/** What decoding makes of token sequences. Shares are from 0 to 1. Plain JSON. */
export interface Decodability {
  readonly sequences: number;
  /** Strict decoding gave a finite chunk. */
  readonly strictDecoded: number;
  /** Strict decoding gave a finite chunk or a typed error: nothing untyped, no NaN. Anything below 1 is a defect. */
  readonly strictSafe: number;
  /** Lenient decoding gave a finite chunk. Anything below 1 is a defect. */
  readonly lenientFinite: number;
  /** Lenient decoding gave a chunk within the tokenizer's fitted range; null for a tokenizer that does not state it. */
  readonly lenientInside: number | null;
}

/** Rounding that counts as inside the range, as a share of its width. */
const SLACK = 1e-9;

/**
 * How safely a tokenizer decodes what models write.
 * @param sequences any tokens
 * @returns shares of NaN for no sequences
 */
export function decodability(
  tokenizer: ActionTokenizer,
  sequences: Iterable<ArrayLike<number>>,
): Decodability {
  const { range } = tokenizer;
  const chunk = new Float64Array(tokenizer.steps * tokenizer.columns);
  let count = 0;
  let decoded = 0;
  let safe = 0;
  let finite = 0;
  let inside = 0;
  for (const ids of sequences) {
    count++;
    try {
      tokenizer.decodeInto(ids, chunk);
      if (chunk.every(Number.isFinite)) decoded++;
    } catch (error) {
      if (isPolytokError(error)) safe++;
    }
    const actions = lenient(tokenizer, ids);
    if (!actions?.every(Number.isFinite)) continue;
    finite++;
    if (range && isInside(actions, range)) inside++;
  }
  return {
    sequences: count,
    strictDecoded: decoded / count,
    strictSafe: (decoded + safe) / count,
    lenientFinite: finite / count,
    lenientInside: range ? inside / count : null,
  };
}

function lenient(tokenizer: ActionTokenizer, ids: ArrayLike<number>): Float64Array | undefined {
  try {
    const { actions } = tokenizer.decodeLenient(ids);
    return actions.length === tokenizer.steps * tokenizer.columns ? actions : undefined;
  } catch {
    // The contract forbids it; the share that is returned shows that it happened.
    return undefined;
  }
}

function isInside(actions: Float64Array, { low, high }: ActionRange): boolean {
  const columns = low.length;
  for (let at = 0; at < actions.length; at++) {
    const column = at % columns;
    const slack = SLACK * Math.max(high[column] - low[column], Math.abs(low[column]), Math.abs(high[column]));
    if (actions[at] < low[column] - slack || actions[at] > high[column] + slack) return false;
  }
  return true;
}
