/** What holds for every quantizer that looks its codes up, beyond contract.test.ts. */
import { describe, expect, it } from 'vitest';
import { createReferenceKernels, createWasmKernels } from '../kernels/index.js';
import { uniform } from '../kernels/random-values.fixture.js';
import { laterKernels } from './later-kernels.fixture.js';
import { Vq } from './vq.js';

const codes = uniform(64 * 4, 1);
const vectors = uniform(100 * 4, 2);

describe('a codebook quantizer', () => {
  const quantizer = new Vq({ codes, dimension: 4 });
  const expected = quantizer.quantize(vectors);

  it('quantizes on other kernels, synchronous or not, to the same ids', async () => {
    expect(await quantizer.quantizeOn(laterKernels(), vectors)).toEqual(expected);
    expect(await quantizer.quantizeOn(createReferenceKernels(), vectors)).toEqual(expected);
    expect(await quantizer.quantizeOn(laterKernels(), new Float32Array(0))).toHaveLength(0);
  });

  it('rejects bad vectors where it may wait', async () => {
    await expect(quantizer.quantizeOn(laterKernels(), Float32Array.of(0, 0, 0, Number.NaN))).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it('prepares its codes once per kernels object, on the first call', async () => {
    const kernels = createWasmKernels();
    const own = new Vq({ codes, dimension: 4, kernels });
    expect(kernels.bytesHeld).toBe(0);
    own.quantize(vectors);
    const held = kernels.bytesHeld;
    expect(held).toBeGreaterThanOrEqual(codes.byteLength);
    for (let call = 0; call < 1000; call++) own.quantize(vectors.subarray(0, 4 * (call % 3)));
    await own.quantizeOn(kernels, vectors);
    expect(kernels.bytesHeld).toBe(held);
  });

  it('gives memory back when disposed of, and stays usable', async () => {
    const [a, b] = [createWasmKernels(), createWasmKernels()];
    const own = new Vq({ codes, dimension: 4, kernels: a });
    own.quantize(vectors);
    await own.quantizeOn(b, vectors);
    own.dispose();
    own.dispose();
    expect([a.bytesHeld, b.bytesHeld]).toEqual([0, 0]);
    expect(own.quantize(vectors)).toEqual(expected);
  });

  it('leaves memory at its level after 1000 quantizers', () => {
    const kernels = createWasmKernels();
    for (let round = 0; round < 1000; round++) {
      const own = new Vq({ codes: uniform(4 * (1 + (round % 70)), round), dimension: 4, kernels });
      own.quantize(vectors.subarray(0, 8));
      own.dispose();
    }
    expect(kernels.bytesHeld).toBe(0);
  });
});
