import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../random.js';
import { type ShuffledPairsOptions, shuffledPairs } from './shuffled-pairs.js';

/** Frames of two numbers, all different; the perturbed ones 0.5 above. */
async function* pairs(lengths: readonly number[]) {
  let next = 0;
  for (const frames of lengths) {
    const clean = Float32Array.from({ length: 2 * frames }, () => next++);
    yield { clean, perturbed: clean.map((value) => value + 0.5), frames };
  }
}

async function batches(lengths: readonly number[], options: Partial<ShuffledPairsOptions> = {}) {
  const all = [];
  for await (const batch of shuffledPairs(pairs(lengths), {
    dimension: 2,
    batchSize: 3,
    frames: lengths.reduce((sum, length) => sum + length, 0),
    next: seededRandom(1),
    mean: new Float64Array(2),
    deviation: Float64Array.of(1, 1),
    poolFrames: 1000,
    ...options,
  })) {
    all.push(batch);
  }
  return all;
}

describe('shuffledPairs', () => {
  it.each([1000, 4, 3])(
    'gives every frame once, but for what no batch is left of, from a pool of %i',
    async (poolFrames) => {
      const all = await batches([5, 1, 8], { poolFrames });
      expect(all).toHaveLength(4);
      const clean = all.flatMap((batch) => [...batch.clean]);
      const firsts = clean.filter((_, at) => at % 2 === 0);
      expect(new Set(firsts).size).toBe(12);
      expect(firsts.every((value) => value % 2 === 0 && value < 28)).toBe(true);
      expect(clean.every((value, at) => at % 2 === 0 || value === clean[at - 1] + 1)).toBe(true);
      expect(all.flatMap((batch) => [...batch.perturbed])).toEqual(clean.map((value) => value + 0.5));
    },
  );

  it('mixes frames of all pairs, by the seed alone', async () => {
    const order = async (seed: number) =>
      (await batches([20, 20], { next: seededRandom(seed) })).flatMap((batch) => [...batch.clean]);
    const first = await order(1);
    expect(await order(1)).toEqual(first);
    expect(await order(2)).not.toEqual(first);
    expect(first.slice(0, 40).some((value) => value >= 40)).toBe(true);
  });

  it('standardizes both sides by the same numbers', async () => {
    const [batch] = await batches([3], { mean: Float64Array.of(2, 3), deviation: Float64Array.of(2, 4) });
    const rows = [0, 1, 2].map((row) => [...batch.clean.subarray(2 * row, 2 * row + 2)].join());
    expect(rows.sort()).toEqual(['-1,-0.5', '0,0', '1,0.5']);
    expect(batch.perturbed[0] - batch.clean[0]).toBe(0.25);
    expect(batch.perturbed[1] - batch.clean[1]).toBe(0.125);
  });

  it('refuses a source that changed its length', async () => {
    await expect(batches([5], { frames: 6 })).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { before: 6, now: 5 } }),
    );
  });
});
