import { PolytokError } from '../errors.js';

/**
 * Bytes that can be read in part: a file, a blob, a range request, memory. The smallest contract that a
 * format reader needs, so that each reader serves all of them.
 *
 * It guarantees: `slice(start, end)` gives exactly `end - start` bytes or fails. It does not guarantee that
 * they are a copy, nor that the bytes stay the same between two calls.
 */
export interface ByteSource {
  readonly byteLength: number;
  /**
   * Bytes `[start, end)`.
   * @throws PolytokError `INVALID_ARGUMENT` when the range is not inside the source; `IO`
   */
  slice(start: number, end: number): Promise<Uint8Array>;
}

/** Bytes in memory, or a browser's file, as a {@link ByteSource}. Memory is shared, not copied. */
export function toByteSource(data: Uint8Array | Blob): ByteSource {
  return data instanceof Uint8Array ? memorySource(data) : blobSource(data);
}

/**
 * For implementations of {@link ByteSource.slice}.
 * @throws PolytokError `INVALID_ARGUMENT` when `[start, end)` is not inside `[0, byteLength)`
 */
export function checkByteRange(start: number, end: number, byteLength: number): void {
  const inside =
    Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= byteLength;
  if (inside) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `Bytes [${start}, ${end}) are not inside a source of ${byteLength} bytes.`,
    { details: { start, end, byteLength } },
  );
}

function memorySource(bytes: Uint8Array): ByteSource {
  return {
    byteLength: bytes.byteLength,
    async slice(start, end) {
      checkByteRange(start, end, bytes.byteLength);
      return bytes.subarray(start, end);
    },
  };
}

function blobSource(blob: Blob): ByteSource {
  return {
    byteLength: blob.size,
    async slice(start, end) {
      checkByteRange(start, end, blob.size);
      try {
        return new Uint8Array(await blob.slice(start, end).arrayBuffer());
      } catch (cause) {
        // A browser's File turns unreadable when the file on disk changes or disappears.
        throw new PolytokError(
          'IO',
          `Bytes [${start}, ${end}) of a blob could not be read. Select the file again.`,
          {
            details: { start, end },
            cause,
          },
        );
      }
    },
  };
}
