import { describe, expect, it } from 'vitest';
import { referenceEncode } from '../bpe/reference-encode.js';
import { DECIMALS, metricGoldens, toyBytes, toyMerges } from './goldens.fixture.js';
import { seamInflation } from './seam-inflation.js';

describe('seamInflation', () => {
  it.each(metricGoldens.seam_inflation)('in pieces of $chunk_bytes bytes is $inflation', (golden) => {
    const result = seamInflation({
      length: toyBytes.length,
      pieceLength: golden.chunk_bytes,
      countTokens: (start, end) => referenceEncode(toyMerges, toyBytes.subarray(start, end)).length,
    });
    expect(result.value).toBeCloseTo(golden.inflation, DECIMALS);
    expect(result).toMatchObject({ tokensWhole: golden.tokens_whole, tokensInPieces: golden.tokens_chunked });
  });

  it('covers the source with pieces, the last one shorter', () => {
    const calls: [number, number][] = [];
    const countTokens = (start: number, end: number) => calls.push([start, end]);
    expect(seamInflation({ length: 10, pieceLength: 4, countTokens }).pieces).toBe(3);
    expect(calls).toEqual([
      [0, 10],
      [0, 4],
      [4, 8],
      [8, 10],
    ]);
  });

  it('is 0 for a piece as long as the source', () => {
    expect(seamInflation({ length: 5, pieceLength: 100, countTokens: () => 3 }).value).toBe(0);
  });

  it.each([
    { length: 0, pieceLength: 1, countTokens: () => 1 },
    { length: 4, pieceLength: 0, countTokens: () => 1 },
    { length: 4, pieceLength: 1.5, countTokens: () => 1 },
    { length: 4, pieceLength: 2, countTokens: () => 0 },
    { length: 4, pieceLength: 2, countTokens: () => Number.NaN },
  ])('refuses %j', (options) => {
    expect(() => seamInflation(options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
