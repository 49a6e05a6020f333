import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flat, goldens, largestDifference } from '../goldens.fixture.js';
import { Dct } from './dct.js';

const golden = goldens.fast_dct;

/** The definition: see the top of dct.ts. */
function definition(chunk: Float64Array, steps: number, columns: number): Float64Array {
  return Float64Array.from(chunk, (_, at) => {
    const [k, column] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let t = 0; t < steps; t++) {
      sum += chunk[t * columns + column] * Math.cos((Math.PI * (2 * t + 1) * k) / (2 * steps));
    }
    return sum * Math.sqrt((k === 0 ? 1 : 2) / steps);
  });
}

function coefficientsOf(dct: Dct, chunk: ArrayLike<number>): Float64Array {
  dct.chunk.set(chunk);
  dct.forward();
  return dct.coefficients.slice();
}

it('gives the golden coefficients', () => {
  const out = coefficientsOf(new Dct(golden.T, golden.D), flat(golden.input));
  expect(largestDifference(out, golden.dct.flat())).toBeLessThan(1e-9);
});

it('is the definition, comes back, and keeps the energy, for any sizes', () => {
  const shapes = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 9 }));
  fc.assert(
    fc.property(
      shapes,
      fc.infiniteStream(fc.double({ min: -1, max: 1, noNaN: true })),
      ([steps, columns], numbers) => {
        const chunk = Float64Array.from({ length: steps * columns }, () => numbers.next().value);
        const dct = new Dct(steps, columns);
        const out = coefficientsOf(dct, chunk);
        expect(largestDifference(out, definition(chunk, steps, columns))).toBeLessThan(1e-12);
        dct.chunk.fill(7);
        dct.inverse();
        expect(largestDifference(dct.chunk, chunk)).toBeLessThan(1e-12);
        const energy = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);
        expect(Math.abs(energy(out) - energy(chunk))).toBeLessThan(1e-9);
      },
    ),
    { numRuns: 50 },
  );
});

it('inverts a few coefficients as all, the others 0', () => {
  const dct = new Dct(7, 3);
  dct.coefficients.fill(0);
  dct.coefficients.set([0.5, -2], 4);
  dct.coefficients[20] = 1;
  dct.inverse();
  const whole = dct.chunk.slice();
  dct.positions.set([20, 5, 4]);
  dct.values.set([1, -2, 0.5]);
  dct.inverseOf(3);
  expect(largestDifference(dct.chunk, whole)).toBeLessThan(1e-15);
});

it('rounds ties to the even integer, and negative numbers as positive ones', () => {
  const dct = new Dct(5, 1);
  dct.coefficients.set([0.25, 0.75, -0.25, -0.75, 0.6]);
  dct.round(2);
  expect([...dct.coefficients].map((value) => value + 0)).toEqual([0, 2, 0, -2, 1]);
});

describe('what is negligible', () => {
  const steps = 25;
  // Three columns: the last one has no other beside it.
  const smooth = Float64Array.from({ length: steps * 3 }, (_, at) =>
    Math.cos((0.3 + (at % 3)) * Math.floor(at / 3) * 0.1),
  );
  const dct = new Dct(steps, 3);
  const all = coefficientsOf(dct, smooth);

  it('is left out, and nothing else', () => {
    dct.coefficients.fill(7);
    const frequencies = dct.forward(0.05);
    expect(frequencies).toBeLessThan(steps);
    for (const [at, value] of dct.coefficients.entries()) {
      if (value === 0) expect(Math.abs(all[at])).toBeLessThan(0.05);
      else expect(value).toBe(all[at]);
      if (at >= 3 * frequencies) expect(value).toBe(0);
    }
  });

  it('is nothing where a chunk is rough', () => {
    const rough = new Dct(steps, 1);
    rough.chunk.set(Float64Array.from({ length: steps }, (_, at) => (at % 2 ? 1 : -1)));
    expect(rough.forward(0.05)).toBe(steps);
  });

  it('is not told apart beyond the largest energy', () => {
    const large = new Dct(steps, 1);
    large.chunk.fill(1e200);
    expect(large.forward(0.05)).toBe(steps);
    expect(large.coefficients[0]).toBeGreaterThan(4.9e200);
  });
});
