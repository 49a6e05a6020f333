/** safetensors: named tensors and string metadata, without code. Header and checks are in safetensors-header.ts. */
import { PolytokError } from '../errors.js';
import { elementCount } from './element-count.js';
import { bfloat16ToFloat32, float16ToFloat32 } from './float-conversion.js';
import { joinBytes } from './join-bytes.js';
import {
  littleEndianBytes,
  type NumericArray,
  type NumericArrayType,
  readLittleEndian,
} from './little-endian.js';
import {
  MAX_SAFETENSORS_HEADER_BYTES,
  parseSafetensorsHeader,
  SAFETENSORS_DTYPE_BYTES,
  type SafetensorsDtype,
} from './safetensors-header.js';

/** The array of each element type. `F16` and `BF16` are bit patterns (see {@link tensorToFloat32}), `BOOL` is 0 or 1. */
export interface TensorArrays {
  BOOL: Uint8Array;
  U8: Uint8Array;
  I8: Int8Array;
  U16: Uint16Array;
  I16: Int16Array;
  F16: Uint16Array;
  BF16: Uint16Array;
  U32: Uint32Array;
  I32: Int32Array;
  F32: Float32Array;
  U64: BigUint64Array;
  I64: BigInt64Array;
  F64: Float64Array;
}

/** Row-major; `data` has as many elements as the product of `shape`. */
export type Tensor = {
  [D in SafetensorsDtype]: {
    readonly dtype: D;
    readonly shape: readonly number[];
    readonly data: TensorArrays[D];
  };
}[SafetensorsDtype];

/** What a file holds. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface EncodeSafetensorsOptions {
  /** Strings by name, stored as `__metadata__`. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const ARRAY_TYPES: { readonly [D in SafetensorsDtype]: NumericArrayType<TensorArrays[D]> } = {
  BOOL: Uint8Array,
  U8: Uint8Array,
  I8: Int8Array,
  U16: Uint16Array,
  I16: Int16Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  U32: Uint32Array,
  I32: Int32Array,
  F32: Float32Array,
  U64: BigUint64Array,
  I64: BigInt64Array,
  F64: Float64Array,
};

/** The header's length stands before it as a 64-bit integer. */
const LENGTH_BYTES = 8;

/**
 * Writes tensors so that each is aligned in the file: wide element types first, then by name. Equal content gives
 * equal bytes, whatever the order of the map.
 * @throws PolytokError `INVALID_ARGUMENT` when data do not fit a dtype or shape, or a name is '__metadata__'
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  options: EncodeSafetensorsOptions = {},
): Uint8Array {
  return joinBytes(safetensorsParts(tensors, options));
}

/**
 * The file of {@link encodeSafetensors} in parts that follow each other: a header, and the memory of each tensor, not
 * copied.
 * @throws PolytokError `INVALID_ARGUMENT` as {@link encodeSafetensors}
 */
export function safetensorsParts(
  tensors: ReadonlyMap<string, Tensor>,
  { metadata = {} }: EncodeSafetensorsOptions = {},
): Uint8Array[] {
  const inOrder = [...tensors].sort(
    ([nameA, a], [nameB, b]) => widthOf(b) - widthOf(a) || (nameA < nameB ? -1 : 1),
  );
  const fields: [string, unknown][] =
    Object.keys(metadata).length === 0 ? [] : [['__metadata__', sorted(metadata)]];
  let position = 0;
  for (const [name, tensor] of inOrder) {
    checkTensor(name, tensor);
    const { dtype, shape, data } = tensor;
    fields.push([name, { dtype, shape, data_offsets: [position, (position += data.byteLength)] }]);
  }
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(fields)));
  const dataStart = Math.ceil((LENGTH_BYTES + header.byteLength) / 8) * 8;
  const head = new Uint8Array(dataStart).fill(0x20, LENGTH_BYTES);
  new DataView(head.buffer).setBigUint64(0, BigInt(dataStart - LENGTH_BYTES), true);
  head.set(header, LENGTH_BYTES);
  return [head, ...inOrder.map(([, { data }]) => littleEndianBytes(data))];
}

/**
 * Reads every tensor; data share memory with `bytes` where they are aligned.
 * @throws PolytokError `INVALID_FORMAT` (see `parseSafetensorsHeader`), `UNSUPPORTED` (element type),
 * `LIMIT_EXCEEDED` (header over {@link MAX_SAFETENSORS_HEADER_BYTES})
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const dataStart = LENGTH_BYTES + headerLength(bytes);
  const { entries, metadata } = parseSafetensorsHeader(
    bytes.subarray(LENGTH_BYTES, dataStart),
    bytes.byteLength - dataStart,
  );
  const tensors = new Map<string, Tensor>();
  for (const [name, { dtype, shape, begin, end }] of entries) {
    const Type: NumericArrayType<NumericArray> = ARRAY_TYPES[dtype];
    const data = readLittleEndian(Type, bytes, dataStart + begin, (end - begin) / Type.BYTES_PER_ELEMENT);
    tensors.set(name, { dtype, shape, data } as Tensor);
  }
  return { tensors, metadata };
}

/**
 * A floating-point tensor in single precision: exact for `F16` and `BF16`, rounded for `F64`, no copy for `F32`.
 * @throws PolytokError `UNSUPPORTED` for integers
 */
export function tensorToFloat32(tensor: Tensor): Float32Array {
  switch (tensor.dtype) {
    case 'F32':
      return tensor.data;
    case 'F64':
      return Float32Array.from(tensor.data);
    case 'F16':
      return float16ToFloat32(tensor.data);
    case 'BF16':
      return bfloat16ToFloat32(tensor.data);
    default:
      throw new PolytokError('UNSUPPORTED', `A tensor of ${tensor.dtype} is not floating-point.`, {
        details: { dtype: tensor.dtype },
      });
  }
}

function headerLength(bytes: Uint8Array): number {
  const available = bytes.byteLength - LENGTH_BYTES;
  if (available < 0) {
    throw new PolytokError('INVALID_FORMAT', 'Not a safetensors file: it is shorter than 8 bytes.');
  }
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > available) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `This file ends within its safetensors header: ${length} bytes announced, ${available} there. It is truncated, or not a safetensors file.`,
      { details: { headerBytes: length, available } },
    );
  }
  if (length > MAX_SAFETENSORS_HEADER_BYTES) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `This safetensors header has ${length} bytes; the limit is ${MAX_SAFETENSORS_HEADER_BYTES}.`,
      { details: { headerBytes: length, limit: MAX_SAFETENSORS_HEADER_BYTES } },
    );
  }
  return length;
}

function widthOf({ dtype }: Tensor): number {
  return SAFETENSORS_DTYPE_BYTES[dtype];
}

function checkTensor(name: string, { dtype, shape, data }: Tensor): void {
  const Type = ARRAY_TYPES[dtype];
  const fits =
    data instanceof Type && data.length === elementCount(shape, `Tensor '${name}'`, 'INVALID_ARGUMENT');
  if (fits && name !== '__metadata__') return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    fits
      ? "A tensor cannot have the name '__metadata__': safetensors keeps it for the metadata."
      : `Tensor '${name}' of type ${dtype} and shape [${shape}] needs as many elements in a ${Type.name}; got ${data.length} in a ${data.constructor.name}.`,
    { details: { name, dtype, shape, length: data.length } },
  );
}

function sorted(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
}
