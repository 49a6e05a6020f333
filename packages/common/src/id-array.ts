import type { IdArray } from './contract.js';

/** The narrowest array class for ids below `size`. */
export function idArrayClass(size: number): new (length: number) => IdArray {
  return size <= 0x10000 ? Uint16Array : Uint32Array;
}
