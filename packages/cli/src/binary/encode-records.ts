import { type BinaryTokenizer, encodeSections, sectionSource } from '@polytok/binary';
import type { IdArray } from '@polytok/common';
import { MAX_PARQUET_RECORD_IDS, type TokenRecord } from '@polytok/common/io';

export interface EncodeRecordsOptions {
  readonly tokenizer: BinaryTokenizer;
  /** Sections to encode, each alone; see `encodeSections`. Default: the whole file. */
  readonly sections: readonly string[];
  /** Encodes whole files, on several threads for example. Default: the tokenizer's own way. */
  readonly encodeWhole?: (bytes: Uint8Array) => Promise<IdArray>;
}

/** The records of one file: one, one per chosen section, or more where one would be too long for a row. */
export async function encodeFileRecords(
  source: string,
  bytes: Uint8Array,
  { tokenizer, sections, encodeWhole }: EncodeRecordsOptions,
): Promise<TokenRecord[]> {
  if (sections.length > 0) {
    return encodeSections(tokenizer, bytes, sections).flatMap(({ section, tokens }) =>
      splitRecord({ ...tokens, source: sectionSource(source, section) }, tokenizer),
    );
  }
  const { modality, codebooks, fingerprint } = tokenizer.vocabulary;
  const ids = encodeWhole ? await encodeWhole(bytes) : tokenizer.encodeSync(bytes).ids;
  const alignment = { kind: 'widths', start: 0 } as const;
  return splitRecord(
    { source, modality, codebooks, fingerprint, alignment, ids, length: ids.length },
    tokenizer,
  );
}

/** Cuts a record into rows that every format can hold; each starts where the one before it ends. */
function splitRecord(record: TokenRecord, { model }: BinaryTokenizer): TokenRecord[] {
  const { ids, alignment } = record;
  if (ids.length <= MAX_PARQUET_RECORD_IDS || alignment.kind !== 'widths') return [record];
  const parts: TokenRecord[] = [];
  let { start } = alignment;
  for (let at = 0; at < ids.length; at += MAX_PARQUET_RECORD_IDS) {
    const part = ids.slice(at, at + MAX_PARQUET_RECORD_IDS);
    parts.push({ ...record, ids: part, length: part.length, alignment: { kind: 'widths', start } });
    for (const id of part) start += model.widths[id];
  }
  return parts;
}
