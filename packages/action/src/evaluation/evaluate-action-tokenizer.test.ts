import { PolytokError } from '@polytok/common';
import { describe, expect, it } from 'vitest';
import type { ActionTokenizer } from '../contract.js';
import { fitFast } from '../fast/fit-fast.js';
import { Normalizer } from '../normalize/normalizer.js';
import { TrackStatistics } from '../normalize/track-statistics.js';
import type { ActionCard } from './action-card.js';
import { evaluateActionTokenizer } from './evaluate-action-tokenizer.js';
import { beast, episode, STEPS } from './evaluation.fixture.js';

/** 25, 0 and 3 steps: a last chunk that is filled up, nothing, and less than a chunk. */
const episodes = [episode(25), episode(0), episode(3, 4)];
const card = await evaluateActionTokenizer({ tokenizer: beast, episodes });

const withoutLatency = ({ latency, ...rest }: ActionCard) => rest;

describe('the card', () => {
  it('names the tokenizer and the data', () => {
    expect(card).toMatchObject({ version: 1, seed: 0 });
    expect(card.tokenizer).toEqual({
      type: 'beast',
      fingerprint: beast.vocabulary.fingerprint,
      steps: 10,
      columns: 3,
      maxLength: 18,
      codebookSizes: [256],
    });
    expect(card.data).toEqual({
      episodes: 2,
      steps: 28,
      seconds: 1.4,
      chunks: 4,
      fps: 20,
      names: ['shoulder', 'elbow', 'gripper'],
      units: null,
    });
  });

  it('is plain JSON without NaN', () => {
    expect(JSON.parse(JSON.stringify(card))).toEqual(card);
  });

  it('compares every step of the episodes, and nothing that filled chunks up', () => {
    expect(card.error.physical.steps).toBe(28);
    expect(card.error.physical.columns[0].maxAbs).toBeLessThan(0.01);
    expect(card.error.normalised).toBeNull();
    expect(card.error.refusedChunks).toBe(0);
  });

  it('counts tokens', () => {
    expect(card.tokens).toMatchObject({ fixed: true, perSecond: 36, bitsPerSecond: 288 });
    expect(card.tokens.compression).toBeCloseTo(30 / 18, 12);
    expect(card.vocabulary.size).toBe(256);
  });

  it('tells how safe tokens are', () => {
    for (const probe of Object.values(card.decodability)) {
      expect(probe).toMatchObject({ sequences: 4, strictSafe: 1, lenientFinite: 1, lenientInside: 1 });
    }
    expect(card.clipped).toEqual({ tokenizer: 0, normalizer: null });
    expect(card.overlap).toBeGreaterThanOrEqual(0);
    expect(card.prefixes.map(({ share }) => share)).toEqual([0.125, 0.25, 0.5, 0.75, 1]);
  });

  it('sets the motion beside that of the source', () => {
    expect(card.seams.source.seams).toBe(2);
    expect(card.seams.decoded.position[0].seam).toBeCloseTo(card.seams.source.position[0].seam ?? 0, 1);
    expect(card.smoothness.source.ldlj[0]).toBeLessThan(0);
    expect(card.limits).toBeNull();
    expect(card.replay).toBeNull();
  });

  it('is the same for the same seed, but for latency', async () => {
    const again = await evaluateActionTokenizer({ tokenizer: beast, episodes });
    expect(withoutLatency(again)).toEqual(withoutLatency(card));
    const other = await evaluateActionTokenizer({ tokenizer: beast, episodes, seed: 1 });
    expect(other.sensitivity).not.toEqual(card.sensitivity);
  });
});

describe('options', () => {
  it('takes a tolerance, limits and a replay', async () => {
    const replayed: [number, number][] = [];
    const { error, limits, replay } = await evaluateActionTokenizer({
      tokenizer: beast,
      episodes: (async function* () {
        yield* episodes;
      })(),
      tolerance: 1e-9,
      limits: { velocity: [0.5, 1e9, 1e9] },
      replay: async (actions, number) => {
        replayed.push([actions.length, number]);
        return number === 0;
      },
    });
    expect(error.valid).toEqual({ share: 0, tolerance: 1e-9 });
    expect(limits?.source.velocity).toBeGreaterThan(0.1);
    expect(limits?.source.position).toBeNull();
    expect(replayed).toEqual([
      [75, 0],
      [75, 0],
      [9, 1],
      [9, 1],
    ]);
    expect(replay).toEqual({ source: 1, decoded: 1 });
  });

  it('reports progress, and stops when asked', async () => {
    const seen: string[] = [];
    const onProgress = ({ stage, done }: { stage: string; done: number }) => seen.push(`${stage} ${done}`);
    await evaluateActionTokenizer({ tokenizer: beast, episodes, onProgress });
    expect(seen.slice(0, 4)).toEqual(['episodes 1', 'episodes 1', 'episodes 2', 'sample 1']);
    const aborted = evaluateActionTokenizer({ tokenizer: beast, episodes, signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('a normalizer', async () => {
  // In centimetres, so that units differ.
  const centimetres = [episode(40), episode(25, 3)].map((own) => ({
    ...own,
    values: own.values.map((value) => 100 * value),
  }));
  const statistics = new TrackStatistics({ columns: 3 });
  for (const { values } of centimetres) statistics.add(values);
  const normalizer = new Normalizer({ mode: 'MIN_MAX', statistics: statistics.result() });
  const chunks = centimetres.map(({ values }) => {
    const chunk = values.slice(0, 3 * STEPS);
    normalizer.apply(chunk);
    return chunk;
  });
  const fast = await fitFast(chunks, { steps: STEPS, columns: 3, vocabularySize: 256, margin: 40 });

  it('gives errors in both units', async () => {
    const { error, clipped } = await evaluateActionTokenizer({
      tokenizer: fast,
      episodes: centimetres,
      normalizer,
    });
    const scaled = error.normalised?.columns.map(({ rmse }, column) => rmse * normalizer.scale[column]);
    error.physical.columns.forEach(({ rmse }, column) => {
      expect(rmse).toBeCloseTo(scaled?.[column] ?? 0, 9);
    });
    expect(clipped).toEqual({ tokenizer: 0, normalizer: 0 });
  });

  it('that clips is found out', async () => {
    const { min, max } = statistics.result();
    const clipping = new Normalizer({
      mode: 'QUANTILES',
      convention: 'lerobot-tokenizer',
      statistics: { ...statistics.result(), q01: min.map((least) => least / 2), q99: max },
    });
    const { clipped } = await evaluateActionTokenizer({
      tokenizer: fast,
      episodes: centimetres,
      normalizer: clipping,
    });
    expect(clipped.normalizer).toBeGreaterThan(0.05);
  });

  it('may stand before a tokenizer of variable length', async () => {
    const { tokens, decodability } = await evaluateActionTokenizer({
      tokenizer: fast,
      episodes: centimetres,
      normalizer,
    });
    expect(tokens.fixed).toBe(false);
    expect(decodability.mutated).toMatchObject({ strictSafe: 1, lenientFinite: 1, lenientInside: 1 });
  });
});

describe('bad input', () => {
  const evaluate = (own: object) => evaluateActionTokenizer({ tokenizer: beast, episodes, ...own });

  it.each([
    [{ episodes: [] }, 'all episodes are empty'],
    [{ episodes: [episode(0)] }, 'all episodes are empty'],
    [{ episodes: [episode(12), { ...episode(12), fps: 30 }] }, 'Episode 1 has 30 steps per second'],
    [{ episodes: [{ ...episode(12), columns: 2 }] }, 'chunks of 3 columns; got 2'],
    [{ episodes: [{ values: new Float64Array(31), fps: 20 }] }, 'no whole number of steps'],
    [{ episodes: [{ values: new Float64Array(30).fill(Number.NaN), fps: 20 }] }, 'must be finite'],
    [{ episodes: [{ ...episode(12), fps: 0 }] }, "'fps'"],
    [{ tolerance: 0 }, "'tolerance'"],
    [{ sample: 0 }, "'sample'"],
    [{ seed: 0.5 }, "'seed'"],
    [{ limits: { velocity: [1] } }, 'limits for 1 columns'],
  ])('is refused: %#', async (own, message) => {
    await expect(evaluate(own)).rejects.toThrow(message);
    await expect(evaluate(own)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('a tokenizer that refuses', () => {
  /** BEAST, but chunks whose first number is above 0.5 are refused by one of its methods. */
  const picky = (method: 'encodeInto' | 'decodeInto', threshold = 0.5): ActionTokenizer =>
    new Proxy<ActionTokenizer>(beast, {
      get(target, key) {
        if (key !== method) {
          const value = Reflect.get(target, key, target);
          return typeof value === 'function' ? value.bind(target) : value;
        }
        return (a: Float64Array & ArrayLike<number>, b: Float64Array & Uint32Array) => {
          const result = target[method](a as never, b as never);
          const [first] = method === 'encodeInto' ? a : b;
          if (first > threshold) throw new PolytokError('UNSUPPORTED', 'no');
          return result;
        };
      },
    });

  it.each(['encodeInto', 'decodeInto'] as const)('some chunks in %s is counted', async (method) => {
    const long = [episode(60)];
    const { data, error } = await evaluateActionTokenizer({ tokenizer: picky(method), episodes: long });
    expect(data.chunks).toBe(6);
    expect(error.refusedChunks).toBeGreaterThan(0);
    expect(error.refusedChunks).toBeLessThan(6);
  });

  it('all chunks has no card', async () => {
    const refusing = evaluateActionTokenizer({ tokenizer: picky('encodeInto', -10), episodes });
    await expect(refusing).rejects.toThrow('refuses all 4 chunks');
  });
});
