import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PolytokError } from '../errors.js';
import { decodeSafetensors } from '../io/safetensors.js';
import { SAFETENSORS_DTYPE_BYTES, type SafetensorsEntry } from '../io/safetensors-header.js';
import { isJsonObject } from '../json.js';
import type { WeightLocation, WeightStore } from '../onnx/weights/weight-store.js';
import { withFileSource } from './file-source.js';
import { ioError } from './io-error.js';
import { readSafetensorsHeader } from './safetensors-file.js';

/** Bytes before the header: its length. */
const LENGTH_BYTES = 8;
const INDEX = 'model.safetensors.index.json';

/** A tensor, and the file that it is in. */
interface FileEntry extends SafetensorsEntry {
  readonly path: string;
  /** Where the tensors begin. */
  readonly dataStart: number;
}

/**
 * Weights in safetensors files, of which only the headers are read: a file, a folder with `model.safetensors`, or one with
 * several files and `model.safetensors.index.json`. Runtimes map what they need.
 * @throws PolytokError `IO`, `INVALID_FORMAT`, `UNSUPPORTED`, `LIMIT_EXCEEDED`, naming the file
 */
export async function openSafetensorsWeights(path: string): Promise<WeightStore> {
  const entries = new Map<string, FileEntry>();
  for (const file of await filesOf(path)) {
    const header = await readSafetensorsHeader(file);
    for (const [name, found] of header.entries) {
      const other = entries.get(name);
      if (other) {
        throw new PolytokError('INVALID_FORMAT', `Tensor '${name}' is in '${other.path}' and in '${file}'.`, {
          details: { name, files: [other.path, file] },
        });
      }
      entries.set(name, { ...found, path: file, dataStart: header.dataStart });
    }
  }
  return {
    entries,
    async read(name) {
      const { path: file, dataStart, begin, end, dtype, shape } = entryOf(entries, name);
      const data = await withFileSource(file, (source) => source.slice(dataStart + begin, dataStart + end));
      return decodeSafetensors(wrap({ dtype, shape }, data)).tensors.get('tensor')!;
    },
    locate(name): WeightLocation | undefined {
      const { path: file, dataStart, begin, end, dtype } = entryOf(entries, name);
      const offset = dataStart + begin;
      // Files of old versions may begin their data anywhere.
      if (offset % SAFETENSORS_DTYPE_BYTES[dtype] !== 0) return undefined;
      return { folder: dirname(file), file: basename(file), offset, length: end - begin };
    },
  };
}

function entryOf(entries: ReadonlyMap<string, FileEntry>, name: string): FileEntry {
  const entry = entries.get(name);
  if (entry) return entry;
  throw new PolytokError('UNKNOWN_NAME', `There is no tensor '${name}'.`, { details: { name } });
}

async function filesOf(path: string): Promise<readonly string[]> {
  const stats = await stat(path).catch((error: unknown) => {
    throw ioError(error, 'read', path);
  });
  if (stats.isFile()) return path.endsWith('.json') ? shardsOf(path) : [path];
  const single = join(path, 'model.safetensors');
  const isFile = await stat(single).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile ? [single] : shardsOf(join(path, INDEX));
}

async function shardsOf(index: string): Promise<readonly string[]> {
  const text = await readFile(index, 'utf8').catch((error: unknown) => {
    throw ioError(error, 'read', index);
  });
  let map: unknown;
  try {
    map = JSON.parse(text).weight_map;
  } catch (cause) {
    throw new PolytokError('INVALID_FORMAT', `'${index}' is not JSON.`, { cause });
  }
  const files = isJsonObject(map) ? [...new Set(Object.values(map))] : [];
  // Shards stand beside their index, nowhere else.
  const valid =
    files.length > 0 &&
    files.every((file) => typeof file === 'string' && basename(file) === file && file !== '');
  if (valid) return files.map((file) => join(dirname(index), file as string));
  throw new PolytokError(
    'INVALID_FORMAT',
    `'${index}' has no 'weight_map' from tensors to files beside it.`,
    {
      details: { path: index },
    },
  );
}

/** A file of one tensor, for the reader of whole files. */
function wrap({ dtype, shape }: Pick<SafetensorsEntry, 'dtype' | 'shape'>, data: Uint8Array): Uint8Array {
  const json = JSON.stringify({ tensor: { dtype, shape, data_offsets: [0, data.byteLength] } });
  const header = new TextEncoder().encode(
    json.padEnd(Math.ceil((LENGTH_BYTES + json.length) / 8) * 8 - LENGTH_BYTES),
  );
  const bytes = new Uint8Array(LENGTH_BYTES + header.length + data.byteLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, LENGTH_BYTES);
  bytes.set(data, LENGTH_BYTES + header.length);
  return bytes;
}
