import type { Graph, Operation, Value } from './graph.js';

/** The operations that an output depends on, in order. Runtimes would run the others, too: gradients that nobody asked for. */
export function liveOperations({ operations, outputs }: Pick<Graph, 'operations' | 'outputs'>): Operation[] {
  const live = new Set<Value>(outputs.values());
  const kept: Operation[] = [];
  for (const operation of [...operations].reverse()) {
    if (!operation.outputs.some((value) => live.has(value))) continue;
    for (const input of operation.inputs) if (input) live.add(input);
    kept.push(operation);
  }
  return kept.reverse();
}
