import { expect, it } from 'vitest';
import { nearestIds, uniform, worstChoice } from '../backends.fixture.js';
import { createReferenceKernels } from '../reference/create-reference-kernels.js';
import { createWasmEngine, createWasmKernels } from './create-wasm-kernels.js';
import { hasRelaxedSimd } from './kernels-module.js';

it('uses reproducible arithmetic unless asked for fast, and then what the engine has', () => {
  expect(createWasmKernels().name).toBe('wasm-simd');
  expect(createWasmKernels({ arithmetic: 'reproducible' }).name).toBe('wasm-simd');
  const fast = hasRelaxedSimd() ? 'wasm-relaxed-simd' : 'wasm-simd';
  expect(createWasmKernels({ arithmetic: 'fast' }).name).toBe(fast);
});

it('asks for no more memory in its thousandth call than in its second', () => {
  const engine = createWasmEngine();
  const vectors = new Float32Array(333 * 40).fill(0.5);
  const ids = new Uint32Array(333);
  const round = () => {
    const layout = { count: 500, dimensions: 40, metric: 'euclidean' } as const;
    const codebook = engine.loadCodebook(new Float32Array(500 * 40), layout);
    codebook.nearest(vectors, ids);
    codebook.free();
    return engine.pool.memory.buffer.byteLength;
  };
  round();
  const reserved = round();
  for (let call = 2; call < 999; call++) round();
  expect(round()).toBe(reserved);
});

it('holds a block of rows beside its codebook, however many rows there are', () => {
  const engine = createWasmEngine();
  const layout = { count: 64, dimensions: 4, metric: 'dot' } as const;
  const codebook = engine.loadCodebook(new Float32Array(64 * 4), layout);
  codebook.nearest(new Float32Array(4 * 300_000), new Uint32Array(300_000));
  expect(engine.pool.memory.buffer.byteLength).toBeLessThan(2 << 20);
});

it.each(['euclidean', 'cosine'] as const)(
  'adds rows up in the order and with the bits of the reference, %s',
  (metric) => {
    // Codes far apart, so that both find the same ones; rows at random around them.
    const dimensions = 7;
    const codes = Float32Array.from({ length: 11 * dimensions }, (_, at) =>
      at % dimensions === Math.floor(at / dimensions) % dimensions ? 100 * (1 + Math.floor(at / 49)) : 1,
    );
    const noise = uniform(900 * dimensions, 3);
    const vectors = noise.map((value, at) => value + codes[(at * 13) % codes.length]);
    const [expected, actual] = [createReferenceKernels(), createWasmKernels()].map((kernels) => {
      const into = { sums: new Float64Array(codes.length).fill(0.1), counts: new Uint32Array(11) };
      const codebook = kernels.prepareCodebook(codes, { dimensions, metric });
      return { into, inertia: kernels.kmeansStep(codebook, vectors, into) };
    });
    expect(actual).toEqual(expected);
  },
);

it.each([4, 40])(
  'tells codes of %i values far from zero apart as if they lay around it',
  async (dimensions) => {
    // Multiples of 2^-12, so that adding 1000 rounds nothing.
    const values = (length: number, seed: number) =>
      uniform(length, seed).map((value) => Math.round(value * 2 ** 12) / 2 ** 12);
    const codes = values(700 * dimensions, 1);
    const vectors = values(200 * dimensions, 2);
    const far = (given: Float32Array) => given.map((value) => value + 1000);
    for (const arithmetic of ['reproducible', 'fast'] as const) {
      const kernels = createWasmKernels({ arithmetic });
      const options = { dimensions, metric: 'euclidean' } as const;
      const ids = await nearestIds(kernels, kernels.prepareCodebook(far(codes), options), far(vectors));
      expect(worstChoice(codes, options, vectors, ids)).toBeLessThanOrEqual(1);
    }
  },
);
