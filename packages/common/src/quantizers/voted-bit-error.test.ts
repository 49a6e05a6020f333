import { describe, expect, it } from 'vitest';
import { goldens } from './goldens.fixture.js';
import { votedBitError } from './voted-bit-error.js';

describe('votedBitError', () => {
  it.each(goldens.voted_bit_error.rows)('agrees with the closed form for $n voters and e = $e', (row) => {
    const { bit, token } = votedBitError({ bitError: row.e, voters: row.n, bits: 13 });
    expect(Math.abs(bit - row.bit)).toBeLessThan(1e-11);
    expect(Math.abs(token - row.token13)).toBeLessThan(1e-11);
  });

  it('vanishes with many voters, and stays where a voter guesses', () => {
    expect(votedBitError({ bitError: 0.1, voters: 1023, bits: 1 }).bit).toBeLessThan(1e-12);
    expect(votedBitError({ bitError: 0.5, voters: 1023, bits: 1 }).bit).toBeCloseTo(0.5, 9);
  });

  it.each([
    { voters: 2 },
    { voters: 0 },
    { bitError: -0.1 },
    { bitError: 1.1 },
    { bitError: Number.NaN },
    { bits: 0 },
  ])('refuses %j', (bad) => {
    expect(() => votedBitError({ bitError: 0.1, voters: 3, bits: 13, ...bad })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
