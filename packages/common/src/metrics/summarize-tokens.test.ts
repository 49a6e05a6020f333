import { describe, expect, it } from 'vitest';
import { DECIMALS, metricGoldens, toyIds } from './goldens.fixture.js';
import { summarizeTokens } from './summarize-tokens.js';

const toy = metricGoldens.toy_a;

describe('summarizeTokens', () => {
  const card = summarizeTokens({
    sequences: [toyIds.subarray(0, 30), toyIds.subarray(30)],
    vocabularySize: toy.V,
    sourceUnits: toy.bytes,
    sourceBits: 8 * toy.bytes,
  });

  it('agrees with the golden sequence', () => {
    expect(card).toMatchObject({ sequences: 2, tokens: 79, sourceUnits: 222, sourceBits: 1776 });
    expect(card.unitsPerToken).toBeCloseTo(toy.bytes_per_token, DECIMALS);
    expect(card.utilisation.value).toBeCloseTo(toy.utilisation, DECIMALS);
    expect(card.entropyBits).toBeCloseTo(toy.unigram_entropy_bits, DECIMALS);
    expect(card.unigramBitsPerUnit).toBeCloseTo(toy.unigram_bits_per_byte, DECIMALS);
    expect(card.renyiEfficiency).toMatchObject({ alpha: 2.5, vocabularySize: 298 });
    expect(card.renyiEfficiency.value).toBeCloseTo(toy['renyi_2.5_efficiency_V'], DECIMALS);
  });

  it('survives JSON', () => {
    expect(JSON.parse(JSON.stringify(card))).toEqual(card);
  });

  it('is what one expects of four equally frequent ids', () => {
    const sequences = [[0, 1, 2, 3, 0, 1, 2, 3]];
    expect(
      summarizeTokens({ sequences, vocabularySize: 4, sourceUnits: 32, sourceBits: 256, alpha: 1 }),
    ).toEqual({
      sequences: 1,
      tokens: 8,
      sourceUnits: 32,
      unitsPerToken: 4,
      tokensPerUnit: 0.25,
      sourceBits: 256,
      tokenBits: 16,
      bitRatio: 0.0625,
      utilisation: { value: 1, used: 4, vocabularySize: 4 },
      entropyBits: 2,
      unigramBitsPerUnit: 0.5,
      perplexity: 4,
      renyiEfficiency: { value: 1, entropyBits: 2, alpha: 1, vocabularySize: 4 },
      gini: 0,
    });
  });

  it('refuses an empty corpus, a vocabulary of one, and bad sizes', () => {
    const good = { sequences: [[0, 1]], vocabularySize: 2, sourceUnits: 2, sourceBits: 16 };
    for (const bad of [
      { sequences: [] },
      { sequences: [[]] },
      { sourceUnits: 0 },
      { sourceBits: Number.NaN },
      { alpha: -1 },
    ]) {
      expect(() => summarizeTokens({ ...good, ...bad })).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    }
    expect(() => summarizeTokens({ ...good, sequences: [[0, 0]], vocabularySize: 1 })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
    expect(() => summarizeTokens({ ...good, sequences: [[2]] })).toThrow(
      expect.objectContaining({ code: 'ID_OUT_OF_RANGE' }),
    );
  });
});
