import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PairTrainer, type TrainerSlack } from './pair-trainer.js';
import { layOutStream, type TrainingSequence } from './symbol-stream.js';

/** left, right, count of each merge until no pair is left. */
function mergesWith(sequences: readonly TrainingSequence[], slack?: TrainerSlack): number[][] {
  const alphabetSize = 3;
  const maxVocabulary = 64;
  const trainer = new PairTrainer(layOutStream(sequences, alphabetSize, maxVocabulary), {
    alphabetSize,
    maxVocabulary,
    minCount: 1,
    maxTokenSymbols: 40,
    groups: 2,
    sumChannel: true,
    slack,
  });
  const merges: number[][] = [];
  for (let product = alphabetSize; product < maxVocabulary; product++) {
    // The groups take turns, then both together.
    const channel = product % 3;
    const record = trainer.best(channel);
    if (record < 0) continue;
    const { left, right } = trainer.pair(record);
    merges.push([left, right, trainer.count(record, channel)]);
    trainer.merge(record, product);
  }
  return merges;
}

describe('PairTrainer', () => {
  const sequence = fc.record({
    symbols: fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 120 }).map((s) => Uint8Array.from(s)),
    group: fc.integer({ min: 0, max: 1 }),
  });

  it('merges the same whether it clears away after each merge or never', () => {
    fc.assert(
      fc.property(fc.array(sequence, { maxLength: 3 }), (sequences) => {
        const expected = mergesWith(sequences);
        expect(mergesWith(sequences, { pairs: -1e9, positions: 0 })).toEqual(expected);
        expect(mergesWith(sequences, { pairs: 2, positions: 1e4 })).toEqual(expected);
        expect(mergesWith(sequences, { pairs: 1e9, positions: 3 })).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('counts tokens in all of its data, and the loss of measured data by group', () => {
    const stream = layOutStream(
      [
        { symbols: Uint8Array.of(0, 1, 0, 1), group: 0, measured: true },
        { symbols: Uint8Array.of(0, 1, 2), group: 0 },
        { symbols: Uint8Array.of(2, 0, 1), group: 1, measured: true, weight: 5 },
      ],
      3,
      10,
    );
    const trainer = new PairTrainer(stream, {
      alphabetSize: 3,
      maxVocabulary: 10,
      minCount: 1,
      maxTokenSymbols: 10,
      groups: 2,
      sumChannel: false,
    });
    expect(trainer.tokens).toBe(10);
    const record = trainer.best(0);
    expect(trainer.pair(record)).toEqual({ left: 0, right: 1 });
    expect([trainer.count(record, 0), trainer.count(record, 1)]).toEqual([3, 5]);
    expect(Array.from(trainer.merge(record, 3))).toEqual([2, 1]);
    expect(trainer.tokens).toBe(6);
  });
});
