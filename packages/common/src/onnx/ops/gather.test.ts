import { describe, expect, it } from 'vitest';
import { gradients } from '../gradients.js';
import { Graph } from '../graph/graph.js';
import { evaluate } from '../reference/evaluate.fixture.js';
import { runGraph } from '../reference/run-graph.fixture.js';
import { tensor } from '../reference/tensor.fixture.js';
import { log } from './activation.js';
import { multiply } from './arithmetic.js';
import { argMax, gather, pick } from './gather.js';
import { reduceSum } from './reduce.js';

describe('the gradient of gather', () => {
  it('loses no row that comes again, on several threads', async () => {
    const [rows, width, count] = [4, 512, 4000];
    const graph = new Graph();
    const table = graph.input('table', [rows, width]);
    const indices = graph.input('indices', [count], 'int64');
    const weights = graph.input('weights', [count, width]);
    graph.output('slope', gradients(reduceSum(multiply(gather(table, indices), weights)), [table])[0]);
    const feeds = {
      table: tensor([rows, width], new Float32Array(rows * width)),
      indices: tensor(
        [count],
        Array.from({ length: count }, (_, i) => i % rows),
      ),
      weights: tensor([count, width], new Float32Array(count * width).fill(1)),
    };
    for (let run = 0; run < 10; run++) {
      const { slope } = await runGraph(graph, feeds, { threads: 2 });
      expect(new Set(slope.data)).toEqual(new Set([count / rows]));
    }
  });

  it('takes tables of more axes, and sizes that are not known', () => {
    const graph = new Graph();
    const table = graph.parameter('table', [3, 2, 2]);
    const indices = graph.input('indices', ['batch', 'length'], 'int64');
    const rows = gather(table, indices);
    expect(rows.shape).toEqual(['batch', 'length', 2, 2]);
    const [slope] = gradients(reduceSum(rows), [table]);
    const feeds = { table: tensor([3, 2, 2], new Array(12).fill(7)), indices: tensor([1, 3], [2, 0, 2]) };
    expect([...evaluate(graph, feeds, [slope])[0].data]).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 2, 2, 2, 2]);
  });
});

it('pick has a gradient beside elements that are infinite', () => {
  const graph = new Graph();
  const x = graph.input('x', [1, 2]);
  const scores = log(x);
  const [onScores] = gradients(reduceSum(pick(scores, graph.constant('int64', [1], BigInt64Array.of(1n)))), [
    scores,
  ]);
  expect([...evaluate(graph, { x: tensor([1, 2], [0, 4]) }, [onScores])[0].data]).toEqual([0, 1]);
});

it('argMax gives the first of equal maxima', () => {
  const graph = new Graph();
  const x = graph.input('x', [2, 3]);
  const [ids] = evaluate(graph, { x: tensor([2, 3], [1, 5, 5, 0, -1, 0]) }, [argMax(x)]);
  expect([...ids.data]).toEqual([1, 0]);
});
