/** Ids as bare little-endian integers, as language-model trainers memory-map them: no header, no shape. */
import type { IdArray } from '../contract.js';
import { PolytokError } from '../errors.js';
import { littleEndianBytes, readLittleEndian } from './little-endian.js';

/** Two or four bytes per id. */
export type IdType = 'u16' | 'u32';

export function idTypeOf(ids: IdArray): IdType {
  return ids instanceof Uint16Array ? 'u16' : 'u32';
}

/** Room for `length` ids. */
export function allocateIds(type: IdType, length: number): IdArray {
  return type === 'u16' ? new Uint16Array(length) : new Uint32Array(length);
}

/**
 * Ids in the given type, the same array where it has that type already.
 * @throws PolytokError `ID_OUT_OF_RANGE` naming the first id that is not an integer the type can hold
 */
export function toIds(values: ArrayLike<number>, type: IdType): IdArray {
  if (values instanceof (type === 'u16' ? Uint16Array : Uint32Array)) return values;
  const limit = type === 'u16' ? 2 ** 16 : 2 ** 32;
  const ids = allocateIds(type, values.length);
  for (let i = 0; i < values.length; i++) {
    const id = values[i];
    if (!Number.isInteger(id) || id < 0 || id >= limit) {
      throw new PolytokError(
        'ID_OUT_OF_RANGE',
        `Id ${i} is ${id}; ${type} holds integers from 0 to ${limit - 1}.${id >= limit && type === 'u16' ? ' Use u32.' : ''}`,
        { details: { index: i, id, limit } },
      );
    }
    ids[i] = id;
  }
  return ids;
}

/** @throws PolytokError `ID_OUT_OF_RANGE` when an id does not fit the type */
export function encodeRawIds(ids: IdArray, type: IdType): Uint8Array {
  return littleEndianBytes(toIds(ids, type)).slice();
}

/**
 * Shares memory with `bytes` where the ids are aligned.
 * @throws PolytokError `INVALID_FORMAT` when the bytes do not fill whole ids
 */
export function decodeRawIds(bytes: Uint8Array, type: IdType): IdArray {
  const Type = type === 'u16' ? Uint16Array : Uint32Array;
  const width = Type.BYTES_PER_ELEMENT;
  if (bytes.byteLength % width !== 0) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `${type} ids take ${width} bytes each; ${bytes.byteLength} bytes hold no whole number of them. The file is truncated, or of another type.`,
      { details: { byteLength: bytes.byteLength, width } },
    );
  }
  return readLittleEndian<IdArray>(Type, bytes, 0, bytes.byteLength / width);
}
