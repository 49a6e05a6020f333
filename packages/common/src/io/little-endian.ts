import { PolytokError } from '../errors.js';

/** Every typed array that a file format here stores. */
export type NumericArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** The constructor of a typed array. */
export interface NumericArrayType<A extends NumericArray> {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): A;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): A;
}

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * `length` little-endian elements at `byteOffset`: a view of `bytes` where the elements are aligned in memory,
 * a copy otherwise. The caller has checked that they are there.
 */
export function readLittleEndian<A extends NumericArray>(
  Type: NumericArrayType<A>,
  bytes: Uint8Array,
  byteOffset: number,
  length: number,
): A {
  requireLittleEndianHost();
  const start = bytes.byteOffset + byteOffset;
  if (start % Type.BYTES_PER_ELEMENT === 0) return new Type(bytes.buffer, start, length);
  const copy = new Type(length);
  littleEndianBytes(copy).set(bytes.subarray(byteOffset, byteOffset + copy.byteLength));
  return copy;
}

/** The bytes of an array as a little-endian file stores them; a view, not a copy. */
export function littleEndianBytes(array: NumericArray): Uint8Array {
  requireLittleEndianHost();
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Views share memory with the file only where both have the same byte order, as on every common machine. */
function requireLittleEndianHost(): void {
  if (!HOST_IS_LITTLE_ENDIAN) {
    throw new PolytokError('UNSUPPORTED', 'Binary formats need a little-endian machine; this one is not.');
  }
}
