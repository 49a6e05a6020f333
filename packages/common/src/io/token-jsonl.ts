/** Token records as JSON Lines: one {@link StoredRecord} per line, for inspection and for tools without Parquet. */
import { PolytokError } from '../errors.js';
import { fromStoredRecord, type TokenRecord, toStoredRecord } from './token-record.js';

/** Longest line: a JavaScript engine cannot hold much more text in one string (V8: 2^29 characters). */
export const MAX_JSON_LINE_BYTES = 2 ** 28;

const LINE_FEED = 0x0a;

/** @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED` (a line over {@link MAX_JSON_LINE_BYTES}) */
export function encodeJsonLines(records: readonly TokenRecord[]): Uint8Array {
  const encoder = new TextEncoder();
  const lines = records.map((record, i) => {
    const stored = toStoredRecord(record);
    const line = encoder.encode(`${JSON.stringify({ ...stored, ids: Array.from(stored.ids) })}\n`);
    checkLineLength(line.byteLength, i);
    return line;
  });
  const bytes = new Uint8Array(lines.reduce((sum, line) => sum + line.byteLength, 0));
  let offset = 0;
  for (const line of lines) {
    bytes.set(line, offset);
    offset += line.byteLength;
  }
  return bytes;
}

/**
 * Reads what {@link encodeJsonLines} writes; blank lines and a missing last line feed are accepted.
 * @throws PolytokError `INVALID_FORMAT` naming the line, `ID_OUT_OF_RANGE`, `LIMIT_EXCEEDED`
 */
export function decodeJsonLines(bytes: Uint8Array): TokenRecord[] {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const records: TokenRecord[] = [];
  for (let start = 0, line = 0; start < bytes.byteLength; line++) {
    const lineFeed = bytes.indexOf(LINE_FEED, start);
    const end = lineFeed < 0 ? bytes.byteLength : lineFeed;
    checkLineLength(end - start, line);
    const fields = parseLine(decoder, bytes.subarray(start, end), line);
    if (fields !== undefined) records.push(fromStoredRecord(fields, `Line ${line + 1}`));
    start = end + 1;
  }
  return records;
}

function parseLine(decoder: TextDecoder, bytes: Uint8Array, line: number): unknown {
  try {
    const text = decoder.decode(bytes).trim();
    return text === '' ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `Line ${line + 1} is not JSON in UTF-8. The file is damaged or truncated.`,
      {
        details: { line: line + 1 },
        cause,
      },
    );
  }
}

function checkLineLength(byteLength: number, line: number): void {
  if (byteLength <= MAX_JSON_LINE_BYTES) return;
  throw new PolytokError(
    'LIMIT_EXCEEDED',
    `Line ${line + 1} has ${byteLength} bytes; the limit is ${MAX_JSON_LINE_BYTES}. Store long sequences as npy, u16 or u32.`,
    { details: { line: line + 1, byteLength, limit: MAX_JSON_LINE_BYTES } },
  );
}
