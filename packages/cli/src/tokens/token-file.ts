import { basename, dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { decodeRecords, type RecordContext, type TokenFormat, type TokenRecord } from '@polytok/common/io';
import { readFileBytes } from '@polytok/common/node';
import { readShardIndex, type ShardIndex } from './shard-index.js';

/** Consecutive records of one source: rows of one sequence that was too long for a single one. */
export interface SourceRecords {
  readonly source: string;
  readonly records: readonly TokenRecord[];
}

/** Reads token files, those of bare ids by the index beside them or, without one, in a context of the caller's. */
export class TokenFiles {
  readonly #indexes = new Map<string, Promise<ShardIndex>>();
  readonly #stdin: Readable;

  constructor(stdin: Readable) {
    this.#stdin = stdin;
  }

  /** What is known about a file of bare ids; undefined without an index. @throws PolytokError `IO`, `INVALID_FORMAT` */
  async contextOf(path: string): Promise<RecordContext | undefined> {
    if (path === '-') return undefined;
    const folder = dirname(path);
    if (!this.#indexes.has(folder)) this.#indexes.set(folder, readShardIndex(folder));
    const index = await this.#indexes.get(folder)!;
    return Object.hasOwn(index, basename(path)) ? index[basename(path)] : undefined;
  }

  /** @throws PolytokError as `decodeRecords`; `IO` */
  async read(path: string, format: TokenFormat, otherwise: RecordContext): Promise<SourceRecords[]> {
    const bytes = await readFileBytes(path, { stdin: this.#stdin });
    const context = (await this.contextOf(path)) ?? otherwise;
    return groupBySource(await decodeRecords(bytes, format, { context }));
  }
}

function groupBySource(records: readonly TokenRecord[]): SourceRecords[] {
  const groups: { source: string; records: TokenRecord[] }[] = [];
  for (const record of records) {
    const last = groups.at(-1);
    if (last?.source === record.source) last.records.push(record);
    else groups.push({ source: record.source, records: [record] });
  }
  return groups;
}
