import { describe, expect, it } from 'vitest';
import { type FeaturePairs, type PairPart, readPairs } from './feature-pairs.js';

const rows = (...values: number[]) => Float32Array.from(values);
const pair = { clean: rows(1, 2, 3, 4, 5, 6), perturbed: rows(7, 8, 9, 10, 11, 12) };

async function collect(source: FeaturePairs, part: Partial<PairPart> = {}, signal?: AbortSignal) {
  const read = [];
  const options = { dimension: 2, heldOutShare: 0, part: 'all', ...part, signal } as const;
  for await (const { clean, perturbed, frames } of readPairs(source, options)) {
    read.push([[...clean], [...perturbed], frames]);
  }
  return read;
}

describe('feature pairs', () => {
  it('are one pair, a list, or a stream that starts over', async () => {
    const whole = [[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12], 3];
    const stream = {
      async *[Symbol.asyncIterator]() {
        yield pair;
        yield { clean: Float64Array.of(0.5, 1), perturbed: Float64Array.of(2, 3) };
      },
    };
    expect(await collect(pair)).toEqual([whole]);
    expect(await collect([pair, pair])).toEqual([whole, whole]);
    expect(await collect(stream)).toEqual([whole, [[0.5, 1], [2, 3], 1]]);
    expect(await collect(stream)).toHaveLength(2);
    expect(await collect([])).toEqual([]);
  });

  it('are cut into a training part and a held-out one, at the end of every pair', async () => {
    expect(await collect(pair, { heldOutShare: 0.3, part: 'training' })).toEqual([
      [[1, 2, 3, 4], [7, 8, 9, 10], 2],
    ]);
    expect(await collect(pair, { heldOutShare: 0.3, part: 'held-out' })).toEqual([[[5, 6], [11, 12], 1]]);
    expect(await collect([pair], { heldOutShare: 0.1, part: 'held-out' })).toEqual([]);
  });

  it.each<[string, FeaturePairs, object]>([
    ['a NaN', [pair, { ...pair, perturbed: rows(1, 2, 3, 4, Number.NaN, 6) }], { row: 2, column: 0 }],
    ['an infinity', { ...pair, clean: rows(1, Infinity, 3, 4, 5, 6) }, { row: 0, column: 1 }],
    ['uneven lengths', [pair, { ...pair, clean: rows(1, 2, 3, 4) }], { pair: 1, clean: 2, perturbed: 3 }],
    ['an incomplete frame', { ...pair, clean: rows(1, 2, 3) }, { width: 2 }],
    ['another type of array', { clean: [1, 2], perturbed: [1, 2] } as never, {}],
    ['a missing side', [{ clean: pair.clean } as never], {}],
    ['no pairs', 7 as never, {}],
    ['null', null as never, {}],
    ['a running generator', [pair].values(), {}],
  ])('are refused with %s', async (_name, source, details) => {
    await expect(collect(source)).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: expect.objectContaining(details) }),
    );
  });

  it('stop between two pairs', async () => {
    await expect(collect(pair, {}, AbortSignal.abort())).rejects.toThrow(
      expect.objectContaining({ code: 'ABORTED' }),
    );
  });
});
