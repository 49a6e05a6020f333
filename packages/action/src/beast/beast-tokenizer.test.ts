import { createTokenSequence, isPolytokError } from '@polytok/common';
import { conformanceLaws } from '@polytok/common/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flat, goldens, largestDifference } from '../goldens.fixture.js';
import { BEAST_PRESETS } from './beast-options.js';
import { BeastTokenizer } from './beast-tokenizer.js';

type Case = typeof goldens.beast_gripper_middle_column;

function tokenizerOf({ T, D, N, p, V, lambda, gripper_columns, w_min, w_max }: Case): BeastTokenizer {
  return new BeastTokenizer({
    steps: T,
    columns: D,
    points: N,
    degree: p,
    levels: V,
    ridge: lambda,
    grippers: gripper_columns,
    bounds: { low: flat(w_min), high: flat(w_max) },
  });
}

const fit = goldens.beast_fit;
const tokenizer = tokenizerOf(fit);

describe('the official layout', () => {
  it.each([
    ['joints', goldens.beast_fit],
    ['a gripper in the middle', goldens.beast_gripper_middle_column],
  ] as const)('gives the golden tokens and decodes to the golden actions: %s', (_, golden) => {
    const of = tokenizerOf(golden);
    const tokens = of.encodeSync(flat(golden.input));
    expect([...tokens.ids]).toEqual(golden.tokens);
    expect(largestDifference(of.decodeSync(tokens), golden.decoded.flat())).toBeLessThan(1e-8);
  });

  it.each([goldens.beast_fit, goldens.beast_gripper_middle_column])(
    'fits the golden control points',
    (golden) => {
      const fitted = new Float64Array(golden.N * golden.D);
      tokenizerOf(golden).fitInto(flat(golden.input), fitted);
      expect(largestDifference(fitted, golden.control_points.flat())).toBeLessThan(1e-9);
    },
  );

  it('evaluates the curve at any phases', () => {
    const rows = tokenizer.curve(fit.tokens).at({ phases: fit.query_phases });
    expect(largestDifference(rows, fit.decoded_at_query_phases.flat())).toBeLessThan(1e-8);
  });

  it('starts the joints where the chunk before ended', () => {
    const chunk = new Float64Array(fit.T * fit.D);
    tokenizer.decodeInto(fit.tokens, chunk, { start: fit.init_p });
    expect(largestDifference(chunk, fit.decoded_with_init_p.flat())).toBeLessThan(1e-8);
    expect([...chunk.subarray(0, fit.D)]).toEqual(fit.init_p);
  });

  it('knows the released sizes', () => {
    const tokens = Object.values(BEAST_PRESETS).map(({ points, columns }) => points * columns);
    expect(tokens).toEqual([70, 35]);
  });
});

it('decodes the golden chunk of the released libero sizes', () => {
  const golden = goldens.beast_decode_preset_libero;
  const low = new Float64Array(35).fill(golden.w_min);
  const high = new Float64Array(35).fill(golden.w_max);
  const of = new BeastTokenizer({ ...BEAST_PRESETS.libero, bounds: { low, high } });
  const chunk = new Float64Array(70);
  of.decodeInto(golden.tokens, chunk);
  expect(largestDifference(chunk, golden.decoded.flat())).toBeLessThan(1e-9);
});

describe('a chunk whose start is known', () => {
  const join = { start: [0.1, 0.13, 0.35], velocity: [2, 0, -1] };

  it.each([{ start: join.start }, join])('starts there, and the other points fit the rest: %j', (known) => {
    const blind = new Float64Array(60);
    const fitted = new Float64Array(60);
    tokenizer.decodeInto(tokenizer.encodeSync(flat(fit.input)).ids, blind, known);
    tokenizer.decodeInto(tokenizer.encodeSync(flat(fit.input), known).ids, fitted, known);
    expect([...fitted.subarray(0, 3)]).toEqual(join.start);
    const squares = (chunk: Float64Array) =>
      chunk.reduce((sum, value, at) => sum + (value - flat(fit.input)[at]) ** 2, 0);
    expect(squares(fitted)).toBeLessThan(squares(blind));
  });

  it('starts with its velocity', () => {
    const curve = tokenizer.curve(fit.tokens, join);
    expect(largestDifference(curve.velocityAt({ phases: [0] }), join.velocity)).toBeLessThan(1e-12);
  });

  it('needs a place for a velocity, and finite numbers', () => {
    const refusal = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    expect(() => tokenizer.curve(fit.tokens, { velocity: [0, 0, 0] })).toThrow(refusal);
    expect(() => tokenizer.curve(fit.tokens, { start: [0, 0] })).toThrow(refusal);
    expect(() => tokenizer.curve(fit.tokens, { start: [0, Number.NaN, 0] })).toThrow(refusal);
  });
});

describe('control points out of bounds', () => {
  const tight = { low: flat(fit.w_min).map((low) => low / 3), high: flat(fit.w_max).map((high) => high / 3) };
  const sizes = { steps: fit.T, columns: fit.D, points: fit.N, degree: fit.p, bounds: tight };
  const error = (outside: 'clip' | 'bounded') => {
    const of = new BeastTokenizer({ ...sizes, outside });
    const chunk = of.decodeSync(of.encodeSync(flat(fit.input)));
    return chunk.reduce((sum, value, at) => sum + (value - flat(fit.input)[at]) ** 2, 0);
  };

  it('clip the golden share of control points, or none where the fit is solved again', () => {
    const bounds = {
      low: new Float64Array(fit.N * fit.D).fill(-0.2),
      high: new Float64Array(fit.N * fit.D).fill(0.25),
    };
    const share = (outside: 'clip' | 'bounded') =>
      new BeastTokenizer({ ...sizes, bounds, outside }).clippedShare(flat(fit.input));
    expect(share('clip')).toBe(goldens.beast_fit_tight_bounds.clipped_share);
    expect(share('bounded')).toBe(0);
  });

  it('are a range in which every curve stays, per column', () => {
    const bounds = { low: Float64Array.of(-1, 0, -2, 1), high: Float64Array.of(1, 5, 0, 7) };
    const { range } = new BeastTokenizer({ steps: 4, columns: 2, points: 2, degree: 1, bounds });
    expect(range).toEqual({ low: Float64Array.of(-2, 0), high: Float64Array.of(1, 7) });
  });

  it('cost less where the fit is solved again within them', () => {
    expect(error('bounded')).toBeLessThan(0.8 * error('clip'));
  });

  it('give the same tokens either way where there are none', () => {
    const bounds = { low: flat(fit.w_min), high: flat(fit.w_max) };
    const of = new BeastTokenizer({ ...sizes, bounds, outside: 'bounded' });
    expect([...of.encodeSync(flat(fit.input)).ids]).toEqual(fit.tokens);
  });
});

describe('knots of its own', () => {
  const uniform = Array.from({ length: fit.N - fit.p - 1 }, (_, i) => (i + 1) / (fit.N - fit.p));
  const sizes = { steps: fit.T, columns: fit.D, points: fit.N, degree: fit.p };
  const bounds = { low: flat(fit.w_min), high: flat(fit.w_max) };

  it('give the golden tokens where they are equally spaced', () => {
    const of = new BeastTokenizer({ ...sizes, bounds, innerKnots: uniform });
    expect([...of.encodeSync(flat(fit.input)).ids]).toEqual(fit.tokens);
  });

  it('are part of the configuration, and of what tokens mean', () => {
    expect(tokenizer.toJSON()).not.toHaveProperty('innerKnots');
    const innerKnots = uniform.map((knot) => knot ** 2);
    const of = new BeastTokenizer({ ...sizes, bounds, innerKnots });
    expect(of.toJSON().innerKnots).toEqual(innerKnots);
    expect(of.vocabulary.fingerprint).not.toBe(tokenizer.vocabulary.fingerprint);
    const back = BeastTokenizer.fromJSON(JSON.parse(JSON.stringify(of)));
    expect(back.vocabulary.fingerprint).toBe(of.vocabulary.fingerprint);
  });

  it('shape the curve, which starts where and as fast as it is told', () => {
    const of = new BeastTokenizer({ ...sizes, bounds, innerKnots: uniform.map((knot) => knot ** 2) });
    const { ids } = of.encodeSync(flat(fit.input));
    const join = { start: [0.1, 0.13, 0.35], velocity: [2, 0, -1] };
    const curve = of.curve(ids, join);
    const phases = Array.from({ length: fit.T }, (_, step) => step / (fit.T - 1));
    const chunk = new Float64Array(fit.T * fit.D);
    of.decodeInto(ids, chunk, join);
    expect(largestDifference(curve.at({ phases }), chunk)).toBeLessThan(1e-12);
    expect(largestDifference(curve.velocityAt({ phases: [0] }), join.velocity)).toBeLessThan(1e-9);
  });

  it.each([
    { innerKnots: [0.5] },
    { innerKnots: [...uniform].reverse() },
    { degree: 0, innerKnots: Array.from({ length: fit.N - 1 }, (_, i) => (i + 1) / fit.N) },
  ])('are refused where they do not fit: %j', (bad) => {
    expect(() => new BeastTokenizer({ ...sizes, bounds, ...bad })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('constants and extremes', () => {
  const constant = new BeastTokenizer({
    steps: 6,
    columns: 1,
    points: 4,
    degree: 3,
    bounds: { low: new Float64Array(4).fill(0.3), high: new Float64Array(4).fill(0.3) },
  });

  it('keeps a control point whose bounds are equal', () => {
    const tokens = constant.encodeSync(new Float64Array(6).fill(0.7));
    expect([...tokens.ids]).toEqual([0, 0, 0, 0]);
    expect(largestDifference(constant.decodeSync(tokens), new Array(6).fill(0.3))).toBeLessThan(1e-12);
  });

  it('clips what is outside the bounds to the outermost levels', () => {
    const chunk = new Float64Array(fit.T * fit.D).fill(1e6);
    expect(new Set(tokenizer.encodeSync(chunk).ids)).toEqual(new Set([255]));
  });
});

describe('what a model wrote', () => {
  const strict = tokenizer.decodeSync(
    createTokenSequence({
      vocabulary: tokenizer.vocabulary,
      ids: fit.tokens,
      alignment: { kind: 'whole', length: fit.T },
    }),
  );

  it('is decoded as ever when it is right', () => {
    expect(tokenizer.decodeLenient(fit.tokens)).toEqual({ actions: strict, ok: true, issues: [] });
  });

  it('keeps the start of a truncated chunk, and then the last control points', () => {
    const { actions, ok, issues } = tokenizer.decodeLenient(fit.tokens.slice(0, 5 * fit.D));
    expect(ok).toBe(false);
    expect(issues).toMatchObject([{ kind: 'too-few-tokens', at: 15, count: 15 }]);
    expect([...actions.subarray(0, fit.D)]).toEqual([...strict.subarray(0, fit.D)]);
    expect(actions.every((value) => Number.isFinite(value))).toBe(true);
  });

  it('is the fallback, within the bounds, where nothing is known', () => {
    const bounds = { low: new Float64Array(8).fill(-1), high: new Float64Array(8).fill(1) };
    const of = new BeastTokenizer({ steps: 6, columns: 2, points: 4, degree: 3, grippers: [0], bounds });
    const { actions } = of.decodeLenient([], { fallback: [0.25, 9] });
    expect(largestDifference(actions, Array(6).fill([0.25, 1]).flat())).toBeLessThan(1e-12);
    expect(largestDifference(of.decodeLenient([]).actions, Array(12).fill(0))).toBeLessThan(1e-12);
  });

  it('is finite and within the bounds of its columns, whatever it is', () => {
    const anything = fc.array(fc.oneof(fc.nat(255), fc.double(), fc.integer()), { maxLength: 40 });
    const least = fit.w_min.reduce((a, row) => Math.min(a, ...row), 0);
    const most = fit.w_max.reduce((a, row) => Math.max(a, ...row), 0);
    fc.assert(
      fc.property(anything, (ids) => {
        const { actions } = tokenizer.decodeLenient(ids);
        return actions.every((value) => value >= least - 1e-9 && value <= most + 1e-9);
      }),
    );
  });
});

describe('bad input', () => {
  const code = (call: () => unknown) => {
    try {
      call();
    } catch (error) {
      return isPolytokError(error) ? [error.code, error.details] : error;
    }
    return 'accepted';
  };
  const chunk = () => flat(fit.input);

  it('names the step and column of a number that is not finite', () => {
    const bad = chunk();
    bad[7] = Number.NaN;
    expect(code(() => tokenizer.encodeSync(bad))).toEqual([
      'INVALID_ARGUMENT',
      { step: 2, column: 1, value: Number.NaN },
    ]);
  });

  it('refuses chunks and tokens of another length, and levels that do not exist', () => {
    expect(code(() => tokenizer.encodeSync(new Float64Array(7)))).toMatchObject([
      'INVALID_ARGUMENT',
      { expected: 60 },
    ]);
    expect(code(() => tokenizer.decodeInto([1, 2], chunk()))).toMatchObject([
      'INVALID_ARGUMENT',
      { expected: 30 },
    ]);
    const ids = Uint16Array.from(fit.tokens).fill(256, 4, 5);
    expect(code(() => tokenizer.decodeInto(ids, chunk()))).toEqual([
      'ID_OUT_OF_RANGE',
      { index: 4, id: 256, levels: 256 },
    ]);
    const { vocabulary } = tokenizer;
    const short = createTokenSequence({ vocabulary, ids: [1], alignment: { kind: 'whole', length: 20 } });
    expect(code(() => tokenizer.decodeSync(short))).toMatchObject(['INVALID_ARGUMENT', { actual: 1 }]);
  });

  it.each([
    { steps: 0 },
    { columns: 0 },
    { levels: 1 },
    { levels: 65537 },
    { points: 4 },
    { grippers: [3] },
    { grippers: [1, 1] },
    { duration: 0 },
    { ridge: 0 },
    { steps: 9 },
    { outside: 'wrap' as 'clip' },
    { bounds: { low: new Float64Array(30).fill(1), high: new Float64Array(30) } },
    { bounds: { low: new Float64Array(30).fill(Number.NaN), high: new Float64Array(30) } },
    { bounds: { low: new Float64Array(29), high: new Float64Array(29) } },
  ])('refuses %j', (bad) => {
    const bounds = { low: new Float64Array(30), high: new Float64Array(30) };
    const options = { steps: 20, columns: 3, bounds, ...bad };
    expect(code(() => new BeastTokenizer(options))).toMatchObject(['INVALID_ARGUMENT', {}]);
  });
});

const middle = goldens.beast_gripper_middle_column;
const knotted = new BeastTokenizer({
  ...tokenizerOf(middle).options,
  bounds: tokenizerOf(middle).bounds,
  innerKnots: Array.from(
    { length: middle.N - middle.p - 1 },
    (_, i) => ((i + 1) / (middle.N - middle.p)) ** 1.2,
  ),
});

describe.each([
  ['joints', tokenizer, fit, [flat(fit.input), new Float64Array(fit.T * fit.D)]],
  ['a gripper in the middle', tokenizerOf(middle), middle, []],
  ['knots of its own', knotted, middle, []],
] as const)('the laws of tokenizers: %s', (_, of, golden, others) => {
  // A spline through its own control points is found again, so that only half a level is lost, times the sum of the basis.
  const weights = of.bounds.low.map(
    (low, at) => low + (0.1 + 0.8 * ((at * 0.37) % 1)) * (of.bounds.high[at] - low),
  );
  const curves = new Float64Array(golden.T * golden.D);
  of.evaluateInto(weights, curves);
  const laws = conformanceLaws({
    tokenizer: () => of,
    fromJSON: BeastTokenizer.fromJSON,
    signals: [curves, ...others].map((signal, at) => ({
      name: `chunk ${at}`,
      signal,
      shape: [golden.T, golden.D],
    })),
    distance: (a, b) => largestDifference(a, b),
    tolerance: 0.01,
    badSignals: [
      { name: 'NaN', signal: curves.map(() => Number.NaN), code: 'INVALID_ARGUMENT' },
      { name: 'another shape', signal: new Float64Array(1), code: 'INVALID_ARGUMENT' },
    ],
  });
  it.each(laws)('$name', ({ check }) => check());
});
