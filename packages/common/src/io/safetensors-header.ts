/**
 * The JSON header of a safetensors file: names, element types, shapes and places of tensors. Checked as the
 * reference implementation does, and duplicate names besides.
 * Source: https://github.com/huggingface/safetensors (format section of the README; `validate` in tensor.rs)
 */
import { PolytokError } from '../errors.js';
import { isJsonObject } from '../json.js';
import { parseJsonText } from '../json-text.js';
import { elementCount } from './element-count.js';

/** The reference implementation's limit, far above the largest published headers (about 10 MB). */
export const MAX_SAFETENSORS_HEADER_BYTES = 100_000_000;

/** Bytes per element. */
export const SAFETENSORS_DTYPE_BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;

export type SafetensorsDtype = keyof typeof SAFETENSORS_DTYPE_BYTES;

/** Where a tensor is: `[begin, end)` counts from the end of the header. */
export interface SafetensorsEntry {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of the header. */
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * @param bytes the header alone
 * @param dataBytes bytes that follow it in the file
 * @throws PolytokError `INVALID_FORMAT` when it is not JSON of this kind, a name stands twice, or the tensors do
 * not tile the data without hole and overlap; `UNSUPPORTED` for other element types
 */
export function parseSafetensorsHeader(bytes: Uint8Array, dataBytes: number): SafetensorsHeader {
  const { __metadata__: metadata = {}, ...tensors } = parseJson(bytes);
  if (!isJsonObject(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    throw invalid("'__metadata__' is not an object of strings");
  }
  const entries = new Map(Object.entries(tensors).map(([name, entry]) => [name, parseEntry(name, entry)]));
  checkTiling(entries, dataBytes);
  return { entries, metadata: metadata as Record<string, string> };
}

function parseJson(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = parseJsonText(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw invalid(`the header is not sound JSON (${(cause as Error).message})`, {}, cause);
  }
  if (!isJsonObject(json)) throw invalid('the header is not a JSON object');
  return json;
}

function parseEntry(name: string, entry: unknown): SafetensorsEntry {
  if (!isJsonObject(entry) || !isCounts(entry.shape) || !isCounts(entry.data_offsets)) {
    throw invalid(`tensor '${name}' lacks a dtype, a shape or data_offsets`, { name });
  }
  const { shape } = entry;
  const dtype = parseDtype(name, entry.dtype);
  const [begin, end] = entry.data_offsets;
  const expected = elementCount(shape, `Tensor '${name}'`) * SAFETENSORS_DTYPE_BYTES[dtype];
  if (entry.data_offsets.length !== 2 || end - begin !== expected) {
    throw invalid(
      `tensor '${name}' takes ${expected} bytes (${dtype} of shape [${shape}]), but has data_offsets [${entry.data_offsets}]`,
      { name, expected, offsets: entry.data_offsets },
    );
  }
  return { dtype, shape, begin, end };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

function parseDtype(name: string, dtype: unknown): SafetensorsDtype {
  if (typeof dtype === 'string' && Object.hasOwn(SAFETENSORS_DTYPE_BYTES, dtype))
    return dtype as SafetensorsDtype;
  const available = Object.keys(SAFETENSORS_DTYPE_BYTES);
  throw new PolytokError(
    'UNSUPPORTED',
    `Tensor '${name}' has elements of type '${dtype}'; safetensors types read here are ${available.join(', ')}.`,
    { details: { name, dtype, available } },
  );
}

/** A file without holes and overlaps has one reading: no bytes to hide in, no tensor that changes another. */
function checkTiling(entries: ReadonlyMap<string, SafetensorsEntry>, dataBytes: number): void {
  const inOrder = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let position = 0;
  for (const [name, { begin, end }] of inOrder) {
    if (begin !== position) {
      const problem = begin < position ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw invalid(`tensor '${name}' begins at ${begin}, not ${position}: it ${problem}`, {
        name,
        begin,
        position,
      });
    }
    position = end;
  }
  if (position !== dataBytes) {
    throw invalid(
      `tensors take ${position} bytes, the file holds ${dataBytes}. It is truncated, or longer than its header says`,
      {
        expected: position,
        actual: dataBytes,
      },
    );
  }
}

function invalid(problem: string, details: Record<string, unknown> = {}, cause?: unknown): PolytokError {
  return new PolytokError('INVALID_FORMAT', `Not a valid safetensors file: ${problem}.`, { details, cause });
}
