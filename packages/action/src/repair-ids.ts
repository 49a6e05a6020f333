import type { DecodeIssue } from './contract.js';

/** Stands for a token that is missing or no id. */
export const UNKNOWN = -1;

export interface RepairedIds {
  /** `(length)`: legal ids, and {@link UNKNOWN}. */
  readonly ids: Int32Array;
  readonly issues: readonly DecodeIssue[];
}

/** Brings any numbers to `length` ids below `size`; what is beyond is dropped, what is missing or illegal is unknown. */
export function repairIds(
  ids: ArrayLike<number>,
  { length, size }: { readonly length: number; readonly size: number },
): RepairedIds {
  const repaired = new Int32Array(length).fill(UNKNOWN);
  const issues: DecodeIssue[] = [];
  const present = Math.min(ids.length, length);
  let illegal = 0;
  let first = 0;
  for (let at = 0; at < present; at++) {
    const id = ids[at];
    if (Number.isInteger(id) && id >= 0 && id < size) repaired[at] = id;
    else if (illegal++ === 0) first = at;
  }
  if (illegal > 0) {
    const message = `${illegal} of ${present} tokens are no ids below ${size}, the first is ${ids[first]}; they count as missing.`;
    issues.push({ kind: 'id-out-of-range', message, at: first, count: illegal });
  }
  if (ids.length < length) {
    const message = `${length} tokens are needed; got ${ids.length}.`;
    issues.push({ kind: 'too-few-tokens', message, at: ids.length, count: length - ids.length });
  }
  if (ids.length > length) {
    const message = `${length} tokens are needed; got ${ids.length}. The rest is ignored.`;
    issues.push({ kind: 'too-many-tokens', message, at: length, count: ids.length - length });
  }
  return { ids: repaired, issues };
}
