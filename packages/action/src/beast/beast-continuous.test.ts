import { expect, it } from 'vitest';
import { flat, goldens, largestDifference } from '../goldens.fixture.js';
import { BeastContinuous } from './beast-continuous.js';
import { BeastTokenizer } from './beast-tokenizer.js';

const golden = goldens.beast_fit;
const bounds = { low: flat(golden.w_min), high: flat(golden.w_max) };
const sizes = { steps: golden.T, columns: golden.D, points: golden.N, degree: golden.p };
const tokenizer = new BeastTokenizer({ ...sizes, bounds });

it.each([
  ['dof-major', golden.continuous_dof_major],
  ['basis-major', golden.continuous_basis_major],
] as const)('gives the golden numbers, and comes back: %s', (layout, expected) => {
  const continuous = new BeastContinuous(tokenizer, { layout });
  const values = continuous.encode(flat(golden.input));
  expect(largestDifference(values, expected)).toBeLessThan(1e-8);
  const fitted = new Float64Array(golden.N * golden.D);
  tokenizer.fitInto(flat(golden.input), fitted);
  const chunk = new Float64Array(golden.T * golden.D);
  tokenizer.evaluateInto(fitted, chunk);
  expect(largestDifference(continuous.decode(values), chunk)).toBeLessThan(1e-12);
});

it('puts grippers behind the joints, as the tokens do', () => {
  const low = new Float64Array(8).fill(-1);
  const of = new BeastTokenizer({
    steps: 8,
    columns: 2,
    points: 4,
    degree: 3,
    grippers: [0],
    bounds: { low, high: low.map((value) => -value) },
  });
  const chunk = Float64Array.from({ length: 16 }, (_, at) => (at % 2 === 0 ? 1 : -1));
  const dof = new BeastContinuous(of, { layout: 'dof-major' }).encode(chunk);
  const basis = new BeastContinuous(of, { layout: 'basis-major' }).encode(chunk);
  expect(largestDifference(dof, [-1, -1, -1, -1, 1, 1, 1, 1])).toBeLessThan(1e-6);
  expect(largestDifference(basis, [-1, 1, -1, 1, -1, 1, -1, 1])).toBeLessThan(1e-6);
});

it('starts where it is told, and clips what is beyond', () => {
  const continuous = new BeastContinuous(tokenizer, { layout: 'basis-major' });
  const start = [0.1, 0.2, 0.3];
  const chunk = continuous.decode(new Float64Array(30).fill(9), { start });
  expect([...chunk.subarray(0, 3)]).toEqual(start);
  expect(Math.max(...chunk)).toBeLessThanOrEqual(Math.max(...bounds.high));
});
