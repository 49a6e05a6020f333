import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import { formatShape } from '../graph/shape.js';
import type { NetworkTensor } from './network.js';

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/**
 * Checks what is fed: every input there and no other, each of its type and shape, equal names of sizes being equal sizes.
 * @throws PolytokError `INVALID_ARGUMENT` naming the input
 */
export function checkInputs(
  expected: ReadonlyMap<string, Value>,
  inputs: Readonly<Record<string, NetworkTensor>>,
): void {
  const sizes = new Map<string, number>();
  for (const [name, value] of expected) {
    const given = inputs[name];
    if (given === undefined || given.type !== value.type || !fits(value, given.shape, sizes)) {
      const got = given === undefined ? 'nothing' : `${given.type} ${formatShape(given.shape)}`;
      throw invalid(name, `is ${value.type} ${formatShape(value.shape)}; got ${got}`);
    }
    if (!(given.data instanceof ARRAYS[value.type])) {
      throw invalid(
        name,
        `keeps ${value.type} in a ${ARRAYS[value.type].name}; got a ${given.data?.constructor.name}`,
      );
    }
    const count = given.shape.reduce((product, size) => product * size, 1);
    if (given.data.length !== count) {
      throw invalid(
        name,
        `of shape ${formatShape(given.shape)} has ${count} elements; got ${given.data.length}`,
      );
    }
  }
  for (const name of Object.keys(inputs)) {
    if (!expected.has(name))
      throw invalid(name, `does not exist. There are ${[...expected.keys()].join(', ')}`);
  }
}

/** Whether a shape is one that the value may have, its names standing for the same sizes as in the inputs before. */
function fits({ shape }: Value, given: readonly number[], sizes: Map<string, number>): boolean {
  if (shape.length !== given.length) return false;
  return shape.every((size, axis) => {
    if (typeof size === 'number') return size === given[axis];
    const known = sizes.get(size) ?? given[axis];
    sizes.set(size, known);
    return known === given[axis];
  });
}

function invalid(name: string, problem: string): PolytokError {
  return new PolytokError('INVALID_ARGUMENT', `Input '${name}' ${problem}.`, { details: { name } });
}
