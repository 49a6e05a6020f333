import { conformanceLaws } from '@polytok/common/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldens, largestDifference } from '../goldens.fixture.js';
import { fitResidualVq, ResidualVqTokenizer } from './residual-vq-tokenizer.js';

describe('the golden codes', () => {
  const { codebooks, cases } = goldens.residual_vq;
  const tokenizer = new ResidualVqTokenizer({
    steps: 1,
    columns: 3,
    codes: codebooks[0].length,
    stages: codebooks.length,
    codebooks: Float32Array.from(codebooks.flat(2)),
    low: [-2, -2, -2],
    high: [2, 2, 2],
  });

  it.each(cases)('are chosen stage by stage: $x', ({ x, indices, quantised }) => {
    const tokens = tokenizer.encodeSync(Float64Array.from(x));
    expect([...tokens.ids]).toEqual(indices);
    expect(largestDifference(tokenizer.decodeSync(tokens), quantised)).toBeLessThan(1e-6);
  });
});

const shape = { steps: 6, columns: 2 };
const chunk = (n: number) => Float64Array.from({ length: 12 }, (_, i) => Math.sin(n / 3 + i / 4));
const chunks = Array.from({ length: 200 }, (_, n) => chunk(n));
const fitted = await fitResidualVq(chunks, { ...shape, codes: 32, stages: 3, seed: 1 });

const errorOf = (ids: ArrayLike<number>, original: Float64Array) =>
  fitted.decodeLenient(ids).actions.reduce((sum, value, at) => sum + (value - original[at]) ** 2, 0);

describe('fitted to chunks', () => {
  it('comes nearer with every token', () => {
    const errors = [1, 2, 3].map((kept) =>
      chunks.reduce((sum, one) => sum + errorOf(fitted.encodeSync(one).ids.subarray(0, kept), one), 0),
    );
    expect(errors[1]).toBeLessThan(errors[0] / 2);
    expect(errors[2]).toBeLessThan(errors[1] / 2);
  });

  it('gives the same codes for the same seed', async () => {
    const again = await fitResidualVq(chunks, { ...shape, codes: 32, stages: 3, seed: 1 });
    expect(again.vocabulary.fingerprint).toBe(fitted.vocabulary.fingerprint);
  });

  it('ignores what refines an unknown token', () => {
    const [first, , third] = fitted.encodeSync(chunks[5]).ids;
    const { actions, ok, issues } = fitted.decodeLenient([first, 99, third]);
    expect(ok).toBe(false);
    expect(issues).toMatchObject([{ kind: 'id-out-of-range', at: 1, count: 1 }]);
    expect(actions).toEqual(fitted.decodeLenient([first]).actions);
  });

  it('is finite and within the range of the chunks, whatever a model wrote', () => {
    const anything = fc.array(fc.oneof(fc.nat(31), fc.double(), fc.integer()), { maxLength: 5 });
    fc.assert(
      fc.property(anything, (ids) => {
        const { actions } = fitted.decodeLenient(ids);
        expect(actions.every((value) => value >= -1 && value <= 1)).toBe(true);
      }),
    );
  });

  const laws = conformanceLaws({
    tokenizer: () => fitted,
    fromJSON: ResidualVqTokenizer.fromJSON,
    signals: [
      { name: 'a chunk', signal: chunks[3], shape: [6, 2] },
      { name: 'another', signal: chunks[90], shape: [6, 2] },
    ],
    distance: largestDifference,
    tolerance: 0.1,
    badSignals: [{ name: 'NaN', signal: new Float64Array(12).fill(Number.NaN), code: 'INVALID_ARGUMENT' }],
  });
  it.each(laws)('$name', ({ check }) => check());
});

it.each([
  ['no chunks', [], {}],
  ['NaN', [new Float64Array(12).fill(Number.NaN)], {}],
  ['another shape', [new Float64Array(5)], {}],
  ['no codes', chunks, { codes: 0 }],
])('refuses %s', async (_, bad, options) => {
  await expect(fitResidualVq(bad, { ...shape, ...options })).rejects.toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});

it.each([{ codebooks: 'AAAA' }, { codebooks: 7 }, { type: 'beast' }])(
  'refuses a configuration with %j',
  (bad) => {
    expect(() => ResidualVqTokenizer.fromJSON({ ...fitted.toJSON(), ...bad })).toThrow(
      expect.objectContaining({ code: 'INVALID_FORMAT' }),
    );
  },
);
