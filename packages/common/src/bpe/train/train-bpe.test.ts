import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { canonicalRanks } from '../canonical-ranks.js';
import { bytesOf, goldens, hexOf } from '../goldens.fixture.js';
import { referenceTrain } from './reference-train.fixture.js';
import type { TrainingSequence } from './symbol-stream.js';
import { type TrainBpeOptions, type TrainedBpe, type TrainingProgress, trainBpe } from './train-bpe.js';

/** left, right, count */
function mergesOf({ table, counts }: TrainedBpe): number[][] {
  return Array.from(counts, (count, k) => [table.left[k], table.right[k], count]);
}

/** Sequences of runs over a few symbols: what makes pairs of equal symbols, and merges of merges, likely. */
function sequencesOver(symbols: readonly number[]): fc.Arbitrary<TrainingSequence[]> {
  const runs = fc.array(fc.tuple(fc.constantFrom(...symbols), fc.integer({ min: 1, max: 6 })), {
    maxLength: 24,
  });
  const sequence = fc.record({
    symbols: runs.map((parts) =>
      Uint32Array.from(parts.flatMap(([symbol, length]) => Array(length).fill(symbol))),
    ),
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
    weight: fc.constantFrom(1, 1, 2, 7, 0),
  });
  return fc.array(
    sequence.map(({ symbols, cuts, weight }) => ({
      symbols,
      weight,
      borders: cuts.map((cut) => Math.round(cut * symbols.length)).sort((a, b) => a - b),
    })),
    { maxLength: 4 },
  );
}

async function expectAsReference(
  sequences: readonly TrainingSequence[],
  options: TrainBpeOptions,
): Promise<void> {
  const training = await trainBpe(sequences, options);
  const reference = referenceTrain(sequences, options);
  expect(mergesOf(training)).toEqual(reference.merges.map(([left, right, count]) => [left, right, count]));
  expect(training.tokens).toBe(reference.tokens);
}

describe.each(goldens)('golden $name', (golden) => {
  const sequence = { symbols: bytesOf(golden.hex), borders: golden.borders };
  const options = {
    vocabularySize: 512,
    minCount: golden.min_count,
    maxTokenSymbols: golden.max_token_bytes,
  };

  it('gives the merges with their counts, and the tokens left', async () => {
    const training = await trainBpe([sequence], options);
    expect(mergesOf(training)).toEqual(golden.merges);
    expect(training.tokens).toBe(golden.token_count);
    expect(training.stopped).toBe('min-count');
    expect(training.groups.every((group) => group === -1)).toBe(true);
  });

  it('spells the tokens', async () => {
    const { table } = await trainBpe([sequence], options);
    const spelled = Array.from({ length: 256 }, (_, byte) => hexOf([byte]));
    table.left.forEach((left, k) => {
      spelled.push(spelled[left] + spelled[table.right[k]]);
    });
    expect(spelled.slice(256)).toEqual(golden.tokens_hex);
  });

  it('gives a prefix of the merges for a smaller vocabulary', async () => {
    const training = await trainBpe([sequence], { ...options, vocabularySize: 256 + 20 });
    expect(mergesOf(training)).toEqual(golden.merges.slice(0, 20));
    expect(training.stopped).toBe('vocabulary-size');
  });
});

describe('merges equal those of the definition', () => {
  it.each([
    { name: 'one symbol', symbols: [0], alphabetSize: 1 },
    { name: 'two symbols', symbols: [0, 1], alphabetSize: 2 },
    { name: 'four symbols', symbols: [0, 1, 2, 3], alphabetSize: 4 },
    { name: 'an alphabet of 300', symbols: [0, 255, 256, 299], alphabetSize: 300 },
    {
      name: 'an alphabet too large for a square of pairs',
      symbols: [0, 1023, 1024, 4999],
      alphabetSize: 5000,
    },
  ])('$name', async ({ symbols, alphabetSize }) => {
    await fc.assert(
      fc.asyncProperty(
        sequencesOver(symbols),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(1, 2, 3, 5, 16, 4096),
        async (sequences, minCount, maxTokenSymbols) => {
          const vocabularySize = alphabetSize + 40;
          await expectAsReference(sequences, { alphabetSize, vocabularySize, minCount, maxTokenSymbols });
        },
      ),
      { numRuns: alphabetSize > 1000 ? 30 : 100 },
    );
  });

  it.each([65_533, 65_534, 65_535])('around 16-bit ids: a vocabulary of %i', async (vocabularySize) => {
    const alphabetSize = vocabularySize - 6;
    const [a, b] = [alphabetSize - 1, alphabetSize - 2];
    const symbols = Uint32Array.of(a, b, a, b, b, a, b, a, b, a, a, a, a, b, b, b, b, a, b);
    await expectAsReference([{ symbols, borders: [7] }], { alphabetSize, vocabularySize, minCount: 1 });
  });
});

describe('counts', () => {
  it('take a run of n equal symbols for ⌊n/2⌋ pairs', async () => {
    const symbols = Uint8Array.from([...Array(7).fill(9), 1, ...Array(4).fill(9)]);
    const training = await trainBpe([{ symbols }], { vocabularySize: 257 });
    expect(mergesOf(training)).toEqual([[9, 9, 5]]);
    expect(training.tokens).toBe(7);
  });

  it('go beyond 2^31 and 2^32', async () => {
    const training = await trainBpe(
      [
        { symbols: Uint8Array.of(1, 2, 1, 2), weight: 2 ** 31 },
        { symbols: Uint8Array.of(5, 6), weight: 2 ** 40 },
      ],
      { vocabularySize: 512 },
    );
    expect(mergesOf(training)).toEqual([
      [5, 6, 2 ** 40],
      [1, 2, 2 ** 32],
      [257, 257, 2 ** 31],
    ]);
  });

  it('do not include sequences of weight 0, whose tokens are merged along', async () => {
    const training = await trainBpe(
      [{ symbols: Uint8Array.of(1, 2, 1, 2) }, { symbols: Uint8Array.of(3, 3, 3, 3, 1, 2), weight: 0 }],
      { vocabularySize: 512 },
    );
    expect(mergesOf(training)).toEqual([[1, 2, 2]]);
    expect(training.tokens).toBe(2 + 5);
  });
});

describe('ties', () => {
  it('go to the lowest left, then the lowest right symbol', async () => {
    const symbols = Uint8Array.of(2, 1, 2, 1, 9, 1, 3, 1, 3, 9, 1, 2);
    // (1,2), (2,1) and (1,3) occur twice each.
    const { table } = await trainBpe([{ symbols }], { vocabularySize: 257 });
    expect([table.left[0], table.right[0]]).toEqual([1, 2]);
  });
});

describe('the result', () => {
  it('has no two tokens of the same spelling', async () => {
    await fc.assert(
      fc.asyncProperty(sequencesOver([0, 1]), async (sequences) => {
        const { table } = await trainBpe(sequences, { alphabetSize: 2, vocabularySize: 80, minCount: 1 });
        const canonical = canonicalRanks(table);
        expect(canonical).toEqual(Uint32Array.from(canonical.keys()));
      }),
      { numRuns: 50 },
    );
  });

  it('does not depend on the order of the sequences', async () => {
    await fc.assert(
      fc.asyncProperty(sequencesOver([0, 1, 2]), async (sequences) => {
        const options = { alphabetSize: 3, vocabularySize: 50 };
        const forwards = await trainBpe(sequences, options);
        const backwards = await trainBpe([...sequences].reverse(), options);
        expect(backwards).toEqual(forwards);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    { name: 'no sequence', sequences: [], tokens: 0 },
    { name: 'an empty sequence', sequences: [{ symbols: new Uint8Array(0) }], tokens: 0 },
    { name: 'one symbol', sequences: [{ symbols: Uint8Array.of(7) }], tokens: 1 },
    {
      name: 'borders everywhere',
      sequences: [{ symbols: Uint8Array.of(7, 7, 7, 7), borders: [0, 1, 1, 2, 3, 4] }],
      tokens: 4,
    },
    {
      name: 'tokens of one symbol at most',
      sequences: [{ symbols: Uint8Array.of(7, 7, 7, 7) }],
      maxTokenSymbols: 1,
      tokens: 4,
    },
  ])('has no merges for $name', async ({ sequences, tokens, maxTokenSymbols }) => {
    const training = await trainBpe(sequences, { vocabularySize: 300, minCount: 1, maxTokenSymbols });
    expect(mergesOf(training)).toEqual([]);
    expect(training.tokens).toBe(tokens);
    expect(training.stopped).toBe('min-count');
  });

  it('halves a long run of one symbol with each merge, up to the longest token', async () => {
    const { table, counts, tokens } = await trainBpe([{ symbols: new Uint8Array(1 << 20) }], {
      vocabularySize: 512,
    });
    expect(Array.from(counts)).toEqual(Array.from({ length: 12 }, (_, k) => 2 ** (19 - k)));
    expect(table.left).toEqual(table.right);
    expect(tokens).toBe(256);
  });
});

describe('progress and abort', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Each look at the clock is a second after the one before. */
  function hurryClock(): void {
    let now = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => (now += 1000));
  }
  const sequences = [{ symbols: Uint8Array.of(1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 9, 1, 2) }];

  it('reports merges, counts and tokens, and the end once more', async () => {
    hurryClock();
    const seen: TrainingProgress[] = [];
    await trainBpe(sequences, { vocabularySize: 512, onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([
      { merges: 1, targetMerges: 256, count: 4, tokens: 10 },
      { merges: 2, targetMerges: 256, count: 3, tokens: 7 },
      { merges: 3, targetMerges: 256, count: 2, tokens: 5 },
      { merges: 3, targetMerges: 256, count: 2, tokens: 5 },
    ]);
  });

  it('reports the end even when nothing is merged', async () => {
    const seen: TrainingProgress[] = [];
    await trainBpe([], { vocabularySize: 300, onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([{ merges: 0, targetMerges: 44, count: 0, tokens: 0 }]);
  });

  it('stops between two merges', async () => {
    hurryClock();
    const controller = new AbortController();
    const seen: number[] = [];
    const training = trainBpe(sequences, {
      vocabularySize: 512,
      signal: controller.signal,
      onProgress: ({ merges }) => {
        seen.push(merges);
        if (merges === 2) controller.abort();
      },
    });
    await expect(training).rejects.toMatchObject({ code: 'ABORTED' });
    expect(seen).toEqual([1, 2]);
  });

  it('does not start when it is aborted already', async () => {
    const onProgress = vi.fn();
    const training = trainBpe(sequences, { vocabularySize: 512, signal: AbortSignal.abort(), onProgress });
    await expect(training).rejects.toMatchObject({ code: 'ABORTED' });
    expect(onProgress).not.toHaveBeenCalled();
  });
});

describe('arguments', () => {
  const symbols = Uint8Array.of(1, 2, 3);

  it.each([
    { options: { alphabetSize: 0, vocabularySize: 10 }, message: /at least one symbol; got 0/ },
    { options: { vocabularySize: 255 }, message: /256 \(the alphabet\) to 4194304 tokens; got 255/ },
    { options: { vocabularySize: 300.5 }, message: /got 300.5/ },
    { options: { vocabularySize: 2 ** 22 + 1 }, message: /got 4194305/ },
    { options: { vocabularySize: 300, minCount: 0 }, message: /minimum count must be at least 1; got 0/ },
    { options: { vocabularySize: 300, minCount: Number.NaN }, message: /got NaN/ },
    { options: { vocabularySize: 300, maxTokenSymbols: 0 }, message: /1 to 4096 symbols; got 0/ },
    { options: { vocabularySize: 300, maxTokenSymbols: 4097 }, message: /1 to 4096 symbols; got 4097/ },
  ])('refuses $options', async ({ options, message }) => {
    const training = trainBpe([{ symbols }], options);
    await expect(training).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    { sequence: { symbols, weight: -1 }, message: /Sequence 1 has weight -1/ },
    { sequence: { symbols, weight: Infinity }, message: /Sequence 1 has weight Infinity/ },
    { sequence: { symbols, group: 1 }, message: /Sequence 1 is of group 1; there are 1/ },
    { sequence: { symbols, borders: [2, 1] }, message: /Border 1 of sequence 1 is 1/ },
    { sequence: { symbols, borders: [4] }, message: /Border 0 of sequence 1 is 4/ },
    { sequence: { symbols, borders: [0.5] }, message: /Border 0 of sequence 1 is 0.5/ },
    {
      sequence: { symbols: Uint16Array.of(3, 256) },
      message: /Sequence 1 has symbol 256 at 1; symbols must be below the alphabet's size 256/,
    },
  ])('refuses a sequence: $message', async ({ sequence, message }) => {
    const training = trainBpe([{ symbols }, sequence], { vocabularySize: 300 });
    await expect(training).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    });
  });
});
