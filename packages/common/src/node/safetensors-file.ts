import { PolytokError } from '../errors.js';
import {
  MAX_SAFETENSORS_HEADER_BYTES,
  parseSafetensorsHeader,
  type SafetensorsHeader,
} from '../io/safetensors-header.js';
import { withFileSource } from './file-source.js';

/** Bytes before the header: its length. */
const LENGTH_BYTES = 8;

/** A header, and where the tensors begin in the file. */
export interface SafetensorsFileHeader extends SafetensorsHeader {
  readonly dataStart: number;
}

/**
 * The header of a safetensors file, checked against the file's length; tensors are not read.
 * @throws PolytokError `IO`, `INVALID_FORMAT`, `UNSUPPORTED`, `LIMIT_EXCEEDED`, naming the file
 */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsFileHeader> {
  return withFileSource(path, async (source) => {
    if (source.byteLength < LENGTH_BYTES) throw truncated(path);
    const head = await source.slice(0, LENGTH_BYTES);
    const length = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0, true));
    if (length > MAX_SAFETENSORS_HEADER_BYTES) {
      throw new PolytokError(
        'LIMIT_EXCEEDED',
        `The header of '${path}' says that it has ${length} bytes; the limit is ${MAX_SAFETENSORS_HEADER_BYTES}.`,
        { details: { path, headerBytes: length, limit: MAX_SAFETENSORS_HEADER_BYTES } },
      );
    }
    const dataStart = LENGTH_BYTES + length;
    if (dataStart > source.byteLength) throw truncated(path);
    const header = await source.slice(LENGTH_BYTES, dataStart);
    return {
      ...namingFile(path, () => parseSafetensorsHeader(header, source.byteLength - dataStart)),
      dataStart,
    };
  });
}

/** Runs what may refuse the contents of a file; its error then names the file. */
export function namingFile<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PolytokError)) throw error;
    throw new PolytokError(error.code, `'${path}': ${error.message}`, {
      details: { ...error.details, path },
      cause: error,
    });
  }
}

function truncated(path: string): PolytokError {
  return new PolytokError(
    'INVALID_FORMAT',
    `'${path}' ends within its safetensors header. It is truncated, or another kind of file.`,
    {
      details: { path },
    },
  );
}
