import { countTokens } from '@polytok/common/metrics';
import { describe, expect, it } from 'vitest';
import { goldens } from '../goldens.fixture.js';
import { distribution } from './distribution.js';
import { tokenOverlap } from './token-overlap.js';
import { TokenProbes } from './token-probes.js';
import { tokenRate } from './token-rate.js';
import { vocabularyUse } from './vocabulary-use.js';

const { metrics } = goldens;
const { lengths } = metrics;

describe('token rate', () => {
  const rate = tokenRate({
    lengths: lengths.token_lengths,
    steps: lengths.T,
    columns: lengths.D,
    bitsPerToken: Math.log2(lengths.V),
    fps: lengths.fps,
  });

  it('gives the golden figures', () => {
    expect(rate.perChunk.mean).toBeCloseTo(lengths.mean, 9);
    expect(rate.perChunk.p50).toBeCloseTo(lengths.p50, 9);
    expect(rate.perChunk.p99).toBeCloseTo(lengths.p99, 9);
    expect(rate.perChunk).toMatchObject({ min: 9, max: 22 });
    expect(rate.compression).toBeCloseTo(lengths.compression_ratio, 9);
    expect(rate.bitsPerSecond).toBeCloseTo(lengths.bits_per_second_mean, 6);
    expect(rate.bitRatio).toBeCloseTo(lengths.bit_ratio_vs_float32, 9);
    expect(rate.fixed).toBe(false);
  });

  it('knows a fixed length', () => {
    const fixed = tokenRate({ lengths: [8, 8], steps: 4, columns: 2, bitsPerToken: 8, fps: 10 });
    expect(fixed).toMatchObject({ fixed: true, perSecond: 20, compression: 1, bitsPerSecond: 160 });
    expect(fixed.bitRatio).toBe(0.25);
  });

  it('needs a chunk', () => {
    expect(() => distribution([])).toThrow('no values');
  });
});

describe('vocabulary use', () => {
  it('gives the golden figures', () => {
    const use = vocabularyUse(countTokens({ sequences: [metrics.tokens], vocabularySize: metrics.V }));
    expect(use.entropyBits).toBeCloseTo(metrics.entropy_bits, 9);
    expect(use.normalisedEntropy).toBeCloseTo(metrics.normalised_entropy, 9);
    expect(use.perplexity).toBeCloseTo(metrics.perplexity, 8);
    expect(use).toMatchObject({
      size: 16,
      used: 5,
      usedShare: metrics.used_share,
      topShare: metrics.top_share,
    });
  });

  it('has no evenness where there is but one id', () => {
    expect(vocabularyUse(Float64Array.of(3)).normalisedEntropy).toBeNull();
  });
});

describe('overlap', () => {
  it('is the share of equal tokens at equal places, of the longer sequence', () => {
    expect(tokenOverlap([1, 2, 3, 4], [1, 9, 3])).toBe(0.5);
    expect(tokenOverlap([], [])).toBe(1);
    expect(tokenOverlap([1], [])).toBe(0);
  });
});

describe('probes', () => {
  const make = (codebookSizes: number[], seed = 7) =>
    new TokenProbes({ vocabulary: { codebookSizes } as never }, seed);
  const ids = Uint32Array.from({ length: 40 }, (_, at) => (at % 2 ? 2 : 200));

  it('hold ids of the codebook of their place', () => {
    const random = make([256, 3]).random(400);
    expect(random.every((id, at) => id < (at % 2 ? 3 : 256))).toBe(true);
    expect(new Set(random.filter((_, at) => at % 2))).toEqual(new Set([0, 1, 2]));
  });

  it('mutate exactly a share of the places, into other ids', () => {
    const mutated = make([256, 3]).mutated(ids, 0.1);
    expect(mutated.filter((id, at) => id !== ids[at])).toHaveLength(4);
    expect(mutated.every((id, at) => id < (at % 2 ? 3 : 256))).toBe(true);
    expect(make([256]).mutated([5], 0.1)[0]).not.toBe(5);
    expect([...make([1]).mutated([0, 0], 1)]).toEqual([0, 0]);
    expect([...make([9]).mutated([], 0.1)]).toEqual([]);
  });

  it('break sequences off before their end', () => {
    const probes = make([256]);
    const cut = Array.from({ length: 200 }, () => probes.truncated([1, 2, 3]));
    expect(new Set(cut.map((short) => short.length))).toEqual(new Set([0, 1, 2]));
    expect(cut.every((short) => short.every((id, at) => id === at + 1))).toBe(true);
    expect(probes.truncated([])).toHaveLength(0);
  });

  it('go to the level above or below, inside the vocabulary', () => {
    const probes = make([4]);
    const levels = (id: number) => new Set(Array.from({ length: 50 }, () => probes.nextLevel(id, 0)));
    expect(levels(0)).toEqual(new Set([1]));
    expect(levels(2)).toEqual(new Set([1, 3]));
    expect(levels(3)).toEqual(new Set([2]));
    expect(make([1]).nextLevel(0, 0)).toBe(0);
  });

  it('are the same for the same seed, and only then', () => {
    expect(make([256]).random(20)).toEqual(make([256]).random(20));
    expect(make([256], 8).random(20)).not.toEqual(make([256]).random(20));
  });
});
