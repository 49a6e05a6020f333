import fc from 'fast-check';
import { expect, it } from 'vitest';
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
