/**
 * Where two encodings of overlapping stretches of one input can be joined: the first place where both have the
 * same token at the same position. Everything of `a` up to and with that token, then everything of `b` behind it,
 * is the encoding of the union, since a sequence is an encoding exactly if every adjacent pair is.
 *
 * @param a ids that end at symbol `aEnd`
 * @param b ids that start at symbol `bStart`, before `aEnd`
 * @param widths `(ids)` symbols of each token
 * @returns how many tokens to take from `a` and to skip of `b`; undefined when they never agree
 */
export function findSplice(
  a: ArrayLike<number>,
  aEnd: number,
  b: ArrayLike<number>,
  bStart: number,
  widths: Uint32Array,
): { take: number; skip: number } | undefined {
  let i = a.length;
  let atA = aEnd;
  while (i > 0 && atA > bStart) atA -= widths[a[--i]];
  let j = 0;
  let atB = bStart;
  while (i < a.length && j < b.length) {
    if (atA === atB && a[i] === b[j]) return { take: i + 1, skip: j + 1 };
    if (atA <= atB) atA += widths[a[i++]];
    else atB += widths[b[j++]];
  }
  return undefined;
}
