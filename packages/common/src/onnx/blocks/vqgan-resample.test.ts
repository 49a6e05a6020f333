import { expect, it } from 'vitest';
import { Graph } from '../graph/graph.js';
import { Scope } from '../graph/scope.js';
import { blockError } from '../reference/block-error.fixture.js';
import { vqganDown, vqganUp } from './vqgan-resample.js';

it.each(['after', 'around'] as const)('halves maps with zeros %s', async (zeros) => {
  const graph = new Graph();
  const y = vqganDown(graph.input('x', [1, 3, 4, 6]), new Scope(graph), 'downsample.conv', { zeros });
  expect([...graph.parameters.keys()]).toEqual(['downsample.conv.weight', 'downsample.conv.bias']);
  expect(y.shape).toEqual([1, 3, 2, 3]);
  expect(await blockError(graph, y)).toBeLessThan(1e-5);
});

it.each([
  { by: 'nearest', outputs: 3 },
  { by: 'depth-to-space', outputs: 12 },
] as const)('doubles maps by $by', async ({ by, outputs }) => {
  const graph = new Graph();
  const y = vqganUp(graph.input('x', [1, 3, 2, 3]), new Scope(graph), 'upsample.conv', { by });
  expect(graph.parameters.get('upsample.conv.weight')!.shape).toEqual([outputs, 3, 3, 3]);
  expect(y.shape).toEqual([1, 3, 4, 6]);
  expect(await blockError(graph, y)).toBeLessThan(1e-5);
});
