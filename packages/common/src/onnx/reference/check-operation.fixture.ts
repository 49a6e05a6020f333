import { gradients } from '../gradients.js';
import { Graph, type Value } from '../graph/graph.js';
import { multiply } from '../ops/arithmetic.js';
import { reduceSum } from '../ops/reduce.js';
import { evaluate } from './evaluate.fixture.js';
import type { OperationCase } from './operation-cases.fixture.js';
import { runGraph } from './run-graph.fixture.js';
import { build, type Tensor64 } from './tensor.fixture.js';

/** Step of the central difference; its error is about the square of it, rounding about 1e-16 over it. */
const STEP = 1e-5;

/** The largest difference between the gradients of an operation and central differences, both in float64. */
export function gradientError(example: OperationCase): number {
  const { graph, loss, slopes, feeds } = setUp(example);
  const analytic = evaluate(graph, feeds, slopes);
  const lossAt = (name: string, index: number, delta: number) => {
    const { shape, data } = feeds[name];
    const moved = { shape, data: data.map((value, at) => (at === index ? value + delta : value)) };
    return evaluate(graph, { ...feeds, [name]: moved }, [loss])[0].data[0];
  };
  const errors = Object.keys(feeds).flatMap((name, at) =>
    Array.from(analytic[at].data, (slope, i) =>
      Math.abs((lossAt(name, i, STEP) - lossAt(name, i, -STEP)) / (2 * STEP) - slope),
    ),
  );
  return Math.max(...errors);
}

/** The largest difference between ONNX Runtime in float32 and the reference, over results and gradients. */
export async function compareWithRuntime(
  example: OperationCase,
  { provider = 'cpu' }: { readonly provider?: string } = {},
): Promise<number> {
  const { graph, result, slopes, feeds } = setUp(example);
  const values = [result, ...slopes];
  for (const [at, value] of values.entries()) graph.output(`value ${at}`, value);
  const actual = await runGraph(graph, feeds, { provider });
  const expected = evaluate(graph, feeds, values);
  const errors = expected.map(({ shape, data }, at) => {
    const { shape: dims, data: got } = actual[`value ${at}`];
    if (dims.join() !== shape.join()) return Infinity;
    return Math.max(...data.map((value, i) => Math.abs(value - got[i])));
  });
  return Math.max(...errors);
}

/** The operation on its operands, a weighted sum of its results as the loss, and the gradients of the operands. */
function setUp({ shapes, of, values = [] }: OperationCase): {
  graph: Graph;
  result: Value;
  loss: Value;
  slopes: readonly Value[];
  feeds: Readonly<Record<string, Tensor64>>;
} {
  const graph = new Graph();
  const operands = shapes.map((shape, at) => graph.input(`x${at}`, shape));
  const result = of(...operands);
  const shape = result.shape as readonly number[];
  const weights = build(shape, (at) => Math.cos(3 * at.reduce((sum, position) => 2 * sum + position, 1)));
  const loss = reduceSum(multiply(result, graph.constant('float32', shape, Float32Array.from(weights.data))));
  const slopes = gradients(loss, operands);
  const feeds = shapes.map((size, at) => {
    let i = 0;
    return [`x${at}`, build(size, () => values[at]?.[i++] ?? Math.sin(7.3 * i++ + 2 * at + 0.4))] as const;
  });
  return { graph, result, loss, slopes, feeds: Object.fromEntries(feeds) };
}
