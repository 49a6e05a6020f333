import { type ByteSource, toByteSource } from '@polytok/common/io';
import { describe, expect, it } from 'vitest';
import { BeastTokenizer } from '../beast/beast-tokenizer.js';
import { MemoryDataset } from './dataset-files.js';
import { numberColumn, ParquetSink } from './parquet-sink.js';
import { type ChunkTokens, TokenTable, TokenTableWriter } from './token-table.js';

const tokenizerOf = (high: number) =>
  new BeastTokenizer({
    steps: 6,
    columns: 2,
    points: 4,
    degree: 3,
    bounds: { low: new Float64Array(8).fill(-1), high: new Float64Array(8).fill(high) },
  });
const tokenizer = tokenizerOf(1);
const chunks = Array.from({ length: 5 }, (_, i) => new Float64Array(12).fill(i / 5));

async function written(rows: readonly ChunkTokens[]): Promise<ByteSource> {
  const dataset = new MemoryDataset();
  const writer = await TokenTableWriter.create(dataset, { tokenizer });
  for (const row of rows) await writer.add(row);
  await writer.finish();
  expect([...dataset.files.keys()]).toEqual(['tokens/action.parquet']);
  return toByteSource(dataset.files.get('tokens/action.parquet') ?? new Uint8Array());
}

const rows = chunks.map((chunk, i) => ({
  episode: i >> 1,
  frame: 6 * i,
  tokens: tokenizer.encodeSync(chunk),
}));

async function rowsOf(table: TokenTable): Promise<ChunkTokens[]> {
  const collected = [];
  for await (const row of table.rows()) collected.push(row);
  return collected;
}

describe('a token table', () => {
  it('comes back with the tokenizer that made it', async () => {
    const table = await TokenTable.open(await written(rows));
    expect(table.info).toMatchObject({ feature: 'action', steps: 6, codebooks: 1 });
    const again = BeastTokenizer.fromJSON(table.info.tokenizer);
    const back = await rowsOf(table);
    expect(table.length).toBe(5);
    expect(back).toEqual(rows);
    expect(again.decodeSync(back[3].tokens)).toEqual(tokenizer.decodeSync(rows[3].tokens));
  });

  it('may be empty', async () => {
    const table = await TokenTable.open(await written([]));
    expect(await rowsOf(table)).toEqual([]);
  });

  it('takes no tokens of another tokenizer', async () => {
    const other = tokenizerOf(2);
    const writer = await TokenTableWriter.create(new MemoryDataset(), { tokenizer });
    await expect(writer.add({ episode: 0, frame: 0, tokens: other.encodeSync(chunks[0]) })).rejects.toThrow(
      expect.objectContaining({ code: 'VOCABULARY_MISMATCH' }),
    );
    const table = await TokenTable.open(await written(rows));
    const [{ tokens }] = await rowsOf(table);
    expect(() => other.decodeSync(tokens)).toThrow(expect.objectContaining({ code: 'VOCABULARY_MISMATCH' }));
  });

  it.each([
    [undefined, 'INVALID_FORMAT'],
    ['{', 'INVALID_FORMAT'],
    ['{"version":1,"steps":0}', 'INVALID_FORMAT'],
    ['{"version":2}', 'UNSUPPORTED'],
  ])('is not a file with the metadata %s', async (text, code) => {
    const dataset = new MemoryDataset();
    const parquet = await ParquetSink.create(dataset, 'a', {
      columns: [numberColumn('x', 'FLOAT')],
      metadata: text === undefined ? {} : { 'polytok.action_tokens': text },
    });
    await parquet.commit();
    const source = toByteSource(dataset.files.get('a') ?? new Uint8Array());
    await expect(TokenTable.open(source)).rejects.toThrow(expect.objectContaining({ code }));
  });
});
