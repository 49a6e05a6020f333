import { isAlignment } from '../alignment.js';
import type { TokenSequence } from '../contract.js';
import { type ErrorCode, PolytokError } from '../errors.js';
import { isJsonObject } from '../json.js';
import { MAX_CODEBOOKS } from '../vocabulary.js';
import { type IdType, idTypeOf, toIds } from './raw-ids.js';

/** Tokens together with the name of what they were made from: one row of a token file. */
export interface TokenRecord extends TokenSequence {
  /** Path, URL or key of the signal. Unicode text. */
  readonly source: string;
}

/** A record as formats with named fields store it. */
export interface StoredRecord {
  readonly source: string;
  readonly modality: string;
  readonly fingerprint: string;
  readonly codebooks: number;
  readonly length: number;
  readonly dtype: IdType;
  readonly alignment: TokenSequence['alignment'];
  /** `(length, codebooks)`, row-major. */
  readonly ids: ArrayLike<number>;
}

/** Fields of each alignment in the order in which they are written: equal records give equal bytes. */
const ALIGNMENT_FIELDS = ['kind', 'hop', 'rate', 'offset', 'rows', 'columns', 'patch', 'start', 'length'];

/**
 * Fields in the order in which they are written.
 * @throws PolytokError `INVALID_ARGUMENT` for a record that could not be read back
 */
export function toStoredRecord(record: TokenRecord): StoredRecord {
  const { source, modality, fingerprint, codebooks, length, alignment, ids } = record;
  const stored = { source, modality, fingerprint, codebooks, length, dtype: idTypeOf(ids), alignment, ids };
  checkStoredRecord(stored, `The record of '${source}'`, 'INVALID_ARGUMENT');
  return { ...stored, alignment: JSON.parse(JSON.stringify(alignment, ALIGNMENT_FIELDS)) };
}

/**
 * Reads fields from an untrusted file.
 * @param where names the row in messages, such as 'Line 3'
 * @throws PolytokError `INVALID_FORMAT`, `ID_OUT_OF_RANGE`
 */
export function fromStoredRecord(fields: unknown, where: string): TokenRecord {
  checkStoredRecord(fields, where, 'INVALID_FORMAT');
  const { source, modality, fingerprint, codebooks, length, alignment } = fields;
  return {
    source,
    modality,
    fingerprint,
    codebooks,
    length,
    alignment,
    ids: toIds(fields.ids, fields.dtype),
  };
}

function checkStoredRecord(fields: unknown, where: string, code: ErrorCode): asserts fields is StoredRecord {
  const problem = isJsonObject(fields) ? findProblem(fields) : 'is no object';
  if (problem === undefined) return;
  throw new PolytokError(code, `${where} is not a token record: ${problem}.`, {
    details: { where, problem },
  });
}

function findProblem(fields: Readonly<Record<string, unknown>>): string | undefined {
  const { codebooks, length, dtype, alignment, ids } = fields;
  for (const name of ['source', 'modality', 'fingerprint']) {
    const text = fields[name];
    if (typeof text !== 'string') return `its ${name} is ${text === undefined ? 'missing' : 'no string'}`;
    // Half a surrogate pair has no UTF-8 form: it would come back as U+FFFD.
    if (/\p{Surrogate}/u.test(text)) return `its ${name} is not valid Unicode`;
  }
  if (!isCount(codebooks) || codebooks < 1 || codebooks > MAX_CODEBOOKS) {
    return `it has ${codebooks} codebooks; 1 to ${MAX_CODEBOOKS} are expected`;
  }
  if (!isCount(length)) return `its length is ${length}`;
  if (dtype !== 'u16' && dtype !== 'u32') return `its dtype is ${dtype}, neither u16 nor u32`;
  if (!isAlignment(alignment)) return 'its alignment has an unknown kind, or lacks a number';
  if (!Array.isArray(ids) && !ArrayBuffer.isView(ids)) return 'its ids are no list';
  const count = (ids as ArrayLike<unknown>).length;
  if (count !== length * codebooks) return `it has ${count} ids for ${length} rows of ${codebooks}`;
  return undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
