import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { failureOf, uniform } from '../backends.fixture.js';
import { createTfjsKernels } from './create-tfjs-kernels.js';
import { tfjsOn } from './tfjs-backends.fixture.js';

const CODEBOOK = { dimensions: 2, metric: 'euclidean' } as const;

const refusal = (code: string, details: object) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });

beforeEach(() => tf.setBackend('cpu'));

it('takes TensorFlow.js itself, and is named for its backend', () => {
  expect(createTfjsKernels({ tf }).name).toBe('tfjs-cpu');
});

it('says what an object lacks that is not TensorFlow.js', () => {
  const { gather: _, ...lacking } = tf;
  expect(() => createTfjsKernels({ tf: lacking as typeof tf })).toThrow(
    refusal('INVALID_ARGUMENT', { missing: ['gather'] }),
  );
  expect(() => createTfjsKernels({ tf: undefined as unknown as typeof tf })).toThrow(
    refusal('INVALID_ARGUMENT', { name: 'tf' }),
  );
});

it('is unavailable without a backend', () => {
  expect(() => createTfjsKernels({ tf: { ...tf, getBackend: () => undefined! } })).toThrow(
    refusal('UNAVAILABLE', { backend: null }),
  );
});

it('is unavailable while TensorFlow.js works on another backend', async () => {
  const kernels = createTfjsKernels({ tf });
  const codebook = kernels.prepareCodebook(Float32Array.of(0, 0, 4, 4), CODEBOOK);
  const find = async () => {
    const ids = new Uint32Array(1);
    await kernels.nearest(codebook, Float32Array.of(3, 3), ids);
    return [...ids];
  };
  await tf.setBackend('wasm');
  const elsewhere = refusal('UNAVAILABLE', { expected: 'cpu', actual: 'wasm' });
  expect(await failureOf(find)).toEqual(elsewhere);
  expect(() => kernels.prepareMatrix(Float32Array.of(1), { inner: 1 })).toThrow(elsewhere);
  await tf.setBackend('cpu');
  expect(await find()).toEqual([1]);
});

it('gives the failure of TensorFlow.js as the cause of its own', async () => {
  const cause = new Error('out of device memory');
  const failing = {
    ...tf,
    topk: () => {
      throw cause;
    },
    getBackend: () => 'other',
  };
  const kernels = createTfjsKernels({ tf: failing as typeof tf });
  const codebook = kernels.prepareCodebook(Float32Array.of(0, 0), CODEBOOK);
  const failure = await failureOf(() => kernels.nearest(codebook, Float32Array.of(1, 2), new Uint32Array(1)));
  expect(failure).toMatchObject({ code: 'UNAVAILABLE', details: { backend: 'other' }, cause });
});

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  const kernels = createTfjsKernels({ tf: tfjsOn(backend) });

  it('leaves no tensors after 1000 calls', async () => {
    const before = tf.memory().numTensors;
    const codebook = kernels.prepareCodebook(uniform(32, 1), CODEBOOK);
    const matrix = kernels.prepareMatrix(uniform(6, 2), { inner: 2 });
    const vote = kernels.prepareVote({
      weights: uniform(12, 3),
      biases: uniform(6, 4),
      voters: 3,
      bits: 2,
      order: 'lsb-first',
    });
    const vectors = uniform(10, 5);
    for (let call = 0; call < 200; call++) {
      await kernels.nearest(codebook, vectors, new Uint32Array(5));
      await kernels.residualNearest([codebook, codebook], vectors, new Uint32Array(10), vectors.slice());
      await kernels.kmeansStep(codebook, vectors, {
        sums: new Float64Array(32),
        counts: new Uint32Array(16),
      });
      await kernels.matmul(matrix, vectors, new Float32Array(15));
      await kernels.vote(vote, vectors, new Uint32Array(5));
    }
    for (const operand of [codebook, matrix, vote]) operand.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(kernels.bytesHeld).toBe(0);
  });

  it('leaves no tensors where a call fails half way', async () => {
    const failing = {
      ...tfjsOn(backend),
      stack: () => failing.fail(),
      fail: () =>
        tf.matMul(
          [[1]],
          [
            [1, 2],
            [3, 4],
          ],
        ),
    };
    const broken = createTfjsKernels({ tf: failing as unknown as typeof tf });
    const codebook = broken.prepareCodebook(uniform(32, 1), CODEBOOK);
    const call = () => broken.residualNearest([codebook], uniform(10, 5), new Uint32Array(5));
    expect(await failureOf(call)).toMatchObject({ code: 'UNAVAILABLE' });
    const before = tf.memory().numTensors;
    expect(await failureOf(call)).toMatchObject({ code: 'UNAVAILABLE' });
    expect(tf.memory().numTensors).toBe(before);
    codebook.dispose();
  });

  it("keeps operands and results beyond a caller's own tidy", async () => {
    const ids = new Uint32Array(1);
    let call: Promise<void> | undefined;
    const codebook = tf.tidy(() => {
      const prepared = kernels.prepareCodebook(Float32Array.of(0, 0, 4, 4), CODEBOOK);
      call = kernels.nearest(prepared, Float32Array.of(3, 3), ids);
      return prepared as never;
    }) as ReturnType<typeof kernels.prepareCodebook>;
    await call;
    expect([...ids]).toEqual([1]);
    codebook.dispose();
  });

  it('finds the codes of more rows than one matrix of scores is made for', async () => {
    const count = 2 ** 18;
    const codes = new Float32Array(count);
    codes[count - 1] = 4;
    const codebook = kernels.prepareCodebook(codes, { dimensions: 1, metric: 'euclidean' });
    const vectors = Float32Array.from({ length: 35 }, (_, row) => (row % 2) * 4 + 0.25);
    const expected = Array.from({ length: 35 }, (_, row) => (row % 2) * (count - 1));
    const ids = new Uint32Array(35);
    const residuals = new Float32Array(35);
    await kernels.residualNearest([codebook], vectors, ids, residuals);
    expect([...ids]).toEqual(expected);
    expect([...residuals]).toEqual(new Array(35).fill(0.25));
    codebook.dispose();
  });

  it('counts the bytes of operands, and of codes as rows once residuals need them', async () => {
    const codebook = kernels.prepareCodebook(uniform(20, 1), CODEBOOK);
    expect(kernels.bytesHeld).toBe(4 * (20 + 10));
    await kernels.residualNearest([codebook], uniform(2, 2), new Uint32Array(1));
    expect(kernels.bytesHeld).toBe(4 * (20 + 10 + 20));
    codebook.dispose();
    expect(kernels.bytesHeld).toBe(0);
  });
});
