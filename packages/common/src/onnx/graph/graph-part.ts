import { PolytokError } from '../../errors.js';
import type { Graph, Value } from './graph.js';
import { liveOperations } from './live-operations.js';

/** What a model is made of: a whole graph, or a part of it. */
export type GraphPart = Pick<
  Graph,
  'inputs' | 'parameters' | 'outputs' | 'constants' | 'operations' | 'producerOf'
>;

/**
 * The part of a graph that some of its outputs depend on.
 * @throws PolytokError `INVALID_ARGUMENT` for a name that is no output, or none
 */
export function graphPart(graph: Graph, names: readonly string[]): GraphPart {
  const unknown = names.filter((name) => !graph.outputs.has(name));
  if (unknown.length > 0 || names.length === 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `A part of a graph is named by its outputs, at least one of ${[...graph.outputs.keys()].join(', ')}; got ${names.join(', ') || 'none'}.`,
      { details: { names, unknown } },
    );
  }
  const outputs = new Map(names.map((name) => [name, graph.outputs.get(name)!]));
  const operations = liveOperations({ operations: graph.operations, outputs });
  const used = new Set<Value | undefined>([
    ...outputs.values(),
    ...operations.flatMap(({ inputs }) => inputs),
  ]);
  const usedOf = (values: ReadonlyMap<string, Value>) =>
    new Map([...values].filter(([, value]) => used.has(value)));
  return {
    inputs: usedOf(graph.inputs),
    parameters: usedOf(graph.parameters),
    outputs,
    constants: [...graph.constants].filter(({ value }) => used.has(value)),
    operations,
    producerOf: (value) => graph.producerOf(value),
  };
}
