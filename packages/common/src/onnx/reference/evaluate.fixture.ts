import type { Graph, Value } from '../graph/graph.js';
import { liveOperations } from '../graph/live-operations.js';
import { OPERATIONS } from './operations.fixture.js';
import { type Tensor64, tensor } from './tensor.fixture.js';

/** For tests: computes values of a graph in float64, whatever their types say. */
export function evaluate(
  graph: Graph,
  feeds: Readonly<Record<string, Tensor64>>,
  wanted: readonly Value[],
): Tensor64[] {
  const known = new Map<string, Tensor64>(Object.entries(feeds));
  for (const { value, data } of graph.constants) {
    known.set(
      value.name,
      tensor(value.shape as readonly number[], Float64Array.from(data as Float64Array, Number)),
    );
  }
  const outputs = new Map(wanted.map((value, at) => [String(at), value]));
  for (const { op, inputs, outputs: results, attributes } of liveOperations({
    operations: graph.operations,
    outputs,
  })) {
    const run = OPERATIONS[op];
    if (run === undefined) throw new Error(`The reference does not have ${op}.`);
    const operands = inputs.map((input) => (input ? known.get(input.name)! : undefined!));
    const computed = run(operands, attributes, evaluate);
    const list = 'data' in computed ? [computed] : computed;
    for (const [at, { name, shape }] of results.entries()) {
      requireShape(name, shape, list[at].shape);
      known.set(name, list[at]);
    }
  }
  return wanted.map(({ name }) => known.get(name)!);
}

/** The shape that the graph promised is the one that came. */
function requireShape(name: string, promised: Value['shape'], actual: readonly number[]): void {
  const fits =
    promised.length === actual.length &&
    promised.every((size, axis) => typeof size === 'string' || size === actual[axis]);
  if (!fits) throw new Error(`${name} was to have shape [${promised}] and has [${actual}].`);
}
