/**
 * Token files. `parquet` and `jsonl` hold any number of complete records; `npy`, `u16` and `u32` hold the ids of one
 * sequence and nothing else, so that their reader has to be told the rest.
 */
import type { Alignment } from '../contract.js';
import { PolytokError } from '../errors.js';
import { toByteSource } from './byte-source.js';
import { decodeNpy, encodeNpy } from './npy.js';
import { allocateIds, decodeRawIds, encodeRawIds } from './raw-ids.js';
import { decodeJsonLines, encodeJsonLines } from './token-jsonl.js';
import { decodeParquetRecords, encodeParquetRecords } from './token-parquet.js';
import { type TokenRecord, toStoredRecord } from './token-record.js';

export const TOKEN_FORMATS = ['parquet', 'jsonl', 'npy', 'u16', 'u32'] as const;

export type TokenFormat = (typeof TOKEN_FORMATS)[number];

/** What bare ids do not say about themselves. */
export interface RecordContext {
  readonly source: string;
  readonly modality: string;
  readonly fingerprint: string;
  readonly codebooks: number;
  readonly alignment: Alignment;
}

export interface DecodeRecordsOptions {
  /** Needed for `npy`, `u16` and `u32`; without effect for formats that store it. */
  readonly context?: RecordContext;
}

/** True when a file of this format holds records in full, and any number of them. */
export function holdsRecords(format: TokenFormat): boolean {
  return format === 'parquet' || format === 'jsonl';
}

/**
 * Writes a token file. Equal records give equal bytes.
 * @throws PolytokError `INVALID_ARGUMENT` for a record that could not be read back, or not exactly one in a format of
 * bare ids; `ID_OUT_OF_RANGE` when an id does not fit `u16`; `LIMIT_EXCEEDED` (Parquet, JSON Lines);
 * `UNKNOWN_NAME` for another format
 */
export async function encodeRecords(
  records: readonly TokenRecord[],
  format: TokenFormat,
): Promise<Uint8Array> {
  switch (format) {
    case 'parquet':
      return encodeParquetRecords(records);
    case 'jsonl':
      return encodeJsonLines(records);
    case 'npy':
      return encodeNpyRecord(onlyRecord(records, format));
    case 'u16':
    case 'u32':
      return encodeRawIds(onlyRecord(records, format).ids, format);
    default:
      throw unknownFormat(format);
  }
}

/**
 * Reads a token file.
 * @throws PolytokError `INVALID_FORMAT`, `UNSUPPORTED`, `LIMIT_EXCEEDED`, `ID_OUT_OF_RANGE` as the format's reader
 * says; `INVALID_ARGUMENT` for bare ids without a context; `UNKNOWN_NAME` for another format
 */
export async function decodeRecords(
  bytes: Uint8Array,
  format: TokenFormat,
  { context }: DecodeRecordsOptions = {},
): Promise<TokenRecord[]> {
  switch (format) {
    case 'parquet':
      return decodeParquetRecords(toByteSource(bytes));
    case 'jsonl':
      return decodeJsonLines(bytes);
    case 'npy':
      return [decodeNpyRecord(bytes, requireContext(context, format))];
    case 'u16':
    case 'u32':
      return [withContext(decodeRawIds(bytes, format), requireContext(context, format))];
    default:
      throw unknownFormat(format);
  }
}

/** Shape `(length,)` for one codebook, as most readers expect, and `(length, codebooks)` for several. */
function encodeNpyRecord({ ids, length, codebooks }: TokenRecord): Uint8Array {
  const shape = codebooks === 1 ? [length] : [length, codebooks];
  return ids instanceof Uint16Array
    ? encodeNpy({ dtype: 'u2', shape, data: ids })
    : encodeNpy({ dtype: 'u4', shape, data: ids });
}

function decodeNpyRecord(bytes: Uint8Array, context: RecordContext): TokenRecord {
  const { dtype, shape, data } = decodeNpy(bytes);
  if (dtype !== 'u2' && dtype !== 'u4') {
    throw new PolytokError(
      'UNSUPPORTED',
      `Ids are stored as u2 or u4; this .npy array has type ${dtype}. Convert it with astype().`,
      {
        details: { dtype, supported: ['u2', 'u4'] },
      },
    );
  }
  const [, codebooks = 1] = shape;
  if (shape.length < 1 || shape.length > 2 || codebooks !== context.codebooks) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `Ids for ${context.codebooks} codebooks have the shape (length${context.codebooks === 1 ? ',' : `, ${context.codebooks}`}); this .npy array has [${shape}].`,
      { details: { shape, codebooks: context.codebooks } },
    );
  }
  return withContext(data, context);
}

function withContext(ids: TokenRecord['ids'], context: RecordContext): TokenRecord {
  const length = ids.length / context.codebooks;
  if (!Number.isInteger(length)) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `${ids.length} ids make no whole rows of ${context.codebooks} codebooks. The file is truncated, or of another tokenizer.`,
      { details: { ids: ids.length, codebooks: context.codebooks } },
    );
  }
  return { ...context, ids, length };
}

function onlyRecord(records: readonly TokenRecord[], format: TokenFormat): TokenRecord {
  if (records.length === 1) {
    toStoredRecord(records[0]);
    return records[0];
  }
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `A file of format ${format} holds one sequence; got ${records.length}. Write one file each, or use parquet or jsonl.`,
    { details: { records: records.length, format } },
  );
}

function requireContext(context: RecordContext | undefined, format: TokenFormat): RecordContext {
  if (context === undefined) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `A file of format ${format} holds ids alone. Pass the source, modality, fingerprint, codebooks and alignment as 'context'.`,
      { details: { format } },
    );
  }
  // The context is a record without ids; the record's own check serves for it.
  toStoredRecord({ ...context, ids: allocateIds('u16', 0), length: 0 });
  return context;
}

function unknownFormat(format: never): PolytokError {
  return new PolytokError(
    'UNKNOWN_NAME',
    `'${format}' is no token format; there are ${TOKEN_FORMATS.join(', ')}.`,
    {
      details: { format, available: TOKEN_FORMATS },
    },
  );
}
