/** Checks of a trainer's options and schedule. */
import { PolytokError } from '../../errors.js';
import type { Graph, Value } from '../graph/graph.js';

/** The output that is named. @throws PolytokError `INVALID_ARGUMENT` */
export function lossOf(graph: Graph, name: string): Value {
  const loss = graph.outputs.get(name);
  if (loss) return loss;
  const names = [...graph.outputs.keys()];
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `The graph has no output '${name}'. It has: ${names.join(', ')}.`,
    {
      details: { loss: name, outputs: names },
    },
  );
}

/** Throws `UNSUPPORTED` unless all are float32. */
export function requireSingle(parameters: readonly Value[]): void {
  const names = parameters
    .filter(({ type }) => type !== 'float32')
    .map(({ name, type }) => `${name} (${type})`);
  if (names.length === 0) return;
  throw new PolytokError(
    'UNSUPPORTED',
    `Parameters are trained in float32; these are not: ${names.join(', ')}.`,
    {
      details: { names },
    },
  );
}

/** What a schedule gave. @throws PolytokError `INVALID_ARGUMENT` */
export function requireRate(rate: number, step: number): number {
  if (typeof rate === 'number' && rate >= 0 && rate < Infinity) return rate;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `The learning rate must be a finite number of at least 0; for step ${step} the schedule gave ${rate}.`,
    { details: { step, rate } },
  );
}

/** The error of a trainer that keeps none. */
export function noAverages(): PolytokError {
  return new PolytokError(
    'INVALID_ARGUMENT',
    "There is no average of the weights: open the trainer with 'averageDecay'.",
  );
}
