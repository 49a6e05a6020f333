import { describe, expect, it } from 'vitest';
import { compression, unigramBitsPerUnit } from './compression.js';
import { DECIMALS, metricGoldens, toyIds } from './goldens.fixture.js';
import { countTokens } from './token-counts.js';

const toy = metricGoldens.toy_a;

describe('compression', () => {
  it('states rates per source unit and bits under a fixed-length code', () => {
    expect(compression({ tokens: 50, bitsPerToken: 12, sourceUnits: 200, sourceBits: 1600 })).toEqual({
      tokensPerUnit: 0.25,
      unitsPerToken: 4,
      tokenBits: 600,
      sourceBits: 1600,
      bitRatio: 0.375,
    });
  });

  it('agrees with the golden sequence', () => {
    const { tokens, bytes, V } = toy;
    const result = compression({
      tokens,
      bitsPerToken: Math.log2(V),
      sourceUnits: bytes,
      sourceBits: 8 * bytes,
    });
    expect(result.unitsPerToken).toBeCloseTo(toy.bytes_per_token, DECIMALS);
  });

  it.each(['tokens', 'bitsPerToken', 'sourceUnits', 'sourceBits'])(
    "refuses a '%s' that is 0, negative or NaN",
    (name) => {
      const good = { tokens: 1, bitsPerToken: 1, sourceUnits: 1, sourceBits: 1 };
      for (const value of [0, -1, Number.NaN, Infinity]) {
        expect(() => compression({ ...good, [name]: value })).toThrow(
          expect.objectContaining({ code: 'INVALID_ARGUMENT', details: expect.objectContaining({ name }) }),
        );
      }
    },
  );
});

describe('unigramBitsPerUnit', () => {
  it('agrees with the golden sequence', () => {
    const counts = countTokens({ sequences: [toyIds], vocabularySize: toy.V });
    expect(unigramBitsPerUnit(counts, toy.bytes)).toBeCloseTo(toy.unigram_bits_per_byte, DECIMALS);
  });

  it('is one bit per token for two equally frequent ids', () => {
    expect(unigramBitsPerUnit([6, 6], 24)).toBe(0.5);
  });

  it('refuses no tokens and no source', () => {
    expect(() => unigramBitsPerUnit([0, 0], 10)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
    expect(() => unigramBitsPerUnit([1, 1], 0)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
