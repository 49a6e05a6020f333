import { describe, expect, it } from 'vitest';
import { instructionAlignment } from './alignment.js';
import { DECIMALS, metricGoldens } from './goldens.fixture.js';

const sections = metricGoldens.instruction_alignment.map((golden) => ({
  tokenLengths: golden.token_lengths,
  instructionStarts: golden.instruction_starts,
  codeLength: golden.code_bytes,
}));

describe('instructionAlignment', () => {
  it.each(metricGoldens.instruction_alignment.map((golden, i) => ({ golden, section: sections[i] })))(
    'of tokens $section.tokenLengths is the golden value',
    ({ golden, section }) => {
      const result = instructionAlignment([section]);
      expect(result.precision).toBeCloseTo(golden.precision, DECIMALS);
      expect(result.recall).toBeCloseTo(golden.recall, DECIMALS);
      expect(result.whole).toBeCloseTo(golden.whole, DECIMALS);
      expect(result.straddling).toBeCloseTo(golden.straddling, DECIMALS);
      expect(result.tokensPerInstruction).toBeCloseTo(golden.tokens_per_instruction, DECIMALS);
      expect(result.baseRate).toBeCloseTo(golden.base_rate, DECIMALS);
    },
  );

  it('pools sections by their counts', () => {
    const result = instructionAlignment(sections);
    expect(result).toMatchObject({ tokens: 11, instructions: 10, bytes: 35 });
    expect(result.precision).toBeCloseTo(8 / 11, 12);
    expect(result.whole).toBeCloseTo(5 / 11, 12);
  });

  it('is perfect when tokens are instructions', () => {
    expect(
      instructionAlignment([{ tokenLengths: [4, 4], instructionStarts: [0, 4], codeLength: 8 }]),
    ).toMatchObject({
      precision: 1,
      recall: 1,
      whole: 1,
      straddling: 0,
      tokensPerInstruction: 1,
    });
  });

  it('counts a token that starts aligned but ends inside a later instruction as straddling', () => {
    expect(
      instructionAlignment([{ tokenLengths: [6, 2], instructionStarts: [0, 4], codeLength: 8 }]),
    ).toMatchObject({
      precision: 0.5,
      whole: 0,
      straddling: 0.5,
    });
  });

  it.each([
    ['no sections', []],
    ['no tokens', [{ tokenLengths: [], instructionStarts: [0], codeLength: 4 }]],
    ['tokens short of the section', [{ tokenLengths: [3], instructionStarts: [0], codeLength: 4 }]],
    ['tokens past the section', [{ tokenLengths: [5], instructionStarts: [0], codeLength: 4 }]],
    ['a token of no bytes', [{ tokenLengths: [4, 0], instructionStarts: [0], codeLength: 4 }]],
    ['no instructions', [{ tokenLengths: [4], instructionStarts: [], codeLength: 4 }]],
    ['a late first instruction', [{ tokenLengths: [4], instructionStarts: [1], codeLength: 4 }]],
    ['starts out of order', [{ tokenLengths: [4], instructionStarts: [0, 2, 2], codeLength: 4 }]],
    ['a start at the end', [{ tokenLengths: [4], instructionStarts: [0, 4], codeLength: 4 }]],
    ['a NaN start', [{ tokenLengths: [4], instructionStarts: [0, Number.NaN], codeLength: 4 }]],
  ])('refuses %s', (_, bad) => {
    expect(() => instructionAlignment(bad)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
