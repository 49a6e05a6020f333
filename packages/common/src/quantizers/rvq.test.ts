import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWasmKernels } from '../kernels/index.js';
import { integers, uniform } from '../kernels/random-values.fixture.js';
import { synchronousBackends } from '../kernels/synchronous-backends.fixture.js';
import { largestDifference } from './goldens.fixture.js';
import { DROPPED } from './index.js';
import { float32, residualGoldens } from './residual-goldens.fixture.js';
import { Rvq } from './rvq.js';
import { Vq } from './vq.js';

const code = (name: string) => expect.objectContaining({ name: 'PolytokError', code: name });

/** Coarse to fine on a line: tens, then twos. */
const line = () =>
  new Rvq({ codebooks: [Float32Array.of(0, 10, 20), Float32Array.of(-2, 0, 2)], dimension: 1 });

describe('Rvq', () => {
  it('quantizes what the stages before left over, and adds codes up', () => {
    const rvq = line();
    expect(rvq.codebookSizes).toEqual([3, 3]);
    const ids = rvq.quantize(Float32Array.of(11.5, -1.5, 19.25));
    expect(ids).toEqual(Uint16Array.of(1, 2, 0, 0, 2, 1));
    expect(rvq.dequantize(ids)).toEqual(Float32Array.of(12, -2, 20));
  });

  it.each(synchronousBackends)(
    'gives the ids and vectors of vector-quantize-pytorch, on $name',
    ({ create }) => {
      const { codebooks, dimension, batches, forward } = residualGoldens;
      const rvq = new Rvq({ codebooks: codebooks.map(float32), dimension, kernels: create() });
      expect(rvq.codebookSizes).toEqual([4, 3, 5]);
      const ids = rvq.quantize(float32(batches[0]));
      expect(Array.from(ids)).toEqual(forward.ids);
      expect(largestDifference(rvq.dequantize(ids), float32(forward.quantized))).toBe(0);
    },
  );

  it('decodes dropped stages as vector-quantize-pytorch does', () => {
    const { codebooks, dimension, dropped } = residualGoldens;
    const rvq = new Rvq({ codebooks: codebooks.map(float32), dimension });
    for (const ids of [dropped.ids, Int32Array.from(dropped.ids)]) {
      expect(largestDifference(rvq.dequantize(ids), float32(dropped.quantized))).toBeLessThan(1e-6);
    }
  });

  it('follows the residual quantizer of VQ-BeT', () => {
    const { codebooks, vectors, ids, quantized } = residualGoldens.vqbet;
    const rvq = new Rvq({ codebooks: codebooks.map(float32), dimension: 3 });
    expect(Array.from(rvq.quantize(float32(vectors)))).toEqual(ids);
    expect(largestDifference(rvq.dequantize(ids), quantized)).toBeLessThan(1e-7);
  });

  it('rounds residual and sum to single precision after every stage', () => {
    // 2^24 + 1 is no single-precision number: the first sum is 2^24, where a sum in doubles would end at 1.
    const codebooks = [1, 2 ** 24, -(2 ** 24)].map((value) => Float32Array.of(value));
    const rvq = new Rvq({ codebooks, dimension: 1 });
    expect(rvq.dequantize([0, 0, 0])).toEqual(Float32Array.of(0));
    expect(rvq.dequantize([0, 0, 0], new Float64Array(1))).toEqual(Float64Array.of(0));
  });

  it('gives ties and equal codes to the lowest id, in every stage', () => {
    const rvq = new Rvq({ codebooks: [Float32Array.of(-1, 1, 1), Float32Array.of(1, -1, -1)], dimension: 1 });
    expect(rvq.quantize(Float32Array.of(0, 0.5))).toEqual(Uint16Array.of(0, 0, 1, 1));
  });

  it('is Vq where it has one stage, also of one code', () => {
    const codes = uniform(40 * 3, 1);
    const vectors = uniform(50 * 3, 2);
    const rvq = new Rvq({ codebooks: [codes], dimension: 3 });
    expect(rvq.quantize(vectors)).toEqual(new Vq({ codes, dimension: 3 }).quantize(vectors));
    const one = new Rvq({ codebooks: [Float32Array.of(5), Float32Array.of(-2)], dimension: 1 });
    expect(one.quantize(uniform(3, 3))).toEqual(new Uint16Array(6));
    expect(one.dequantize([0, 0])).toEqual(Float32Array.of(3));
  });

  it('shares one codebook between stages, and holds it once', () => {
    const codes = Float32Array.of(-4, -1, 0, 1, 4);
    const kernels = createWasmKernels();
    const shared = new Rvq({ codebooks: [codes], stages: 3, dimension: 1, kernels });
    const copies = new Rvq({ codebooks: [codes, codes, codes], dimension: 1 });
    const vectors = Float32Array.of(-9, 2.9, 0.2, 6);
    expect(shared.quantize(vectors)).toEqual(copies.quantize(vectors));
    expect(shared.tensors()).toEqual({ codes: { shape: [5, 1], values: codes } });
    const held = kernels.bytesHeld;
    shared.dispose();
    new Rvq({ codebooks: [codes], dimension: 1, kernels }).quantize(vectors);
    expect(kernels.bytesHeld).toBe(held);
    expect(shared.prefix(2).toJSON()).toMatchObject({ counts: [5, 5], shared: true });
  });

  it('leaves out stages whose id is -1, wherever they stand', () => {
    const rvq = line();
    const ids = Int32Array.of(1, 2, 1, DROPPED, DROPPED, 2, DROPPED, DROPPED);
    expect(rvq.dequantize(ids)).toEqual(Float32Array.of(12, 10, 2, 0));
    expect(() => rvq.dequantize([1, -2])).toThrow(
      expect.objectContaining({ code: 'ID_OUT_OF_RANGE', details: expect.objectContaining({ codebook: 1 }) }),
    );
    // What -1 becomes in an unsigned array is an id outside.
    expect(() => rvq.dequantize(Uint16Array.of(1, -1))).toThrow(code('ID_OUT_OF_RANGE'));
  });

  it('has prefixes whose ids are its first columns and decode as it does with the rest dropped', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.integer(), (stages, seed) => {
        const codebooks = [4, 3, 5, 2].map((count, stage) => uniform(count * 2, seed + stage));
        const rvq = new Rvq({ codebooks, dimension: 2 });
        const vectors = uniform(12, seed + 9);
        const ids = rvq.quantize(vectors);
        const prefix = rvq.prefix(stages);
        const first = prefix.quantize(vectors);
        expect(Array.from(first)).toEqual(Array.from(ids).filter((_, i) => i % 4 < stages));
        const rest = Array.from(ids, (id, i) => (i % 4 < stages ? id : DROPPED));
        expect(rvq.dequantize(rest)).toEqual(prefix.dequantize(first));
      }),
      { numRuns: 30 },
    );
    expect(() => line().prefix(0)).toThrow(code('INVALID_ARGUMENT'));
    expect(() => line().prefix(3)).toThrow(code('INVALID_ARGUMENT'));
  });

  it('is never further off with another stage that has a zero code', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const codebooks = [0, 1, 2, 3].map((stage) =>
          integers(8 * 3, 9 - 2 * stage, seed + stage).fill(0, 0, 3),
        );
        const rvq = new Rvq({ codebooks, dimension: 3 });
        const vectors = integers(5 * 3, 20, seed + 9);
        const errors = [1, 2, 3, 4].map((stages) => {
          const prefix = rvq.prefix(stages);
          const decoded = prefix.dequantize(prefix.quantize(vectors));
          return [0, 3, 6, 9, 12].map((row) =>
            [row, row + 1, row + 2].reduce((sum, at) => sum + (vectors[at] - decoded[at]) ** 2, 0),
          );
        });
        for (let stage = 1; stage < 4; stage++) {
          errors[stage].forEach((error, row) => {
            expect(error).toBeLessThanOrEqual(errors[stage - 1][row]);
          });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('keeps its codes whatever becomes of the arrays', () => {
    const codes = Float32Array.of(0, 10);
    const rvq = new Rvq({ codebooks: [codes], dimension: 1 });
    codes.fill(7);
    rvq.tensors()['codes.0'].values.fill(7);
    expect(rvq.dequantize([1])).toEqual(Float32Array.of(10));
  });

  it.each([
    { codebooks: [] },
    { codebooks: [new Float32Array(0)] },
    { codebooks: [new Float32Array(4), new Float32Array(3)] },
    { codebooks: [Float32Array.of(0, Number.NaN)] },
    { codebooks: [new Float32Array(2), Float32Array.of(0, 1e16)] },
    { stages: 0 },
    { stages: 5000 },
    { stages: 2, codebooks: [new Float32Array(2), new Float32Array(2)] },
    { stages: 2, codebooks: [] },
    { dimension: 0 },
    { dimension: 1.5 },
  ])('refuses %j', (bad) => {
    expect(() => new Rvq({ codebooks: [new Float32Array(4)], dimension: 2, ...bad })).toThrow(
      code('INVALID_ARGUMENT'),
    );
  });
});

describe('Rvq.fromJSON', () => {
  it('stores sizes and a fingerprint, codes beside them', () => {
    const rvq = line();
    const { fingerprint } = rvq;
    expect(rvq.toJSON()).toEqual({ type: 'rvq', counts: [3, 3], dimension: 1, shared: false, fingerprint });
    expect(rvq.tensors()).toEqual({
      'codes.0': { shape: [3, 1], values: Float32Array.of(0, 10, 20) },
      'codes.1': { shape: [3, 1], values: Float32Array.of(-2, 0, 2) },
    });
  });

  it('notices stages in another order', () => {
    const rvq = line();
    const { 'codes.0': first, 'codes.1': second } = rvq.tensors();
    expect(() => Rvq.fromJSON(rvq.toJSON(), { 'codes.0': second, 'codes.1': first })).toThrow(
      code('VOCABULARY_MISMATCH'),
    );
  });
});
