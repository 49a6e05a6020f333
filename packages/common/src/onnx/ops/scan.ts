import { PolytokError } from '../../errors.js';
import { Graph, type Value } from '../graph/graph.js';
import { equalShapes, formatShape } from '../graph/shape.js';

/** What one step of {@link scan} computes, in a graph of its own. */
export interface ScanStep {
  /** Of the types and shapes of the states before. */
  readonly state: readonly Value[];
  readonly outputs: readonly Value[];
}

export interface ScanOptions {
  /** What the first step is given from before. */
  readonly state: readonly Value[];
  /** `[steps, …]`, at least one, all of the same number of steps, which see one element each. */
  readonly inputs: readonly Value[];
  /** Goes from the last element to the first; outputs stay at the places of their inputs. Default: false. */
  readonly reverse?: boolean;
  /** Builds a step from values of its own graph; values from outside are refused, and belong among the states. */
  readonly step: (state: readonly Value[], inputs: readonly Value[]) => ScanStep;
}

/**
 * A loop over the first axis of its inputs, whose length may be known only when the network runs. It has no gradient;
 * `customGradient` gives one to what is made of it.
 * @returns the states after the last step, and the outputs of all steps, `[steps, …]`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function scan({ state, inputs, reverse = false, step }: ScanOptions): ScanStep {
  const [first] = inputs;
  if (first === undefined || inputs.some(({ shape }) => shape.length === 0 || shape[0] !== first.shape[0])) {
    const shapes = inputs.map(({ shape }) => formatShape(shape));
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `scan takes inputs [steps, …] of one number of steps; got ${shapes.join(', ') || 'none'}.`,
      { details: { shapes } },
    );
  }
  const { graph } = first;
  const body = new Graph({ prefix: `Scan#${graph.operations.length}/` });
  const next = step(
    state.map(({ shape, type }, at) => body.input(`state ${at}`, shape, type)),
    inputs.map(({ shape, type }, at) => body.input(`input ${at}`, shape.slice(1), type)),
  );
  for (const [at, { shape, type }] of state.entries()) {
    const after = next.state[at];
    if (next.state.length === state.length && after.type === type && equalShapes(after.shape, shape))
      continue;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `State ${at} of a scan is ${type} ${formatShape(shape)}, and stays so; after a step it is ${after ? `${after.type} ${formatShape(after.shape)}` : 'missing'}.`,
      { details: { at, shape, after: after?.shape } },
    );
  }
  for (const [at, value] of next.state.entries()) body.output(`next state ${at}`, value);
  for (const [at, value] of next.outputs.entries()) body.output(`output ${at}`, value);
  const direction = reverse ? 1 : 0;
  const results = graph.operationOfMany(
    'Scan',
    [...state, ...inputs],
    [
      ...state.map(({ type, shape }) => ({ type, shape })),
      ...next.outputs.map(({ type, shape }) => ({ type, shape: [first.shape[0], ...shape] })),
    ],
    {
      attributes: {
        body: { graph: body },
        num_scan_inputs: { int: inputs.length },
        scan_input_directions: { ints: inputs.map(() => direction) },
        scan_output_directions: { ints: next.outputs.map(() => direction) },
      },
    },
  );
  return { state: results.slice(0, state.length), outputs: results.slice(state.length) };
}
