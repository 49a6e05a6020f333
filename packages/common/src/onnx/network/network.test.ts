import { isPolytokError } from '@polytok/common';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../io/safetensors.js';
import { Graph } from '../graph/graph.js';
import { gelu } from '../ops/activation.js';
import { gather } from '../ops/gather.js';
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

describe('providers', () => {
  // Neither comes with onnxruntime-node on Linux, Windows or macOS; a made-up one never does.
  const absent = ['tensorrt', 'cuda', 'abacus'];

  it('are tried in order: one that is absent gives way to the next', async () => {
    const network = await Network.open(twoLayers(), store(weights), { providers: [...absent, 'cpu'] });
    expect(network.provider).toBe('cpu');
    expect([...(await network.run({ x })).y.data]).toEqual([30, 260]);
    await network.close();
  });

  it('are named with their reasons when none works', async () => {
    const reason = expect.stringMatching(/.{10}/);
    const [code, { reasons }] = (await failure(() =>
      Network.open(twoLayers(), store(weights), { providers: absent }),
    )) as [string, { reasons: Record<string, string> }];
    expect([code, reasons]).toEqual(['UNAVAILABLE', { tensorrt: reason, cuda: reason, abacus: reason }]);
    expect(await failure(() => Network.open(twoLayers(), store(weights), { providers: [] }))).toEqual([
      'UNAVAILABLE',
      { reasons: {} },
    ]);
  });
});

describe('a run', () => {
  it('refuses outputs that do not exist', async () => {
    const network = await Network.open(twoLayers(), store(weights));
    expect(await failure(() => network.run({ x }, ['y', 'z']))).toEqual([
      'INVALID_ARGUMENT',
      { names: ['z'] },
    ]);
  });

  it('that the runtime stops is a typed error: an index beyond its table, a network that is closed', async () => {
    const graph = new Graph();
    graph.output('y', gather(graph.parameter('table', [3, 2]), graph.input('ids', ['count'], 'int64')));
    const network = await Network.open(graph, store({ table: f32([3, 2], 1, 2, 3, 4, 5, 6) }));
    const run = (id: bigint) =>
      network.run({ ids: { type: 'int64', shape: [1], data: BigInt64Array.of(id) } });
    expect([...(await run(2n)).y.data]).toEqual([5, 6]);
    expect(await failure(() => run(3n))).toEqual(['INVALID_ARGUMENT', { provider: 'cpu' }]);
    await network.close();
    expect(await failure(() => run(0n))).toEqual(['INVALID_ARGUMENT', { provider: 'cpu' }]);
  });
});

it('refuses inputs that are missing, foreign or misshapen', async () => {
  const network = await Network.open(twoLayers(), store(weights));
  const bad: Record<string, NetworkTensor>[] = [
    {},
    { x, z: x },
    { x: { ...x, shape: [4] } },
    { x: { ...x, shape: [1, 2] } },
    { x: { type: 'int32', shape: [2, 2], data: new Int32Array(4) } },
    { x: { ...x, data: new Float64Array(4) as never } },
    { x: { ...x, data: undefined as never } },
  ];
  for (const inputs of bad) {
    expect(await failure(() => network.run(inputs))).toMatchObject(['INVALID_ARGUMENT', {}]);
  }
});
