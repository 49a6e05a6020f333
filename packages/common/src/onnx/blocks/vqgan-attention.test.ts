import { expect, it } from 'vitest';
import { Graph } from '../graph/graph.js';
import { Scope } from '../graph/scope.js';
import { blockError } from '../reference/block-error.fixture.js';
import { vqganAttention } from './vqgan-attention.js';

it.each([
  {
    fused: false,
    names:
      'norm.weight norm.bias q.weight q.bias k.weight k.bias v.weight v.bias proj_out.weight proj_out.bias',
  },
  { fused: true, names: 'norm.weight norm.bias qkv.weight qkv.bias proj_out.weight proj_out.bias' },
])('fused: $fused agrees with the float64 reference, as do its gradients', async ({ fused, names }) => {
  const graph = new Graph();
  const y = vqganAttention(graph.input('x', [1, 32, 2, 3]), new Scope(graph), { fused });
  expect([...graph.parameters.keys()].join(' ')).toBe(names);
  expect(y.shape).toEqual([1, 32, 2, 3]);
  expect(await blockError(graph, y)).toBeLessThan(1e-4);
});
