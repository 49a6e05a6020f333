import { expect, it } from 'vitest';
import { Graph } from '../graph/graph.js';
import { Scope } from '../graph/scope.js';
import { blockError } from '../reference/block-error.fixture.js';
import { vqganResidual } from './vqgan-residual.js';

const shapesOf = (graph: Graph) =>
  Object.fromEntries([...graph.parameters].map(([name, { shape }]) => [name, shape.join()]));

it('has the parameters of VQGAN’s checkpoints', () => {
  const graph = new Graph();
  vqganResidual(graph.input('x', [1, 64, 2, 2]), new Scope(graph).at('block.0'), { outputs: 32 });
  expect(shapesOf(graph)).toEqual({
    'block.0.norm1.weight': '64',
    'block.0.norm1.bias': '64',
    'block.0.conv1.weight': '32,64,3,3',
    'block.0.conv1.bias': '32',
    'block.0.norm2.weight': '32',
    'block.0.norm2.bias': '32',
    'block.0.conv2.weight': '32,32,3,3',
    'block.0.conv2.bias': '32',
    'block.0.nin_shortcut.weight': '32,64,1,1',
    'block.0.nin_shortcut.bias': '32',
  });
});

it('has no shortcut where the channels stay, and no biases where there are to be none', () => {
  const graph = new Graph();
  vqganResidual(graph.input('x', [1, 32, 2, 2]), new Scope(graph), { bias: false });
  expect(Object.keys(shapesOf(graph))).toEqual([
    'norm1.weight',
    'norm1.bias',
    'conv1.weight',
    'norm2.weight',
    'norm2.bias',
    'conv2.weight',
  ]);
});

it.each([32, 64])(
  'to %i channels agrees with the float64 reference, as do its gradients',
  async (outputs) => {
    const graph = new Graph();
    const y = vqganResidual(graph.input('x', [1, 32, 3, 2]), new Scope(graph), { outputs });
    expect(y.shape).toEqual([1, outputs, 3, 2]);
    expect(await blockError(graph, y)).toBeLessThan(1e-4);
  },
);

it('refuses what is no map', () => {
  const graph = new Graph();
  const refusal = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
  expect(() => vqganResidual(graph.input('x', [1, 32, 4]), new Scope(graph))).toThrow(refusal);
  expect(() => vqganResidual(graph.input('y', [1, 33, 4, 4]), new Scope(graph).at('b'))).toThrow(refusal);
});
