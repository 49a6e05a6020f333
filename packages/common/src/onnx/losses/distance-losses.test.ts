import { expect, it } from 'vitest';
import { Graph } from '../graph/graph.js';
import { evaluate } from '../reference/evaluate.fixture.js';
import { tensor } from '../reference/tensor.fixture.js';
import { l1Loss, l2Loss } from './distance-losses.js';

it('l1Loss and l2Loss are means, or sums, of differences', () => {
  const graph = new Graph();
  const x = graph.input('x', [2, 2]);
  const y = graph.input('y', [2, 2]);
  const feeds = { x: tensor([2, 2], [1, 2, 3, 4]), y: tensor([2, 2], [1, 0, 6, 4]) };
  const sum = { reduction: 'sum' } as const;
  const values = [l1Loss(x, y), l1Loss(x, y, sum), l2Loss(x, y), l2Loss(x, y, sum)];
  expect(evaluate(graph, feeds, values).map(({ data }) => data[0])).toEqual([5 / 4, 5, 13 / 4, 13]);
});

it('two shapes are refused, also where they would broadcast', () => {
  const graph = new Graph();
  const x = graph.input('x', ['batch', 1]);
  const y = graph.input('y', ['batch']);
  for (const loss of [l1Loss, l2Loss]) {
    expect(() => loss(x, y)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  }
});
