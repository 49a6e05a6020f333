/**
 * Tokens beside a data set: a Parquet file with a row for each chunk, and the tokenizer that made them in its metadata.
 * The tokens stay apart from the frames, so that a data set has as many tokenizations as are tried.
 */
import {
  checkSameVocabulary,
  isJsonObject,
  PolytokError,
  type TokenizerConfig,
  type TokenSequence,
} from '@polytok/common';
import { type ByteSource, readParquetFooter, readParquetRows } from '@polytok/common/io';
import type { ActionTokenizer } from '../contract.js';
import type { DatasetSink } from './dataset-files.js';
import { listColumn, numberColumn, ParquetSink } from './parquet-sink.js';

/** The tokens of one chunk. */
export interface ChunkTokens {
  /** Index of the episode. */
  readonly episode: number;
  /** First frame of the chunk in its episode. */
  readonly frame: number;
  readonly tokens: TokenSequence;
}

/** What made the tokens of a table. */
export interface TokenTableInfo {
  /** Of the tokenizer's vocabulary. */
  readonly fingerprint: string;
  readonly codebooks: number;
  /** Frames of a chunk. */
  readonly steps: number;
  /** The feature that was tokenized, such as `action`. */
  readonly feature: string;
  /** The tokenizer's `toJSON()`. */
  readonly tokenizer: TokenizerConfig;
}

/** Where the tokens of a feature stand in a data set. */
export const tokenTablePath = (feature: string): string => `tokens/${feature}.parquet`;

/** Rows of one file: the chunks of a million frames, with every stride, many times over. */
export const MAX_TOKEN_TABLE_ROWS = 2 ** 26;

const METADATA = 'polytok.action_tokens';
const VERSION = 1;
/** A row group is written after so many ids: some 30 MB while they are encoded. */
const ROW_GROUP_IDS = 2 ** 18;

export interface TokenTableWriterOptions {
  readonly tokenizer: Pick<ActionTokenizer, 'vocabulary' | 'steps' | 'toJSON'>;
  /** The feature that is tokenized. Default: 'action'. */
  readonly feature?: string;
  /** Default: {@link tokenTablePath}. */
  readonly path?: string;
}

/** Writes a token table, in memory that does not grow with it. The file is there after `finish`, in full. */
export class TokenTableWriter {
  readonly #parquet: ParquetSink;
  readonly #options: TokenTableWriterOptions;
  #rows: ChunkTokens[] = [];
  #ids = 0;

  private constructor(parquet: ParquetSink, options: TokenTableWriterOptions) {
    this.#parquet = parquet;
    this.#options = options;
  }

  /** @throws PolytokError `IO` */
  static async create(sink: DatasetSink, options: TokenTableWriterOptions): Promise<TokenTableWriter> {
    const { tokenizer, feature = 'action', path = tokenTablePath(feature) } = options;
    const { fingerprint, codebooks } = tokenizer.vocabulary;
    const { steps } = tokenizer;
    const info: TokenTableInfo = { fingerprint, codebooks, steps, feature, tokenizer: tokenizer.toJSON() };
    const parquet = await ParquetSink.create(sink, path, {
      columns: [
        numberColumn('episode_index', 'INT64'),
        numberColumn('frame_index', 'INT64'),
        listColumn('tokens', [
          { name: 'tokens', type: 'INT32', converted_type: 'UINT_32', repetition_type: 'OPTIONAL' },
        ]),
      ],
      metadata: { [METADATA]: JSON.stringify({ version: VERSION, ...info }) },
    });
    return new TokenTableWriter(parquet, options);
  }

  /** @throws PolytokError `VOCABULARY_MISMATCH` for tokens of another tokenizer; `IO` */
  async add(row: ChunkTokens): Promise<void> {
    checkSameVocabulary(row.tokens, this.#options.tokenizer.vocabulary);
    this.#rows.push(row);
    this.#ids += row.tokens.ids.length;
    if (this.#ids >= ROW_GROUP_IDS) await this.#flush();
  }

  /** @throws PolytokError `IO` */
  async finish(): Promise<void> {
    await this.#flush();
    await this.#parquet.commit();
  }

  /** Gives up: the file does not come to be. Without effect after `finish`. */
  abort(): Promise<void> {
    return this.#parquet.abort();
  }

  async #flush(): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    this.#ids = 0;
    await this.#parquet.write([
      { name: 'episode_index', data: BigInt64Array.from(rows, ({ episode }) => BigInt(episode)) },
      { name: 'frame_index', data: BigInt64Array.from(rows, ({ frame }) => BigInt(frame)) },
      { name: 'tokens', data: rows.map(({ tokens }) => Array.from(tokens.ids)), encoding: 'RLE_DICTIONARY' },
    ]);
  }
}

/** A token table, read row group by row group. */
export class TokenTable {
  /** Rebuild the tokenizer from `info.tokenizer`, by a registry. */
  readonly info: TokenTableInfo;
  readonly #source: ByteSource;
  readonly #metadata: Awaited<ReturnType<typeof readParquetFooter>>;

  private constructor(
    source: ByteSource,
    metadata: Awaited<ReturnType<typeof readParquetFooter>>,
    info: TokenTableInfo,
  ) {
    this.#source = source;
    this.#metadata = metadata;
    this.info = info;
  }

  /** @throws PolytokError `INVALID_FORMAT` for what is no token table; `UNSUPPORTED` for a later one; `LIMIT_EXCEEDED` */
  static async open(source: ByteSource): Promise<TokenTable> {
    const metadata = await readParquetFooter(source, { maxRows: MAX_TOKEN_TABLE_ROWS });
    const text = metadata.key_value_metadata?.find(({ key }) => key === METADATA)?.value;
    return new TokenTable(source, metadata, parseInfo(text));
  }

  /** Chunks. */
  get length(): number {
    return Number(this.#metadata.num_rows);
  }

  /**
   * The chunks in the order in which they were written.
   * @throws PolytokError `INVALID_FORMAT` naming the row; `UNSUPPORTED`, `LIMIT_EXCEEDED`. Whether ids are in the vocabulary
   * is checked by decoding.
   */
  async *rows(): AsyncGenerator<ChunkTokens, void> {
    const { fingerprint, codebooks, steps } = this.info;
    let at = 0;
    for (const group of this.#metadata.row_groups.keys()) {
      for (const row of await readParquetRows(this.#source, this.#metadata, group, COLUMNS)) {
        const { tokens: ids, episode_index, frame_index } = row;
        if (!isIds(ids, codebooks) || !isIndex(episode_index) || !isIndex(frame_index)) throw badRow(at);
        const tokens: TokenSequence = {
          modality: 'action',
          ids: ids.every((id) => id < 2 ** 16) ? Uint16Array.from(ids) : Uint32Array.from(ids),
          length: ids.length / codebooks,
          codebooks,
          fingerprint,
          alignment: { kind: 'whole', length: steps },
        };
        yield { episode: Number(episode_index), frame: Number(frame_index), tokens };
        at++;
      }
    }
  }
}

const COLUMNS = ['episode_index', 'frame_index', 'tokens'];

function parseInfo(text: string | undefined): TokenTableInfo {
  const json = text === undefined ? undefined : tryJson(text);
  if (isJsonObject(json) && Number.isInteger(json.version) && (json.version as number) > VERSION) {
    throw new PolytokError(
      'UNSUPPORTED',
      `This token table has version ${json.version}; this release of polytok reads version ${VERSION}.`,
      { details: { version: json.version, supported: VERSION } },
    );
  }
  const { fingerprint, codebooks, steps, feature, tokenizer } = isJsonObject(json)
    ? json
    : ({} as Record<string, unknown>);
  if (
    typeof fingerprint === 'string' &&
    typeof feature === 'string' &&
    isCount(codebooks) &&
    isCount(steps) &&
    isConfig(tokenizer)
  ) {
    return { fingerprint, codebooks, steps, feature, tokenizer };
  }
  throw new PolytokError(
    'INVALID_FORMAT',
    `This Parquet file is no token table: '${METADATA}' in its metadata ${text === undefined ? 'is missing' : 'is not what polytok writes'}.`,
    { details: { key: METADATA } },
  );
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isConfig(value: unknown): value is TokenizerConfig {
  return isJsonObject(value) && typeof value.type === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isIndex(value: unknown): value is bigint {
  return typeof value === 'bigint' && value >= 0n && value <= Number.MAX_SAFE_INTEGER;
}

function isIds(value: unknown, codebooks: number): value is number[] {
  return (
    Array.isArray(value) &&
    value.length % codebooks === 0 &&
    value.every((id) => Number.isInteger(id) && id >= 0 && id < 2 ** 32)
  );
}

function badRow(row: number): PolytokError {
  return new PolytokError(
    'INVALID_FORMAT',
    `Row ${row} of the token table lacks its indices, or has tokens that are no ids of 32 bits. Write the table again.`,
    { details: { row } },
  );
}
