import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParityOptions } from './parity.js';
import { referenceTrain } from './reference-train.fixture.js';
import type { TrainingSequence } from './symbol-stream.js';
import { trainBpe } from './train-bpe.js';

/** `abab` of group 0, `cdcdcdcd` of group 1, both measured: counts 2 and 4, tokens 4 and 8. */
const small = (symbols: number[]): Uint8Array => Uint8Array.from(symbols);
const ab = { symbols: small([0, 1, 0, 1]), group: 0, measured: true };
const cd = { symbols: small([2, 3, 2, 3, 2, 3, 2, 3]), group: 1, measured: true };

async function train(sequences: readonly TrainingSequence[], parity: Partial<ParityOptions> = {}) {
  return trainBpe(sequences, {
    alphabetSize: 4,
    vocabularySize: 12,
    parity: { groups: ['first', 'second'], ...parity },
  });
}

describe('parity', () => {
  it('lets the group with the most tokens choose by its own counts', async () => {
    const { table, groups, counts } = await train([ab, cd], { variant: 'base' });
    // 4 and 8 tokens; 4 and 4: the first group chooses on a tie; 2 and 4; 2 and 2: it has no pair left twice.
    expect(Array.from(groups)).toEqual([1, 0, 1]);
    expect([table.left, table.right].map((part) => Array.from(part))).toEqual([
      [2, 0, 4],
      [3, 1, 4],
    ]);
    expect(Array.from(counts)).toEqual([4, 2, 2]);
  });

  it('passes over a group that had more than its share of the window', async () => {
    const busy = { ...cd, symbols: small(Array(32).fill([2, 3]).flat()) };
    const { groups } = await train([ab, busy], { variant: 'window', window: 4, alpha: 1 });
    // 4 and 64 tokens: the second group is the worst served throughout, yet sits out once it had over half of the window.
    expect(Array.from(groups).slice(0, 2)).toEqual([1, 0]);
    const { groups: unlimited } = await train([ab, busy], { variant: 'base' });
    expect(Array.from(unlimited).slice(0, 2)).toEqual([1, 1]);
  });

  it('chooses the first merges by the counts of all groups together', async () => {
    const shared = { symbols: small([0, 2, 0, 2, 0, 2]), group: 0 };
    const more = { symbols: small([0, 2, 0, 2]), group: 1 };
    const { groups, counts } = await train([ab, cd, shared, more], { globalMerges: 1 });
    expect([groups[0], counts[0]]).toEqual([-1, 5]);
    expect(groups[1]).toBe(1);
  });

  it('lets groups choose only every so many-th merge', async () => {
    const { groups } = await train([ab, { ...cd, symbols: small([2, 3, 2, 3, 3, 2, 3, 2, 3, 2]) }], {
      interval: 2,
    });
    expect(Array.from(groups)).toEqual([-1, 1, -1]);
  });

  it('goes on with all groups together between two choices where no group alone has a pair left', async () => {
    const apart = [
      { symbols: small([0, 1, 2, 3]), group: 0, measured: true },
      { symbols: small([0, 1, 2, 3]), group: 1, measured: true },
    ];
    expect((await train(apart, { interval: 1 })).groups).toEqual(Int32Array.of());
    expect((await train(apart, { interval: 2 })).groups).toEqual(Int32Array.of(-1, -1, -1));
  });

  it('goes on with the next group when one has no pair left', async () => {
    const rigid = { symbols: small([3, 2, 1, 0, 3]), group: 1, measured: true };
    const { groups, stopped } = await train([ab, rigid], { variant: 'base' });
    expect(Array.from(groups)).toEqual([0]);
    expect(stopped).toBe('min-count');
  });

  it('measures by compression relative to targets', async () => {
    const even = await train([ab, cd], { variant: 'base', measure: 'ratio' });
    // Both start at a ratio of 1, where the first group chooses.
    expect(even.groups[0]).toBe(0);
    const wanted = await train([ab, cd], { variant: 'base', measure: 'ratio', targets: [1, 1.5] });
    expect(wanted.groups[0]).toBe(1);
  });

  it.each<{ parity: Partial<ParityOptions>; message: RegExp }>([
    { parity: { groups: ['first', 'second', 'third'] }, message: /none for: third/ },
    { parity: { targets: [1] }, message: /one positive number per group \(2\); got \[1\]/ },
    { parity: { targets: [1, 0] }, message: /got \[1,0\]/ },
    { parity: { window: 0 }, message: /window of 1 to 4194304 merges/ },
    { parity: { alpha: 0 }, message: /positive alpha; got 100 and 0/ },
    { parity: { globalMerges: -1 }, message: /got -1 and 1/ },
    { parity: { interval: 0 }, message: /got 0 and 0/ },
  ])('refuses $parity', async ({ parity, message }) => {
    await expect(train([ab, cd], parity)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    });
  });

  it('refuses to go without groups', async () => {
    const training = trainBpe([], { vocabularySize: 300, parity: { groups: [] } });
    await expect(training).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('merges as the definition does', async () => {
    const sequence = fc.record({
      symbols: fc
        .array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 40 })
        .map((symbols) => Uint8Array.from(symbols)),
      weight: fc.constantFrom(1, 2),
    });
    const groups = ['a', 'b', 'c'];
    const data = fc.tuple(...groups.map(() => fc.tuple(sequence, sequence))).map((pairs) =>
      pairs.flatMap(([counted, measured], group) => [
        { ...counted, group },
        { ...measured, group, measured: true, weight: 0 },
      ]),
    );
    const parity = fc.record({
      variant: fc.constantFrom('base' as const, 'window' as const),
      window: fc.constantFrom(1, 3, 5, 100),
      alpha: fc.constantFrom(0.5, 1, 2),
      globalMerges: fc.constantFrom(0, 0, 3),
      interval: fc.constantFrom(1, 1, 2, 3),
      measure: fc.constantFrom('tokens' as const, 'ratio' as const),
      targets: fc.constantFrom([1, 1, 1], [1, 2, 0.5]),
    });
    await fc.assert(
      fc.asyncProperty(data, parity, async (sequences, rest) => {
        const options = { alphabetSize: 4, vocabularySize: 24, parity: { groups, ...rest } };
        const training = await trainBpe(sequences, options);
        const merges = Array.from(training.counts, (count, k) => [
          training.table.left[k],
          training.table.right[k],
          count,
          training.groups[k],
        ]);
        expect(merges).toEqual(referenceTrain(sequences, options).merges);
      }),
      { numRuns: 150 },
    );
  });
});
