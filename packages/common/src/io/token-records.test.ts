import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import type { Alignment } from '../contract.js';
import type { TokenRecord } from './token-record.js';
import { decodeRecords, encodeRecords, type TokenFormat } from './token-records.js';

const record = (fields: Partial<TokenRecord> = {}): TokenRecord => {
  const ids = fields.ids ?? Uint16Array.of(1, 2, 3);
  const { codebooks = 1 } = fields;
  return {
    source: 'clips/a.wav',
    modality: 'speech',
    fingerprint: '0123456789abcdef',
    alignment: { kind: 'hop', hop: 320, rate: 16000, offset: 0 },
    codebooks,
    ids,
    length: ids.length / codebooks,
    ...fields,
  };
};

const alignments: Alignment[] = [
  { kind: 'hop', hop: 320, rate: 16000, offset: -160.5 },
  { kind: 'grid', rows: 2, columns: 3, patch: [16, 8] },
  { kind: 'widths', start: 4096 },
  { kind: 'whole', length: 50 },
];

const records: fc.Arbitrary<TokenRecord[]> = fc.array(
  fc
    .record({
      source: fc.string({ unit: 'grapheme' }),
      modality: fc.string({ unit: 'grapheme' }),
      fingerprint: fc.string(),
      alignment: fc.constantFrom(...alignments),
      codebooks: fc.integer({ min: 1, max: 4 }),
      length: fc.integer({ min: 0, max: 20 }),
    })
    .chain((fields) => {
      const count = fields.length * fields.codebooks;
      const size = { minLength: count, maxLength: count };
      return fc.oneof(fc.uint16Array(size), fc.uint32Array(size)).map((ids) => ({ ...fields, ids }));
    }),
  { maxLength: 8 },
);

describe.each<TokenFormat>(['parquet', 'jsonl'])('%s', (format) => {
  const roundTrip = async (input: TokenRecord[]) => decodeRecords(await encodeRecords(input, format), format);

  it('brings back any records', async () => {
    await fc.assert(
      fc.asyncProperty(records, async (input) => {
        expect(await roundTrip(input)).toEqual(input);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['no records', []],
    ['only empty sequences', [record({ ids: new Uint16Array() }), record({ ids: new Uint32Array() })]],
    ['an empty sequence between others', [record(), record({ ids: new Uint16Array() }), record()]],
    ['ids of 2^31 and more', [record({ ids: Uint32Array.of(0, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1) })]],
    ['one id many times', [record({ ids: new Uint32Array(5000).fill(2 ** 32 - 1) })]],
    ['all ids of 16 bits', [record({ ids: Uint16Array.from(Array(65536).keys()) })]],
  ])('brings back %s', async (_, input) => {
    expect(await roundTrip(input)).toEqual(input);
  });

  it('gives equal bytes for equal records, whatever the order of the keys', async () => {
    const shuffled = record({ alignment: { offset: 0, rate: 16000, hop: 320, kind: 'hop' } });
    expect(await encodeRecords([shuffled], format)).toEqual(await encodeRecords([record()], format));
  });

  it.each<[string, Partial<TokenRecord>]>([
    ['a length of other than its ids', { length: 4 }],
    ['no codebooks', { codebooks: 0 }],
    ['half a surrogate pair in its source', { source: '\ud800.wav' }],
    ['an alignment without its numbers', { alignment: { kind: 'hop', hop: 320 } as Alignment }],
    ['an alignment that is not finite', { alignment: { kind: 'widths', start: Number.NaN } }],
  ])('refuses to write a record with %s', async (_, fields) => {
    await expect(encodeRecords([record(fields)], format)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

it('parquet has one typed column per field, which any reader understands', async () => {
  const bytes = await encodeRecords([record({ ids: Uint32Array.of(2 ** 31, 7), codebooks: 2 })], 'parquet');
  expect(await parquetReadObjects({ file: bytes.buffer as ArrayBuffer })).toEqual([
    {
      source: 'clips/a.wav',
      modality: 'speech',
      fingerprint: '0123456789abcdef',
      codebooks: 2,
      length: 1,
      dtype: 'u32',
      alignment: '{"kind":"hop","hop":320,"rate":16000,"offset":0}',
      ids: [2147483648, 7],
    },
  ]);
});

it('jsonl is one object per line', async () => {
  const text = new TextDecoder().decode(await encodeRecords([record(), record({ source: 'b' })], 'jsonl'));
  expect(text.split('\n')).toEqual([
    '{"source":"clips/a.wav","modality":"speech","fingerprint":"0123456789abcdef","codebooks":1,"length":3,"dtype":"u16","alignment":{"kind":"hop","hop":320,"rate":16000,"offset":0},"ids":[1,2,3]}',
    '{"source":"b","modality":"speech","fingerprint":"0123456789abcdef","codebooks":1,"length":3,"dtype":"u16","alignment":{"kind":"hop","hop":320,"rate":16000,"offset":0},"ids":[1,2,3]}',
    '',
  ]);
});

describe('formats of bare ids', () => {
  const contextOf = ({ source, modality, fingerprint, codebooks, alignment }: TokenRecord) => ({
    source,
    modality,
    fingerprint,
    codebooks,
    alignment,
  });

  it.each<[TokenFormat, TokenRecord]>([
    ['npy', record()],
    ['npy', record({ ids: new Uint16Array() })],
    ['npy', record({ ids: Uint32Array.of(1, 2, 3, 2 ** 31), codebooks: 2 })],
    ['u16', record({ codebooks: 3 })],
    ['u32', record({ ids: Uint32Array.of(2 ** 32 - 1) })],
  ])('%s brings back one record, given its context', async (format, input) => {
    const bytes = await encodeRecords([input], format);
    expect(await decodeRecords(bytes, format, { context: contextOf(input) })).toEqual([input]);
  });

  it.each<TokenFormat>(['npy', 'u16', 'u32'])('%s holds exactly one record', async (format) => {
    await expect(encodeRecords([], format)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(encodeRecords([record(), record()], format)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it.each<TokenFormat>(['npy', 'u16', 'u32'])('%s needs a context to be read', async (format) => {
    const bytes = await encodeRecords([record()], format);
    await expect(decodeRecords(bytes, format)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('u16 refuses wide ids', async () => {
    const wide = record({ ids: Uint32Array.of(65536) });
    await expect(encodeRecords([wide], 'u16')).rejects.toMatchObject({ code: 'ID_OUT_OF_RANGE' });
  });

  it.each<TokenFormat>(['npy', 'u16'])('%s refuses a context with other codebooks', async (format) => {
    const bytes = await encodeRecords([record()], format);
    const context = { ...contextOf(record()), codebooks: 2 };
    await expect(decodeRecords(bytes, format, { context })).rejects.toMatchObject({ code: 'INVALID_FORMAT' });
  });
});

it('refuses a format it does not know', async () => {
  const format = 'csv' as TokenFormat;
  const unknown = { code: 'UNKNOWN_NAME', details: { available: ['parquet', 'jsonl', 'npy', 'u16', 'u32'] } };
  await expect(encodeRecords([], format)).rejects.toMatchObject(unknown);
  await expect(decodeRecords(new Uint8Array(), format)).rejects.toMatchObject(unknown);
});
