import { expect, it } from 'vitest';
import { Graph } from '../graph/graph.js';
import { Scope } from '../graph/scope.js';
import { blockError } from '../reference/block-error.fixture.js';
import { evaluate } from '../reference/evaluate.fixture.js';
import { build, tensor } from '../reference/tensor.fixture.js';
import { adaptiveGroupNorm } from './adaptive-group-norm.js';

function normGraph(rows: number | string) {
  const graph = new Graph();
  const x = graph.input('x', [1, 32, 2, 2]);
  const z = graph.input('z', [1, 2, rows, 3]);
  return { graph, y: adaptiveGroupNorm(x, z, new Scope(graph).at('adaptive.0')) };
}

it('agrees with the float64 reference, as do its gradients', async () => {
  const { graph, y } = normGraph(2);
  expect(Object.fromEntries([...graph.parameters].map(([name, { shape }]) => [name, shape.join()]))).toEqual({
    'adaptive.0.gamma.weight': '32,2',
    'adaptive.0.gamma.bias': '32',
    'adaptive.0.beta.weight': '32,2',
    'adaptive.0.beta.bias': '32',
  });
  expect(y.shape).toEqual([1, 32, 2, 2]);
  expect(await blockError(graph, y)).toBeLessThan(1e-4);
});

it.each([1, 'rows'])('divides the variance by one less than the positions, where the rows are %s', (rows) => {
  const { graph, y } = normGraph(rows);
  const ones = (shape: readonly number[]) => build(shape, () => 1);
  const [{ data }] = evaluate(
    graph,
    {
      x: build([1, 32, 2, 2], ([, , row, column]) => 2 * row + column),
      // Means 2 and 0, variances 1 and 0.
      z: tensor([1, 2, 1, 3], [1, 2, 3, 0, 0, 0]),
      'adaptive.0.gamma.weight': ones([32, 2]),
      'adaptive.0.gamma.bias': build([32], () => 0),
      'adaptive.0.beta.weight': ones([32, 2]),
      'adaptive.0.beta.bias': build([32], () => 10),
    },
    [y],
  );
  const scale = Math.sqrt(1 + 1e-6) + 1e-3;
  const first = 12 - (scale * 1.5) / Math.sqrt(1.25 + 1e-6);
  expect(data[0]).toBeCloseTo(first, 9);
});
