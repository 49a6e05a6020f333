import { gradients } from '../gradients.js';
import { Graph, type Value } from '../graph/graph.js';
import { multiply } from '../ops/arithmetic.js';
import { reduceSum } from '../ops/reduce.js';
import { evaluate } from './evaluate.fixture.js';
import { build, type Tensor64 } from './tensor.fixture.js';

/** Step of the central difference; its error is about the square of it, rounding about 1e-16 over it. */
const STEP = 1e-5;

export interface GradientCase {
  /** Shapes of the operands that are differentiated. */
  readonly shapes: readonly (readonly number[])[];
  /** The operation under test. */
  readonly of: (...operands: Value[]) => Value;
  /** Operands, by position. Default: fixed numbers between −1 and 1. */
  readonly values?: readonly (ArrayLike<number> | undefined)[];
}

/**
 * The largest difference between the gradients of a weighted sum of an operation's results and central differences, in
 * float64.
 */
export function gradientError({ shapes, of, values = [] }: GradientCase): number {
  const graph = new Graph();
  const operands = shapes.map((shape, at) => graph.input(`x${at}`, shape));
  const result = of(...operands);
  const size = (result.shape as number[]).reduce((product, length) => product * length, 1);
  const weights = graph.constant(
    'float32',
    result.shape as number[],
    Float32Array.from({ length: size }, (_, i) => Math.cos(3 * i + 1)),
  );
  const loss = reduceSum(multiply(result, weights));
  const slopes = gradients(loss, operands);
  const feeds: Record<string, Tensor64> = {};
  for (const [at, shape] of shapes.entries()) {
    let i = 0;
    const given = values[at];
    feeds[`x${at}`] = build(shape, () => (given ? given[i++] : Math.sin(7.3 * i++ + 2 * at + 0.4)));
  }
  const analytic = evaluate(graph, feeds, slopes);
  let worst = 0;
  for (const [at, { data }] of analytic.entries()) {
    const { shape, data: point } = feeds[`x${at}`];
    for (let i = 0; i < data.length; i++) {
      const lossAt = (delta: number) => {
        const moved = { shape, data: point.slice() };
        moved.data[i] += delta;
        return evaluate(graph, { ...feeds, [`x${at}`]: moved }, [loss])[0].data[0];
      };
      const numeric = (lossAt(STEP) - lossAt(-STEP)) / (2 * STEP);
      worst = Math.max(worst, Math.abs(numeric - data[i]));
    }
  }
  return worst;
}
