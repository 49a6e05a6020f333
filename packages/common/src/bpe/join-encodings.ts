import { concatIds } from '../concat-ids.js';
import type { IdArray } from '../contract.js';
import { idArrayClass } from '../id-array.js';
import type { BpeModel } from './bpe-model.js';
import { findSplice } from './find-splice.js';

/** The encoding of one stretch of an input. */
export interface EncodedStretch {
  /** First symbol. */
  readonly start: number;
  /** Symbol behind the last. */
  readonly end: number;
  readonly ids: IdArray;
}

/** Its last tokens, and where they end: all that joining needs of a stretch once its beginning is joined. */
type EncodedEnd = Omit<EncodedStretch, 'start'>;

/** Tokens from the end of a stretch at which it is first taken up again to be made longer. */
const FIRST_ANCHOR = 64;
/** Symbols by which a stretch is first made longer. */
const FIRST_REACH = 1 << 14;

/**
 * The encoding of a whole input out of those of stretches that overlap and together cover it. Two stretches that
 * do not agree anywhere in their overlap (long runs of one byte, cut at different phases) are brought together by
 * encoding on from the first, as far as it takes.
 *
 * @param bytes the whole input, as `BpeModel.symbolBytes` gives it
 * @param stretches by position; each starts before the one before it ends
 */
export function joinEncodings(
  model: BpeModel,
  bytes: Uint8Array,
  stretches: readonly EncodedStretch[],
): IdArray {
  const pieces: IdArray[] = [];
  let current: EncodedEnd = stretches[0];
  for (const next of stretches.slice(1)) {
    let splice = spliceOf(current, next, model);
    for (let reach = FIRST_REACH; !splice && current.end < next.end; reach *= 4) {
      const longer = extend(
        model,
        bytes,
        current,
        Math.min(next.end, Math.max(current.end, next.start) + reach),
      );
      if (!longer) return model.encodeBytes(bytes);
      current = longer;
      splice = spliceOf(current, next, model);
    }
    // Without a splice `current` now covers all of `next`.
    if (!splice) continue;
    pieces.push(current.ids.subarray(0, splice.take));
    current = { end: next.end, ids: next.ids.subarray(splice.skip) };
  }
  pieces.push(current.ids);
  return concatIds(idArrayClass(model.size), pieces);
}

function spliceOf(current: EncodedEnd, next: EncodedStretch, model: BpeModel) {
  return findSplice(current.ids, current.end, next.ids, next.start, model.widths);
}

/**
 * The stretch encoded on to `end`: anew from one of its last tokens, which must come out again as the first. Should
 * more input change even its first token, there is no such place: undefined.
 */
function extend(
  model: BpeModel,
  bytes: Uint8Array,
  stretch: EncodedEnd,
  end: number,
): EncodedEnd | undefined {
  const { ids } = stretch;
  const each = model.bytesPerSymbol;
  let first = ids.length;
  let position = stretch.end;
  for (let back = FIRST_ANCHOR; first > 0; back *= 4) {
    while (first > 0 && ids.length - first < back) position -= model.widths[ids[--first]];
    const tail = model.encodeBytes(bytes.subarray(position * each, end * each));
    if (tail[0] === ids[first]) {
      return { end, ids: concatIds(idArrayClass(model.size), [ids.subarray(0, first), tail]) };
    }
  }
  return undefined;
}
