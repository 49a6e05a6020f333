/** Functions of one number, element by element. */
import type { Attribute, Value } from '../graph/graph.js';
import { add, divide, greater, multiply, negate, subtract, where } from './arithmetic.js';

/** Gradient of the argument from that of the result. */
type UnaryGradient = (gradient: Value, x: Value, y: Value) => Value;

function unary(
  op: string,
  x: Value,
  gradientOf?: UnaryGradient,
  attributes?: Readonly<Record<string, Attribute>>,
): Value {
  const { graph, type, shape } = x;
  return graph.operation(
    op,
    [x],
    { type, shape },
    {
      attributes,
      vjp: gradientOf && (([gradient], [y]) => [gradientOf(gradient!, x, y)]),
    },
  );
}

export function exp(x: Value): Value {
  return unary('Exp', x, (gradient, _, y) => multiply(gradient, y));
}

/** Natural logarithm. */
export function log(x: Value): Value {
  return unary('Log', x, (gradient) => divide(gradient, x));
}

export function sqrt(x: Value): Value {
  return unary('Sqrt', x, (gradient, _, y) => divide(multiply(gradient, 0.5), y));
}

/** The gradient at 0 is 0. */
export function abs(x: Value): Value {
  return unary('Abs', x, (gradient) => multiply(gradient, sign(x)));
}

/** −1, 0 or 1; without a gradient. */
export function sign(x: Value): Value {
  return unary('Sign', x);
}

/** Ties to even; without a gradient. */
export function round(x: Value): Value {
  return unary('Round', x);
}

/** The largest integer below or at x; without a gradient. */
export function floor(x: Value): Value {
  return unary('Floor', x);
}

export function square(x: Value): Value {
  return multiply(x, x);
}

export function tanh(x: Value): Value {
  return unary('Tanh', x, (gradient, _, y) => multiply(gradient, subtract(1, multiply(y, y))));
}

export function sigmoid(x: Value): Value {
  return unary('Sigmoid', x, (gradient, _, y) => multiply(gradient, multiply(y, subtract(1, y))));
}

export function relu(x: Value): Value {
  return unary('Relu', x, (gradient) => where(greater(x, 0), gradient, 0));
}

/** log(1 + eˣ) */
export function softplus(x: Value): Value {
  return unary('Softplus', x, (gradient) => multiply(gradient, sigmoid(x)));
}

export function erf(x: Value): Value {
  return unary('Erf', x, (gradient) =>
    multiply(gradient, multiply(exp(negate(multiply(x, x))), 2 / Math.sqrt(Math.PI))),
  );
}

export function sin(x: Value): Value {
  return unary('Sin', x, (gradient) => multiply(gradient, cos(x)));
}

export function cos(x: Value): Value {
  return unary('Cos', x, (gradient) => negate(multiply(gradient, sin(x))));
}

/** x · Φ(x), exact, as Whisper has it. */
export function gelu(x: Value): Value {
  return unary('Gelu', x, (gradient) => {
    // Φ(x) + x φ(x) = ½ (1 + erf u + 2/√π · u · exp(−u²)) with u = x/√2, in few passes over memory. The half comes first:
    // a runtime can make it part of the product that gave the gradient.
    const u = multiply(x, Math.SQRT1_2);
    const density = exp(subtract(Math.log(2 / Math.sqrt(Math.PI)), multiply(u, u)));
    const twice = add(add(erf(u), multiply(u, density)), 1);
    return multiply(multiply(gradient, 0.5), twice);
  });
}

/** x · sigmoid(x), also called swish. */
export function silu(x: Value): Value {
  return multiply(x, sigmoid(x));
}
