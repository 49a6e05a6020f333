import type { IdArray } from './contract.js';

/** The narrowest array class for ids below `size`. */
export function idArrayClass(size: number): new (length: number) => IdArray {
  return size <= 0x10000 ? Uint16Array : Uint32Array;
}

/** Ids below `size` in the narrowest array class: `ids` itself where it is of that class, otherwise a copy. */
export function narrowIds(ids: ArrayLike<number>, size: number): IdArray {
  const Ids = idArrayClass(size);
  if (ids.constructor === Ids) return ids as IdArray;
  const narrow = new Ids(ids.length);
  narrow.set(ids);
  return narrow;
}
