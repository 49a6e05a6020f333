import { isPolytokError } from '@polytok/common';
import { expect, it } from 'vitest';
import type { Tensor } from '../../io/safetensors.js';
import { Graph } from '../graph/graph.js';
import { gelu } from '../ops/activation.js';
import { linear } from '../ops/matmul.js';
import { weightsOf } from '../weights/weight-store.js';
import { Network, type NetworkTensor } from './network.js';

function twoLayers(): Graph {
  const graph = new Graph();
  const x = graph.input('x', ['batch', 2]);
  const hidden = gelu(
    linear(x, { weight: graph.parameter('first.weight', [3, 2]), bias: graph.parameter('first.bias', [3]) }),
  );
  graph.output('y', linear(hidden, { weight: graph.parameter('second.weight', [1, 3]) }));
  return graph;
}

const f32 = (shape: readonly number[], ...numbers: number[]): Tensor => ({
  dtype: 'F32',
  shape,
  data: Float32Array.from(numbers),
});
const weights = {
  'first.weight': f32([3, 2], 1, 0, 0, 1, 1, 1),
  'first.bias': f32([3], 0, 0, 10),
  'second.weight': f32([1, 3], 1, 2, 3),
};
const store = (tensors: Readonly<Record<string, Tensor>>) => weightsOf(new Map(Object.entries(tensors)));
const x = { type: 'float32', shape: [2, 2], data: Float32Array.of(0, 0, 20, 30) } as const;

async function failure(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return isPolytokError(error) ? [error.code, error.details] : error;
  }
  return 'accepted';
}

it('runs', async () => {
  const network = await Network.open(twoLayers(), store(weights), { threads: 1 });
  const { y } = await network.run({ x });
  expect(y.shape).toEqual([2, 1]);
  // gelu(x) is x to the last digit of float32 from 10 on.
  expect([...y.data]).toEqual([30, 20 + 2 * 30 + 3 * 60]);
  expect(network.provider).toBe('cpu');
  await network.close();
});

it('reads half-precision weights', async () => {
  const bias = { dtype: 'F16', shape: [3], data: Uint16Array.of(0, 0, 0x4900) } as const; // 0, 0, 10
  const network = await Network.open(twoLayers(), store({ ...weights, 'first.bias': bias }));
  expect([...(await network.run({ x })).y.data]).toEqual([30, 260]);
});

it('names all weights that do not fit', async () => {
  const { 'second.weight': _, ...rest } = weights;
  const wrong = { ...rest, 'first.bias': f32([2], 0, 0), other: f32([1], 0) };
  expect(await failure(() => Network.open(twoLayers(), store(wrong)))).toEqual([
    'INVALID_FORMAT',
    {
      missing: ['second.weight'],
      misshapen: ['first.bias is F32 [2], not [3]'],
      extra: ['other'],
    },
  ]);
  const network = await Network.open(twoLayers(), store({ ...weights, other: f32([1], 0) }), {
    ignore: (name) => name === 'other',
  });
  expect(network.provider).toBe('cpu');
});

it('falls through to the next provider, and says why none works', async () => {
  const network = await Network.open(twoLayers(), store(weights), { providers: ['tensorrt', 'cpu'] });
  expect(network.provider).toBe('cpu');
  expect(
    await failure(() => Network.open(twoLayers(), store(weights), { providers: ['tensorrt'] })),
  ).toMatchObject(['UNAVAILABLE', { reasons: { tensorrt: expect.any(String) } }]);
});

it('refuses inputs that are missing, foreign or misshapen', async () => {
  const network = await Network.open(twoLayers(), store(weights));
  const bad: Record<string, NetworkTensor>[] = [
    {},
    { x, z: x },
    { x: { ...x, shape: [4] } },
    { x: { ...x, shape: [1, 2] } },
  ];
  for (const inputs of bad) {
    expect(await failure(() => network.run(inputs))).toMatchObject(['INVALID_ARGUMENT', {}]);
  }
});
