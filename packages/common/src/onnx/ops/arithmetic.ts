/** Element by element, with broadcasting. */
import type { Value } from '../graph/graph.js';
import { broadcastShapes } from '../graph/shape.js';
import { sumToShape } from './broadcast.js';
import { asValue, type Operand, requireSameType, requireType, valueAmong } from './operand.js';

/** Gradient of each operand from that of the result. */
type BinaryGradient = (gradient: Value, a: Value, b: Value, result: Value) => readonly [Value?, Value?];

function binary(op: string, left: Operand, right: Operand, gradientOf?: BinaryGradient): Value {
  const { graph, type } = valueAmong(left, right);
  const a = asValue(left, graph, type);
  const b = asValue(right, graph, type);
  requireSameType(a, b, op);
  return graph.operation(
    op,
    [a, b],
    { type, shape: broadcastShapes(a.shape, b.shape) },
    {
      vjp:
        gradientOf &&
        (([gradient], [result]) => {
          const [da, db] = gradientOf(gradient!, a, b, result);
          return [da && sumToShape(da, a.shape), db && sumToShape(db, b.shape)];
        }),
    },
  );
}

export function add(a: Operand, b: Operand): Value {
  return binary('Add', a, b, (gradient) => [gradient, gradient]);
}

export function subtract(a: Operand, b: Operand): Value {
  return binary('Sub', a, b, (gradient) => [gradient, negate(gradient)]);
}

export function multiply(a: Operand, b: Operand): Value {
  return binary('Mul', a, b, (gradient, x, y) => [multiply(gradient, y), multiply(gradient, x)]);
}

export function divide(a: Operand, b: Operand): Value {
  return binary('Div', a, b, (gradient, _, y, result) => {
    const first = divide(gradient, y);
    return [first, negate(multiply(first, result))];
  });
}

/** The gradient goes to the larger one, to `a` where they are equal. */
export function maximum(a: Operand, b: Operand): Value {
  return binary('Max', a, b, (gradient, x, y) => choose(gradient, greaterOrEqual(x, y)));
}

/** The gradient goes to the smaller one, to `a` where they are equal. */
export function minimum(a: Operand, b: Operand): Value {
  return binary('Min', a, b, (gradient, x, y) => choose(gradient, greaterOrEqual(y, x)));
}

/** `base` to a constant exponent. */
export function power(base: Value, exponent: number): Value {
  return binary('Pow', base, exponent, (gradient, x) => [
    multiply(gradient, multiply(power(x, exponent - 1), exponent)),
  ]);
}

export function negate(x: Value): Value {
  const { graph, type, shape } = x;
  return graph.operation(
    'Neg',
    [x],
    { type, shape },
    {
      vjp: ([gradient]) => [negate(gradient!)],
    },
  );
}

export function greater(a: Operand, b: Operand): Value {
  return comparison('Greater', a, b);
}

export function greaterOrEqual(a: Operand, b: Operand): Value {
  return comparison('GreaterOrEqual', a, b);
}

export function equal(a: Operand, b: Operand): Value {
  return comparison('Equal', a, b);
}

/** `yes` where the condition holds, `no` elsewhere. */
export function where(condition: Value, yes: Operand, no: Operand): Value {
  const { graph, type } = valueAmong(yes, no);
  const a = asValue(yes, graph, type);
  const b = asValue(no, graph, type);
  requireSameType(a, b, 'where');
  requireType(condition, ['bool'], 'The condition of where');
  const shape = broadcastShapes(condition.shape, broadcastShapes(a.shape, b.shape));
  return graph.operation(
    'Where',
    [condition, a, b],
    { type, shape },
    {
      vjp: ([gradient]) => [
        undefined,
        sumToShape(where(condition, gradient!, 0), a.shape),
        sumToShape(where(condition, 0, gradient!), b.shape),
      ],
    },
  );
}

function comparison(op: string, left: Operand, right: Operand): Value {
  const { graph, type } = valueAmong(left, right);
  const a = asValue(left, graph, type);
  const b = asValue(right, graph, type);
  requireSameType(a, b, op);
  return graph.operation(op, [a, b], { type: 'bool', shape: broadcastShapes(a.shape, b.shape) });
}

function choose(gradient: Value, first: Value): readonly [Value, Value] {
  return [where(first, gradient, 0), where(first, 0, gradient)];
}
