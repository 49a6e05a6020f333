import { describe, expect, it } from 'vitest';
import { uniform } from '../kernels/random-values.fixture.js';
import { largestDifference } from './goldens.fixture.js';
import { laterKernels } from './later-kernels.fixture.js';
import { ProductVq } from './product-vq.js';
import { randomRotation } from './rotation.js';
import { Vq } from './vq.js';

const code = (name: string) => expect.objectContaining({ name: 'PolytokError', code: name });
/** Turns (x, y) to (y, -x). */
const QUARTER_TURN = Float32Array.of(0, -1, 1, 0);

describe('ProductVq', () => {
  it('looks each part up in its own codebook, of any size', () => {
    const codebooks = [Float32Array.of(0, 10), Float32Array.of(0, 1, 2)];
    const pq = new ProductVq({ codebooks, dimension: 2 });
    expect(pq.codebookSizes).toEqual([2, 3]);
    const ids = pq.quantize(Float32Array.of(7, 1.6, -2, 0.2));
    expect(ids).toEqual(Uint16Array.of(1, 2, 0, 0));
    expect(pq.dequantize(ids)).toEqual(Float32Array.of(10, 2, 0, 0));
  });

  it('rotates vectors before it cuts them, and back', () => {
    const codebooks = [Float32Array.of(1, 2), Float32Array.of(-30, -40)];
    const pq = new ProductVq({ codebooks, dimension: 2, rotation: QUARTER_TURN });
    const ids = pq.quantize(Float32Array.of(38, 1.2));
    expect(ids).toEqual(Uint16Array.of(0, 1));
    expect(pq.dequantize(ids)).toEqual(Float32Array.of(40, 1));
    expect(pq.dequantize(ids, new Float64Array(2))).toEqual(Float64Array.of(40, 1));
  });

  it('is Vq where it has one part, also rotated', () => {
    const codes = uniform(30 * 5, 1);
    const vectors = uniform(40 * 5, 2);
    const expected = new Vq({ codes, dimension: 5 }).quantize(vectors);
    expect(new ProductVq({ codebooks: [codes], dimension: 5 }).quantize(vectors)).toEqual(expected);
    const rotation = randomRotation({ dimension: 5, seed: 3 });
    const turned = new Float32Array(150);
    for (let row = 0; row < 30; row++) {
      for (let j = 0; j < 5; j++) {
        for (let i = 0; i < 5; i++) turned[row * 5 + j] += codes[row * 5 + i] * rotation[i * 5 + j];
      }
    }
    const rotated = new ProductVq({ codebooks: [turned], dimension: 5, rotation });
    expect(rotated.quantize(vectors)).toEqual(expected);
    const decoded = rotated.dequantize(Array.from({ length: 30 }, (_, id) => id));
    expect(largestDifference(decoded, codes)).toBeLessThan(1e-6);
  });

  it('quantizes on kernels that wait to the same ids', async () => {
    const codebooks = [uniform(40, 4), uniform(40, 5)];
    const rotation = randomRotation({ dimension: 4 });
    const pq = new ProductVq({ codebooks, dimension: 4, rotation });
    const vectors = uniform(80, 6);
    expect(await pq.quantizeOn(laterKernels(), vectors)).toEqual(pq.quantize(vectors));
  });

  it('gives ties to the lowest id', () => {
    const pq = new ProductVq({ codebooks: [Float32Array.of(1, -1), Float32Array.of(2, 2)], dimension: 2 });
    expect(pq.quantize(Float32Array.of(0, 0))).toEqual(Uint16Array.of(0, 0));
  });

  it.each([
    { codebooks: [] },
    { codebooks: [new Float32Array(3), new Float32Array(0)] },
    { dimension: 3 },
    { dimension: 0 },
    { rotation: new Float32Array(4) },
    { rotation: new Float32Array(3) },
    { rotation: Float32Array.of(1, 0, 0, 1.01) },
    { rotation: Float32Array.of(1, 0, 1, 0) },
    { rotation: Float32Array.of(Number.NaN, 0, 0, 1) },
  ])('refuses %j', (bad) => {
    const codebooks = [new Float32Array(3), new Float32Array(3)];
    expect(() => new ProductVq({ codebooks, dimension: 2, ...bad })).toThrow(code('INVALID_ARGUMENT'));
  });
});

describe('randomRotation', () => {
  it.each([1, 2, 17, 64])('is orthogonal in %i dimensions, and its own for every seed', (dimension) => {
    const rotation = randomRotation({ dimension, seed: 5 });
    for (let a = 0; a < dimension; a++) {
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let j = 0; j < dimension; j++)
          product += rotation[a * dimension + j] * rotation[b * dimension + j];
        expect(Math.abs(product - (a === b ? 1 : 0))).toBeLessThan(1e-6);
      }
    }
    expect(randomRotation({ dimension, seed: 5 })).toEqual(rotation);
    if (dimension > 1) expect(randomRotation({ dimension, seed: 6 })).not.toEqual(rotation);
  });

  it('is the same on every platform', () => {
    const [a, b] = [0.4413350224494934, 0.8973423838615417];
    expect(randomRotation({ dimension: 2, seed: 1 })).toEqual(Float32Array.of(-a, -b, -b, a));
  });

  it('refuses what it cannot make', () => {
    expect(() => randomRotation({ dimension: 0 })).toThrow(code('INVALID_ARGUMENT'));
    expect(() => randomRotation({ dimension: 2, seed: 0.5 })).toThrow(code('INVALID_ARGUMENT'));
    expect(() => randomRotation({ dimension: 5000 })).toThrow(code('LIMIT_EXCEEDED'));
  });
});
