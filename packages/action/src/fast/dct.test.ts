import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flat, goldens, largestDifference } from '../goldens.fixture.js';
import { Dct } from './dct.js';

const golden = goldens.fast_dct;

it('gives the golden coefficients', () => {
  const out = new Float64Array(golden.T * golden.D);
  new Dct(golden.T).forward(flat(golden.input), out, golden.D);
  expect(largestDifference(out, golden.dct.flat())).toBeLessThan(1e-9);
});

it('comes back, for any sizes, and keeps the energy', () => {
  const shapes = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 9 }));
  fc.assert(
    fc.property(
      shapes,
      fc.infiniteStream(fc.double({ min: -1, max: 1, noNaN: true })),
      ([steps, columns], numbers) => {
        const chunk = Float64Array.from({ length: steps * columns }, () => numbers.next().value);
        const out = new Float64Array(chunk.length);
        const back = new Float64Array(chunk.length);
        const dct = new Dct(steps);
        dct.forward(chunk, out, columns);
        dct.inverse(out, back, columns);
        expect(largestDifference(back, chunk)).toBeLessThan(1e-12);
        const energy = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);
        expect(Math.abs(energy(out) - energy(chunk))).toBeLessThan(1e-9);
      },
    ),
    { numRuns: 50 },
  );
});

describe('what is negligible', () => {
  const steps = 25;
  const dct = new Dct(steps);
  const smooth = Float64Array.from({ length: steps * 2 }, (_, at) =>
    Math.cos((0.3 + (at % 2)) * (at >> 1) * 0.1),
  );
  const all = new Float64Array(smooth.length);
  dct.forward(smooth, all, 2);

  it('is left out, and nothing else', () => {
    const some = new Float64Array(smooth.length).fill(7);
    const frequencies = dct.forward(smooth, some, 2, 0.05);
    expect(frequencies).toBeLessThan(steps);
    for (const [at, value] of some.entries()) {
      if (value === 0) expect(Math.abs(all[at])).toBeLessThan(0.05);
      else expect(value).toBe(all[at]);
      if (at >= 2 * frequencies) expect(value).toBe(0);
    }
  });

  it('is nothing where a chunk is rough', () => {
    const rough = Float64Array.from({ length: steps }, (_, at) => (at % 2 ? 1 : -1));
    expect(dct.forward(rough, new Float64Array(steps), 1, 0.05)).toBe(steps);
  });

  it('is not told apart beyond the largest energy', () => {
    const out = new Float64Array(steps);
    expect(dct.forward(new Float64Array(steps).fill(1e200), out, 1, 0.05)).toBe(steps);
    expect(out[0]).toBeGreaterThan(4.9e200);
  });
});
