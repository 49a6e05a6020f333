import { expect, it } from 'vitest';
import { BandedProduct } from './banded-product.js';

// Five rows: one block of four, and one of one. The last but one has zeros only.
const matrix = Float64Array.from(
  [
    [1, 2, 0],
    [0, 3, 0],
    [0, 0, 4],
    [0, 0, 0],
    [5, 0, 6],
  ].flat(),
);
const values = Float64Array.from(
  [
    [1, 10],
    [2, 20],
    [3, 30],
  ].flat(),
);

it('multiplies the columns of a chunk', () => {
  const out = new Float64Array(10).fill(7);
  new BandedProduct(matrix, 3).multiply(values, out, 2, Uint32Array.of(0, 1));
  expect(out).toEqual(Float64Array.of(5, 50, 6, 60, 12, 120, 0, 0, 23, 230));
});

it('leaves the columns that were not chosen', () => {
  const out = new Float64Array(10).fill(7);
  new BandedProduct(matrix, 3).multiply(values, out, 2, Uint32Array.of(1));
  expect(out).toEqual(Float64Array.of(7, 50, 7, 60, 7, 120, 7, 0, 7, 230));
});

it('gives zeros for a matrix of zeros', () => {
  const out = new Float64Array(4).fill(7);
  new BandedProduct(new Float64Array(6), 3).multiply(values, out, 2, Uint32Array.of(0, 1));
  expect(out).toEqual(new Float64Array(4));
});
