import { PolytokError } from '@polytok/common';
import { describe, expect, it } from 'vitest';
import type { ActionTokenizer, LenientDecode } from '../contract.js';
import { decodability } from './decodability.js';
import { beast, episode, STEPS } from './evaluation.fixture.js';
import { latency } from './latency.js';
import { prefixError } from './prefix-error.js';
import { ErrorSums, reconstructionError } from './reconstruction-error.js';
import { TokenProbes } from './token-probes.js';
import { tokenSensitivity } from './token-sensitivity.js';

const chunks = Array.from({ length: 40 }, (_, n) => episode(STEPS, n / 7).values);
const encoded = chunks.map((chunk) => ({ chunk, ids: beast.encodeSync(chunk).ids }));
const sequences = encoded.map(({ ids }) => ids);

describe('reconstruction error', () => {
  it('is measured per column and over all', () => {
    const source = Float64Array.of(0, 10, 0, 10, 0, 10, 0, 10);
    const decoded = Float64Array.of(1, 10, -1, 10, 1, 10, -1, 14);
    const { steps, columns, total } = reconstructionError(source, decoded, { columns: 2 });
    expect(steps).toBe(4);
    expect(columns).toEqual([
      { mse: 1, rmse: 1, mae: 1, maxAbs: 1 },
      { mse: 4, rmse: 2, mae: 1, maxAbs: 4 },
    ]);
    expect(total).toEqual({ mse: 2.5, rmse: Math.sqrt(2.5), mae: 1, maxAbs: 4 });
  });

  it('adds up chunk after chunk, and tells the largest error of each', () => {
    const sums = new ErrorSums(1);
    expect(sums.add(Float64Array.of(1, 2), Float64Array.of(1, 5))).toBe(3);
    expect(sums.add(Float64Array.of(1, 2), Float64Array.of(1, 3))).toBe(1);
    expect(sums.summary().total).toMatchObject({ mse: 2.5, mae: 1, maxAbs: 3 });
  });

  it('refuses shapes that differ', () => {
    const sums = new ErrorSums(2);
    expect(() => sums.add(new Float64Array(4), new Float64Array(6))).toThrow("'decoded' has 6 elements");
    expect(() => sums.add(new Float64Array(3), new Float64Array(3))).toThrow("'source' has 3 elements");
  });
});

describe('decodability', () => {
  const safe = { strictSafe: 1, lenientFinite: 1, lenientInside: 1 };
  const probes = new TokenProbes(beast, 1);

  it('is complete for a tokenizer that keeps the contract, whatever the tokens', () => {
    const random = sequences.map((ids) => probes.random(ids.length));
    expect(decodability(beast, random)).toEqual({ sequences: 40, strictDecoded: 1, ...safe });
    const mutated = sequences.map((ids) => probes.mutated(ids, 0.1));
    expect(decodability(beast, mutated)).toEqual({ sequences: 40, strictDecoded: 1, ...safe });
    const truncated = sequences.map((ids) => probes.truncated(ids));
    expect(decodability(beast, truncated)).toEqual({ sequences: 40, strictDecoded: 0, ...safe });
    const wild = [[Number.NaN], [-1, 2 ** 40], [0.5], []];
    expect(decodability(beast, wild)).toEqual({ sequences: 4, strictDecoded: 0, ...safe });
  });

  /** Two steps of one column; the first token says what happens. */
  const broken = {
    steps: 2,
    columns: 1,
    range: { low: [-1], high: [1] },
    decodeInto([first]: ArrayLike<number> & Iterable<number>, chunk: Float64Array) {
      if (first === 1) throw new PolytokError('INVALID_ARGUMENT', 'typed');
      if (first === 2) throw new TypeError('untyped');
      chunk.fill(first === 3 ? Number.NaN : 0);
    },
    decodeLenient([first]: ArrayLike<number> & Iterable<number>): LenientDecode {
      if (first === 2) throw new TypeError('untyped');
      const value = first === 1 ? 5 : first === 3 ? Number.NaN : 1;
      return { actions: Float64Array.of(0, value), ok: true, issues: [] };
    },
  } as unknown as ActionTokenizer;

  it('counts what a broken tokenizer does', () => {
    const tokens = [[0], [1], [2], [3]];
    expect(decodability(broken, tokens)).toEqual({
      sequences: 4,
      strictDecoded: 0.25,
      strictSafe: 0.5,
      lenientFinite: 0.5,
      lenientInside: 0.25,
    });
    expect(decodability({ ...broken, range: undefined }, tokens).lenientInside).toBeNull();
  });
});

describe('sensitivity', () => {
  const probes = () => new TokenProbes(beast, 3);

  it('of a spline is local, and small for the next level', () => {
    const { tokens, level, random } = tokenSensitivity(beast, sequences, probes());
    expect(tokens).toBe(40);
    expect(level.maxAbs).toBeLessThan(0.02);
    expect(random.rmse).toBeGreaterThan(5 * level.rmse);
    // A control point of degree 3 reaches 4 of the 3 spans: at most all steps, and on average fewer.
    expect(random.movedSteps).toBeLessThan(STEPS);
    expect(level.movedSteps).toBe(random.movedSteps);
  });

  it('passes over sequences without tokens', () => {
    expect(tokenSensitivity(beast, [[], sequences[0]], probes()).tokens).toBe(1);
  });
});

describe('prefix error', () => {
  it('falls to the reconstruction error as tokens come in', () => {
    const errors = [0, 0.5, 1].map((share) => prefixError(beast, encoded, share));
    expect(errors.map(({ tokens }) => tokens)).toEqual([0, 9, 18]);
    expect(errors[0].rmse).toBeGreaterThan(errors[1].rmse);
    expect(errors[1].rmse).toBeGreaterThan(errors[2].rmse);
    const sums = new ErrorSums(3);
    for (const { chunk, ids } of encoded) sums.add(chunk, beast.decodeLenient(ids).actions);
    expect(errors[2].rmse).toBeCloseTo(sums.summary().total.rmse, 12);
  });

  it('refuses a share beyond all tokens', () => {
    expect(() => prefixError(beast, encoded, 1.5)).toThrow("'share'");
  });
});

describe('latency', () => {
  it('calls warm-up and batches with numbers of their own', () => {
    const seen: number[] = [];
    const { min, max } = latency((index) => seen.push(index), { samples: 2, batch: 3 });
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5]);
    expect(min).toBeGreaterThanOrEqual(0);
    expect(max).toBeGreaterThanOrEqual(min);
  });

  it('refuses no samples', () => {
    expect(() => latency(() => {}, { samples: 0 })).toThrow("'samples'");
  });
});
