import { describe, expect, it } from 'vitest';
import { uniform } from '../kernels/random-values.fixture.js';
import { largestDifference } from './goldens.fixture.js';
import { SimVq } from './sim-vq.js';
import { simVqGradients, simVqLosses } from './sim-vq-losses.js';
import { torchGoldens } from './torch-goldens.fixture.js';
import { Vq } from './vq.js';

const { simvq: golden } = torchGoldens;
const code = (name: string) => expect.objectContaining({ name: 'PolytokError', code: name });
const shape = { dimension: 3, frozenDimension: 4 };
const frozen = Float32Array.from(golden.frozen);
const transform = Float32Array.from(golden.transform);
const vectors = Float64Array.from(golden.vectors);
const quantizer = new SimVq({ frozen, transform, ...shape });

describe('SimVq', () => {
  it('gives the ids, codes, loss and gradients of vector-quantize-pytorch', () => {
    expect(Array.from(quantizer.quantize(vectors))).toEqual(golden.ids);
    expect(largestDifference(quantizer.codes, golden.codes)).toBeLessThan(1e-6);
    expect(simVqLosses({ quantizer, vectors }).total).toBeCloseTo(golden.loss, 6);
    const gradients = simVqGradients({ quantizer, vectors });
    expect(largestDifference(gradients.transform, golden.transform_gradient)).toBeLessThan(1e-6);
    expect(largestDifference(gradients.vectors, golden.vectors_gradient)).toBeLessThan(1e-6);
  });

  it('is a plain quantizer with the transformed codes', () => {
    const vq = new Vq({ codes: quantizer.codes, dimension: 3 });
    const many = uniform(300, 1);
    expect(quantizer.quantize(many)).toEqual(vq.quantize(many));
    expect(quantizer.dequantize([6, 0])).toEqual(vq.dequantize([6, 0]));
  });

  it('gives vectors as near to two codes the lower id', () => {
    const twins = new SimVq({
      frozen: Float32Array.of(1, 3, 1),
      transform: Float32Array.of(2),
      dimension: 1,
    });
    expect(twins.quantize(Float32Array.of(4, 2, 9))).toEqual(Uint16Array.of(0, 0, 1));
  });

  it('maps everything to its only code', () => {
    const one = SimVq.random({ count: 1, dimension: 3, seed: 0 });
    expect(one.quantize(uniform(9, 2))).toEqual(new Uint16Array(3));
  });

  it('comes from a seed, to the last bit', () => {
    const drawn = SimVq.random({ count: 64, dimension: 8, seed: 5 });
    expect(drawn.fingerprint).toBe(SimVq.random({ count: 64, dimension: 8, seed: 5 }).fingerprint);
    expect(drawn.fingerprint).not.toBe(SimVq.random({ count: 64, dimension: 8, seed: 6 }).fingerprint);
    expect(drawn.fingerprint).toBe('4af598943e117af4');
  });

  it('starts with codes and weights of the published size', () => {
    const { frozen_codebook: c, 'code_transform.weight': w } = SimVq.random({
      count: 4096,
      dimension: 32,
      frozenDimension: 16,
      seed: 1,
    }).tensors();
    const squares = c.values.reduce((sum, value) => sum + value * value, 0);
    expect(squares / 4096).toBeCloseTo(1, 1);
    expect(w.shape).toEqual([32, 16]);
    expect(w.values.every((value) => Math.abs(value) <= 0.25)).toBe(true);
    expect(w.values.some((value) => Math.abs(value) > 0.24)).toBe(true);
  });

  it('lowers its loss by a step down the gradient, with the frozen codes as they were', () => {
    const before = simVqLosses({ quantizer, vectors });
    const slope = simVqGradients({ quantizer, vectors }).transform;
    const stepped = quantizer.withTransform(transform.map((value, i) => value - 0.05 * slope[i]));
    expect(simVqLosses({ quantizer: stepped, vectors }).total).toBeLessThan(before.total);
    expect(stepped.tensors().frozen_codebook.values).toEqual(frozen);
  });

  it.each([
    { frozen: new Float32Array(0) },
    { frozen: frozen.subarray(1) },
    { transform: transform.subarray(4) },
    { transform: new Float32Array(16) },
    { transform: transform.map(() => Number.NaN) },
    { frozen: frozen.map(() => 1e12), transform: transform.map(() => 1e12) },
    { dimension: 0 },
    { frozenDimension: 2.5 },
  ])('refuses %j', (bad) => {
    expect(() => new SimVq({ frozen, transform, ...shape, ...bad })).toThrow(code('INVALID_ARGUMENT'));
  });

  it.each([{ count: 0 }, { dimension: 0 }, { frozenDimension: -1 }])('draws nothing for %j', (bad) => {
    expect(() => SimVq.random({ count: 4, dimension: 2, seed: 0, ...bad })).toThrow(code('INVALID_ARGUMENT'));
  });

  it('refuses gradients that do not belong to the ids', () => {
    expect(() => quantizer.transformGradient([0, 1], new Float32Array(3))).toThrow(code('INVALID_ARGUMENT'));
    expect(() => quantizer.transformGradient([7], new Float32Array(3))).toThrow(code('ID_OUT_OF_RANGE'));
  });
});

describe('simVqLosses', () => {
  it('weighs the commitment and leaves masked rows out', () => {
    const mask = golden.ids.map((_, row) => row === 2);
    const one = simVqLosses({ quantizer, vectors: vectors.subarray(6, 9) });
    const masked = simVqLosses({ quantizer, vectors, mask, commitmentWeight: 1 });
    expect(masked.codebook).toBeCloseTo(one.codebook, 12);
    expect(masked.total).toBeCloseTo(2 * one.codebook, 12);
    const gradients = simVqGradients({ quantizer, vectors, mask });
    expect(gradients.vectors.findIndex((slope) => slope !== 0)).toBe(6);
    expect(gradients.vectors.subarray(9).every((slope) => slope === 0)).toBe(true);
  });
});
