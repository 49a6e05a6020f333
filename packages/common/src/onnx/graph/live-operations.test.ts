import { expect, it } from 'vitest';
import { gradients } from '../gradients.js';
import { matMul } from '../ops/matmul.js';
import { reduceSum } from '../ops/reduce.js';
import { Graph, type Operation } from './graph.js';
import { liveOperations } from './live-operations.js';

it('leaves out what no output depends on: the gradient of the data', () => {
  const graph = new Graph();
  const x = graph.input('x', [2, 3]);
  const weight = graph.parameter('weight', [3, 4]);
  const loss = reduceSum(matMul(x, weight));
  const [slope] = gradients(loss, [weight]);
  graph.output('loss', loss);
  expect(liveOperations(graph).map(({ op }) => op)).toEqual(['MatMul', 'ReduceSum']);
  graph.output('slope', slope);
  const products = (operations: readonly Operation[]) =>
    operations.filter(({ op }) => /MatMul|Gemm/.test(op));
  expect(products(liveOperations(graph))).toHaveLength(2);
  expect(products(graph.operations)).toHaveLength(3);
});

it('keeps all of an operation with several results', () => {
  const graph = new Graph();
  const x = graph.input('x', [2]);
  const half = { type: 'float32', shape: [1] } as const;
  const [first] = graph.operationOfMany('Split', [x], [half, half], { attributes: { axis: { int: 0 } } });
  graph.output('first', first);
  expect(liveOperations(graph)).toHaveLength(1);
});
