import { expect, it } from 'vitest';
import { packQuads, unpackQuads } from './pack-quads.js';

it('fills rows up with zeros, and takes them off again', () => {
  const packed = packQuads(Float32Array.of(1, 2, 3, 4, 5, 6), 3);
  expect([...packed]).toEqual([1, 2, 3, 0, 4, 5, 6, 0]);
  const back = new Float32Array(6);
  unpackQuads(packed, back, 3);
  expect([...back]).toEqual([1, 2, 3, 4, 5, 6]);
  expect([...packQuads(Float32Array.of(1, 2, 3, 4, 5), 5)]).toEqual([1, 2, 3, 4, 5, 0, 0, 0]);
});

it('copies nothing where rows are quads already', () => {
  const values = new Float32Array(16);
  expect(packQuads(values, 8)).toBe(values);
});
