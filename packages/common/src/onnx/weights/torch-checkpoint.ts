/**
 * Weights of PyTorch's `.pt` and `.pth` files, without Python: a zip of a pickle, which names the tensors, and of their
 * numbers. Only plain dictionaries of tensors are read; nothing in the file is executed.
 */
import { type UnzipFileInfo, unzipSync } from 'fflate';
import { PolytokError } from '../../errors.js';
import { readLittleEndian } from '../../io/little-endian.js';
import type { Tensor, TensorArrays } from '../../io/safetensors.js';
import { SAFETENSORS_DTYPE_BYTES, type SafetensorsDtype } from '../../io/safetensors-header.js';
import { isKind, type PickleDict, type PickleValue, readPickle } from './pickle.js';
import type { WeightEntry, WeightStore } from './weight-store.js';

export interface TorchCheckpointOptions {
  /** Dictionaries to look for in this order, such as `['ema', 'model', 'state_dict']`; the first that is there is read. Default: the checkpoint itself. */
  readonly keys?: readonly string[];
}

const STORAGES: Readonly<Record<string, SafetensorsDtype>> = {
  'torch.FloatStorage': 'F32',
  'torch.DoubleStorage': 'F64',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};

const REBUILD = 'torch._utils._rebuild_tensor_v2';
const REBUILD_PARAMETER = 'torch._utils._rebuild_parameter';
const GLOBALS = new Set([...Object.keys(STORAGES), REBUILD, REBUILD_PARAMETER, 'collections.OrderedDict']);

/** Where a tensor's numbers are. */
interface TorchTensor extends WeightEntry {
  /** Name of the storage in the zip. */
  readonly storage: string;
  /** In elements. */
  readonly offset: number;
  readonly stride: readonly number[];
}

const ARRAYS = {
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
} as const;

/**
 * The tensors of a checkpoint; each is taken out of the file when it is read.
 * @param bytes the whole file
 * @throws PolytokError `INVALID_FORMAT` (no zip, truncated, tensors beyond their numbers); `UNSUPPORTED` for files from before
 *   PyTorch 1.6, and pickles with anything but tensors, naming it; `UNKNOWN_NAME` when none of the keys is there
 */
export function readTorchCheckpoint(
  bytes: Uint8Array,
  { keys = [] }: TorchCheckpointOptions = {},
): WeightStore {
  if (!(bytes[0] === 0x50 && bytes[1] === 0x4b)) {
    throw new PolytokError(
      'UNSUPPORTED',
      'This is no checkpoint that PyTorch 1.6 or later writes: those are zip files. Save it again, or as safetensors.',
    );
  }
  const names: string[] = [];
  const pickles = unzip(bytes, ({ name }) => {
    names.push(name);
    return name.endsWith('/data.pkl');
  });
  const [path] = Object.keys(pickles);
  if (path === undefined) throw invalid("it has no 'data.pkl'");
  const folder = path.slice(0, -'data.pkl'.length);
  const dict = findDict(readPickle(pickles[path], { globals: GLOBALS }), keys);
  const tensors = new Map<string, TorchTensor>();
  for (const [name, value] of dict.entries) {
    const tensor = tensorOf(value);
    if (typeof name === 'string' && tensor) tensors.set(name, tensor);
    else if (typeof value === 'object' && value !== null && !isKind(value, 'dict')) {
      throw new PolytokError(
        'UNSUPPORTED',
        `'${String(name)}' of this checkpoint is no tensor. Name the dictionary of tensors as a key.`,
        {
          details: { name },
        },
      );
    }
  }
  if (tensors.size === 0) throw invalid('it has no tensors; name the dictionary that holds them as a key');
  return {
    entries: tensors,
    async read(name) {
      const tensor = tensors.get(name);
      if (!tensor)
        throw new PolytokError('UNKNOWN_NAME', `There is no tensor '${name}'.`, { details: { name } });
      const file = `${folder}data/${tensor.storage}`;
      const storage = unzip(bytes, (info) => info.name === file)[file];
      if (storage === undefined) throw invalid(`the numbers of '${name}' are missing`);
      return gather(name, tensor, storage);
    },
  };
}

/** What the directory of a zip takes at least for every file. */
const ZIP_ENTRY_BYTES = 46;

/**
 * Checkpoints are stored, not compressed: so a file cannot unfold to more than it is. Nor can it have more files than fit
 * into it; where it says so, the reader below would go through billions.
 */
function unzip(bytes: Uint8Array, wanted: (info: UnzipFileInfo) => boolean): Record<string, Uint8Array> {
  let room = bytes.byteLength;
  try {
    return unzipSync(bytes, {
      filter(info) {
        room -= ZIP_ENTRY_BYTES;
        if (room < 0) throw invalid('its zip counts more files than it has room for');
        if (!wanted(info)) return false;
        if (info.compression === 0 && info.originalSize <= bytes.byteLength) return true;
        throw invalid(`'${info.name}' is compressed, which PyTorch does not do`);
      },
    });
  } catch (cause) {
    if (cause instanceof PolytokError) throw cause;
    throw invalid(`its zip is damaged or truncated (${(cause as Error).message})`, cause);
  }
}

function findDict(root: PickleValue, keys: readonly string[]): PickleDict {
  if (!isKind(root, 'dict')) throw invalid('it is no dictionary');
  if (keys.length === 0) return root;
  for (const key of keys) {
    const found = root.entries.find(([name]) => name === key)?.[1];
    if (isKind(found, 'dict')) return found;
  }
  const available = root.entries.map(([name]) => String(name));
  throw new PolytokError(
    'UNKNOWN_NAME',
    `This checkpoint has none of ${keys.join(', ')}. It has: ${available.slice(0, 12).join(', ')}.`,
    { details: { keys, available } },
  );
}

function tensorOf(value: PickleValue): TorchTensor | undefined {
  if (!isKind(value, 'call')) return undefined;
  if (value.of.name === REBUILD_PARAMETER) return tensorOf(value.args[0]);
  const [storage, offset, size, stride] = value.args;
  if (value.of.name !== REBUILD || !isKind(storage, 'persistent') || !isKind(storage.id, 'tuple'))
    return undefined;
  const [, type, key] = storage.id.items;
  const dtype = isKind(type, 'global') ? STORAGES[type.name] : undefined;
  const shape = countsOf(size);
  const steps = countsOf(stride);
  if (dtype && typeof key === 'string' && isCount(offset) && shape && steps?.length === shape.length) {
    return { dtype, shape, storage: key, offset, stride: steps };
  }
  throw invalid('a tensor in it lacks its type, shape or place');
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function countsOf(value: PickleValue | undefined): readonly number[] | undefined {
  if (!isKind(value, 'tuple') || !value.items.every(isCount)) return undefined;
  return value.items as readonly number[];
}

/** The elements of a view of a storage, in order. */
function gather(name: string, { dtype, shape, offset, stride }: TorchTensor, storage: Uint8Array): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const last = count === 0 ? -1 : shape.reduce((at, size, axis) => at + (size - 1) * stride[axis], offset);
  const available = Math.floor(storage.byteLength / SAFETENSORS_DTYPE_BYTES[dtype]);
  if (last >= available || count > available) {
    throw invalid(`tensor '${name}' takes ${last + 1} numbers, its storage has ${available}`);
  }
  const Type = ARRAYS[dtype];
  const all = readLittleEndian<TensorArrays[SafetensorsDtype]>(Type as never, storage, 0, available);
  const data = isContiguous(shape, stride)
    ? all.slice(offset, offset + count)
    : strided(all, { count, shape, stride, offset });
  return { dtype, shape, data } as Tensor;
}

function isContiguous(shape: readonly number[], stride: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && stride[axis] !== step) return false;
    step *= shape[axis];
  }
  return true;
}

function strided(
  all: TensorArrays[SafetensorsDtype],
  view: {
    readonly count: number;
    readonly shape: readonly number[];
    readonly stride: readonly number[];
    readonly offset: number;
  },
): TensorArrays[SafetensorsDtype] {
  const { count, shape, stride, offset } = view;
  const data = all.slice(0, count);
  for (let index = 0; index < count; index++) {
    let rest = index;
    let at = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += (rest % shape[axis]) * stride[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    data[index] = all[at];
  }
  return data;
}

function invalid(problem: string, cause?: unknown): PolytokError {
  return new PolytokError('INVALID_FORMAT', `Not a sound PyTorch checkpoint: ${problem}.`, { cause });
}
