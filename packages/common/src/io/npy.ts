/**
 * NumPy's `.npy`: one array of plain numbers, versions 1 to 3, little-endian. Reading gives C order (rows
 * first) whatever the file has. Not read: structured types, strings, objects (pickles), big-endian numbers.
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { PolytokError } from '../errors.js';
import { elementCount } from './element-count.js';
import {
  littleEndianBytes,
  type NumericArray,
  type NumericArrayType,
  readLittleEndian,
} from './little-endian.js';
import { formatNpyHeader, MAX_NPY_HEADER_BYTES, type NpyHeader, parseNpyHeader } from './npy-header.js';

/** NumPy's name of each element type, and the array that holds it. `b1` is one byte per boolean, 0 or 1. */
export interface NpyArrays {
  b1: Uint8Array;
  u1: Uint8Array;
  u2: Uint16Array;
  u4: Uint32Array;
  u8: BigUint64Array;
  i1: Int8Array;
  i2: Int16Array;
  i4: Int32Array;
  i8: BigInt64Array;
  f4: Float32Array;
  f8: Float64Array;
}

export type NpyDtype = keyof NpyArrays;

/** An array in C order; `data` has as many elements as the product of `shape`, 1 for the scalar shape `[]`. */
export type NpyArray = {
  [D in NpyDtype]: { readonly dtype: D; readonly shape: readonly number[]; readonly data: NpyArrays[D] };
}[NpyDtype];

const ARRAY_TYPES: { readonly [D in NpyDtype]: NumericArrayType<NpyArrays[D]> } = {
  b1: Uint8Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: BigUint64Array,
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: BigInt64Array,
  f4: Float32Array,
  f8: Float64Array,
};

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy starts the data at a multiple of this, so that it can be mapped into memory. */
const DATA_ALIGNMENT = 64;

/**
 * Writes version 1.0, which every NumPy reads.
 * @throws PolytokError `INVALID_ARGUMENT` when `data` does not fit `dtype` or `shape`
 */
export function encodeNpy({ dtype, shape, data }: NpyArray): Uint8Array {
  const Type = ARRAY_TYPES[dtype];
  if (!(data instanceof Type) || data.length !== elementCount(shape, 'The array', 'INVALID_ARGUMENT')) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `An array of type ${dtype} and shape [${shape}] needs as many elements in a ${Type.name}; got ${data.length} in a ${data.constructor.name}.`,
      { details: { dtype, shape, length: data.length } },
    );
  }
  const order = Type.BYTES_PER_ELEMENT === 1 ? '|' : '<';
  const literal = formatNpyHeader({ descr: order + dtype, fortranOrder: false, shape });
  const preamble = MAGIC.length + 4;
  const dataStart = Math.ceil((preamble + literal.length + 1) / DATA_ALIGNMENT) * DATA_ALIGNMENT;
  const bytes = new Uint8Array(dataStart + data.byteLength);
  bytes.set([...MAGIC, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, dataStart - preamble, true);
  bytes.set(new TextEncoder().encode(`${literal.padEnd(dataStart - preamble - 1)}\n`), preamble);
  bytes.set(littleEndianBytes(data), dataStart);
  return bytes;
}

/**
 * Reads an array; `data` shares memory with `bytes` where it is in C order and aligned.
 * @throws PolytokError `INVALID_FORMAT` (not a .npy file, damaged, truncated, trailing bytes), `UNSUPPORTED`
 * (an element type or version beyond those above), `LIMIT_EXCEEDED` (header over {@link MAX_NPY_HEADER_BYTES})
 */
export function decodeNpy(bytes: Uint8Array): NpyArray {
  const { header, dataStart } = readHeader(bytes);
  const dtype = dtypeOf(header.descr);
  const Type: NumericArrayType<NumericArray> = ARRAY_TYPES[dtype];
  const count = elementCount(header.shape, 'This .npy array');
  const expected = count * Type.BYTES_PER_ELEMENT;
  const actual = bytes.byteLength - dataStart;
  if (actual !== expected) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `This .npy file holds ${actual} bytes of data; ${dtype} of shape [${header.shape}] takes ${expected}. It is ${actual < expected ? 'truncated' : 'followed by something else'}.`,
      { details: { actual, expected, dtype, shape: header.shape } },
    );
  }
  const stored = readLittleEndian(Type, bytes, dataStart, count);
  if (dtype === 'b1') checkBooleans(stored as Uint8Array);
  const data = header.fortranOrder ? toRowsFirst(stored, header.shape, new Type(count)) : stored;
  return { dtype, shape: header.shape, data } as NpyArray;
}

function readHeader(bytes: Uint8Array): { header: NpyHeader; dataStart: number } {
  if (bytes.byteLength < MAGIC.length + 4 || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new PolytokError('INVALID_FORMAT', 'This is not a .npy file: it does not begin with \\x93NUMPY.');
  }
  const version = bytes[6];
  if (version < 1 || version > 3 || bytes[7] !== 0) {
    throw new PolytokError(
      'UNSUPPORTED',
      `.npy version ${version}.${bytes[7]} is not known; versions 1.0 to 3.0 are.`,
      {
        details: { version: [version, bytes[7]] },
      },
    );
  }
  const start = version === 1 ? 10 : 12;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // A file that ends within the four bytes of a version 2 length is as truncated as one that lacks the header.
  const length =
    version === 1 ? view.getUint16(8, true) : bytes.byteLength < 12 ? 0xffff : view.getUint32(8, true);
  if (start + length > bytes.byteLength) {
    throw new PolytokError('INVALID_FORMAT', `This .npy file ends within its header of ${length} bytes.`, {
      details: { headerBytes: length, fileBytes: bytes.byteLength },
    });
  }
  if (length > MAX_NPY_HEADER_BYTES) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `The header of this .npy file has ${length} bytes; the limit is ${MAX_NPY_HEADER_BYTES}.`,
      { details: { headerBytes: length, limit: MAX_NPY_HEADER_BYTES } },
    );
  }
  // All that may appear in a supported header is ASCII, so versions 1 (Latin-1) and 3 (UTF-8) read alike.
  const text = new TextDecoder('latin1').decode(bytes.subarray(start, start + length));
  return { header: parseNpyHeader(text), dataStart: start + length };
}

function dtypeOf(descr: string): NpyDtype {
  const [, order, name] = /^([<|])([biuf]\d)$/.exec(descr) ?? [];
  const known = name !== undefined && Object.hasOwn(ARRAY_TYPES, name);
  if (known && (order === '<' || name.endsWith('1'))) return name as NpyDtype;
  throw new PolytokError(
    'UNSUPPORTED',
    `.npy arrays of type '${descr}' are not read; little-endian ${Object.keys(ARRAY_TYPES).join(', ')} are. Convert with astype().`,
    { details: { descr, available: Object.keys(ARRAY_TYPES) } },
  );
}

function checkBooleans(bytes: Uint8Array): void {
  const index = bytes.findIndex((byte) => byte > 1);
  if (index < 0) return;
  throw new PolytokError(
    'INVALID_FORMAT',
    `Boolean ${index} of this .npy file is stored as ${bytes[index]}, not 0 or 1.`,
    {
      details: { index, value: bytes[index] },
    },
  );
}

/** Rewrites an array whose first index runs fastest into one whose last index does. */
function toRowsFirst<A extends NumericArray>(stored: A, shape: readonly number[], output: A): A {
  const strides: number[] = [];
  for (let axis = 0, stride = 1; axis < shape.length; stride *= shape[axis++]) strides.push(stride);
  const index = new Array<number>(shape.length).fill(0);
  for (let to = 0, from = 0; to < output.length; to++) {
    output[to] = stored[from];
    // An odometer over the indices; `from` follows it by strides alone.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return output;
}
