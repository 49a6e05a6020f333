import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldens, largestDifference, rowsOf, votersToRows } from './goldens.fixture.js';
import { Lfq } from './lfq.js';
import { voteIds } from './vote-ids.js';
import { VotingLfq } from './voting-lfq.js';

const { N: voters, d: bits, P, expected } = goldens.voting_loss;
const branches = votersToRows(P);

describe('VotingLfq', () => {
  it.each([
    ['lsb-first', expected.ids_lsb],
    ['msb-first', expected.ids_msb],
  ] as const)('agrees with the golden ids, %s', (order, ids) => {
    expect(Array.from(new VotingLfq({ voters, bits, order }).quantize(branches))).toEqual(ids);
  });

  it('agrees with the golden soft average', () => {
    const average = new VotingLfq({ voters, bits }).softAverage(branches);
    expect(largestDifference(average, rowsOf(expected.s_final))).toBeLessThan(1e-9);
  });

  it('gives a row of signs for each id, which all voters together vote back', () => {
    const quantizer = new VotingLfq({ voters: 3, bits: 5 });
    for (let id = 0; id < 32; id++) {
      const code = quantizer.dequantize([id]);
      expect(code).toHaveLength(5);
      expect(Array.from(quantizer.quantize(Float32Array.of(...code, ...code, ...code)))).toEqual([id]);
    }
  });

  it('is LFQ where a single voter votes', () => {
    const row = Float64Array.of(0.3, -1, 0, 2);
    expect(new VotingLfq({ voters: 1, bits: 4 }).quantize(row)).toEqual(
      new Lfq({ bits: 4, order: 'lsb-first' }).quantize(row),
    );
  });

  it.each([
    ['negative', 0, -1],
    ['positive', 3, 1],
  ] as const)('takes a zero as %s, and a tie of two voters too', (zero, id, sign) => {
    const quantizer = new VotingLfq({ voters: 2, bits: 2, zero });
    // Bit 0: both vote 0. Bit 1: +1 against −1.
    const tied = Float64Array.of(0, 1, 0, -1);
    expect(Array.from(quantizer.quantize(tied))).toEqual([id]);
    expect(Array.from(quantizer.softAverage(tied))).toEqual([sign, 0]);
  });

  it.each([{ voters: 0 }, { voters: 1025 }, { bits: 33 }, { bits: 0 }, { order: 'lsb' as never }])(
    'refuses %j',
    (bad) => {
      expect(() => new VotingLfq({ voters: 3, bits: 4, ...bad })).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    },
  );
});

describe('voting by bit', () => {
  it.each(goldens.voting_rows.rows)('gives the published token of position $position', (row) => {
    expect(Array.from(voteIds({ ids: row.voters, voters: 5, bits: 13 }))).toEqual([row.expected]);
  });

  it('finds the token where most voters are wrong and voting by token cannot', () => {
    const clean = 0b10110;
    // Three of five have one bit wrong, each another; two of the wrong ones may even be the most frequent token.
    const ids = [clean ^ 1, clean ^ 1, clean ^ 2, clean ^ 4, clean];
    const counts = ids.map((id) => ids.filter((other) => other === id).length);
    expect(ids[counts.indexOf(Math.max(...counts))]).toBe(clean ^ 1);
    expect(Array.from(voteIds({ ids, voters: 5, bits: 5 }))).toEqual([clean]);
  });

  it('votes on ids as on the signs behind them, in both bit orders', () => {
    const value = fc.integer({ min: -3, max: 3 });
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 2 * 15, maxLength: 2 * 15 }),
        fc.constantFrom('lsb-first' as const, 'msb-first' as const),
        (values, order) => {
          const rows = Float64Array.from(values);
          const ids = new Lfq({ bits: 5, order }).quantize(rows);
          expect(voteIds({ ids, voters: 3, bits: 5 })).toEqual(
            new VotingLfq({ voters: 3, bits: 5, order }).quantize(rows),
          );
        },
      ),
    );
  });

  it('votes on all of 32 bits', () => {
    const top = 2 ** 32 - 1;
    expect(Array.from(voteIds({ ids: [top, top, 0], voters: 3, bits: 32 }))).toEqual([top]);
  });

  it.each([
    [{ ids: [1, 2], voters: 3, bits: 4 }, 'INVALID_ARGUMENT'],
    [{ ids: [1, 2, 16], voters: 3, bits: 4 }, 'ID_OUT_OF_RANGE'],
    [{ ids: [1, 2, 3], voters: 3, bits: 40 }, 'INVALID_ARGUMENT'],
  ])('refuses %j', (options, code) => {
    expect(() => voteIds(options)).toThrow(expect.objectContaining({ code }));
  });
});
