import { PolytokError } from '../../errors.js';
import { type DataType, isFloat } from '../graph/data-type.js';
import type { Graph, Value } from '../graph/graph.js';

/** A value, or a number that becomes a constant of the type of the other operand. */
export type Operand = Value | number;

/** The first value among operands. @throws PolytokError `INVALID_ARGUMENT` when all are numbers */
export function valueAmong(...operands: readonly Operand[]): Value {
  const value = operands.find((operand) => typeof operand !== 'number');
  if (value) return value;
  throw new PolytokError('INVALID_ARGUMENT', 'At least one operand must be a value of a graph.');
}

/** The operand as a value of `graph`. */
export function asValue(operand: Operand, graph: Graph, type: DataType): Value {
  return typeof operand === 'number' ? scalar(graph, type, operand) : operand;
}

/** A constant of rank 0. */
export function scalar(graph: Graph, type: DataType, value: number): Value {
  if (!isFloat(type)) requireWhole(type, value);
  switch (type) {
    case 'float32':
      return graph.constant(type, [], Float32Array.of(value));
    case 'float64':
      return graph.constant(type, [], Float64Array.of(value));
    case 'int64':
      return graph.constant(type, [], BigInt64Array.of(BigInt(value)));
    case 'int32':
      return graph.constant(type, [], Int32Array.of(value));
    case 'uint8':
    case 'bool':
      return graph.constant(type, [], Uint8Array.of(value));
    case 'float16':
      throw new PolytokError('UNSUPPORTED', 'Numbers do not become float16; cast the result instead.');
  }
}

/** A constant list of integers, as ONNX takes shapes, axes and limits. */
export function integers(graph: Graph, values: readonly number[]): Value {
  for (const value of values) requireWhole('int64', value);
  return graph.constant('int64', [values.length], BigInt64Array.from(values, BigInt));
}

function requireWhole(type: DataType, value: number): void {
  if (Number.isSafeInteger(value)) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `${value} does not become ${type}: it is no integer. Cast the other operand to float32 first.`,
    { details: { type, value } },
  );
}

/** Throws unless both values have the same element type. */
export function requireSameType(a: Value, b: Value, op: string): void {
  if (a.type === b.type) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `${op} takes two values of one type; '${a.name}' is ${a.type}, '${b.name}' ${b.type}. Cast one.`,
    { details: { a: a.type, b: b.type } },
  );
}

/** Throws unless a value is of one of these types. */
export function requireType(x: Value, types: readonly DataType[], what: string): void {
  if (types.includes(x.type)) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `${what} is ${types.join(' or ')}; '${x.name}' is ${x.type}. Cast it.`,
    { details: { name: x.name, type: x.type, types } },
  );
}

/** Types of indices. */
export const INDEX_TYPES = ['int64', 'int32'] as const;
