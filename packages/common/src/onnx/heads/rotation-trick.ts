import type { Value } from '../graph/graph.js';
import { sqrt, square } from '../ops/activation.js';
import { add, divide, greater, maximum, multiply, subtract, where } from '../ops/arithmetic.js';
import { customGradient } from '../ops/custom-gradient.js';
import { scalar } from '../ops/operand.js';
import { reduceSum } from '../ops/reduce.js';

/** Below this |ê + q̂|² is rounding noise of float32, and has no direction. */
const OPPOSITE = 1e-12;

/**
 * The rotation trick (Fifty et al., arXiv 2410.06424): the value of `codes`, and on `x` a gradient that is rotated and scaled
 * as the map from `x` to its code is: with ê = e/|e|, q̂ = q/|q| and r = 2(ê + q̂)/|ê + q̂|²,
 *
 *     ∂L/∂e = [g − r((ê + q̂)·g) + 2ê(q̂·g)]·|q|/|e|
 *
 * Rows without a rotation, of length 0 or opposite to each other, pass it on as it is. `codes` get no gradient.
 * @param x `[…, dimension]`, of what was quantized
 * @param codes of the same shape
 */
export function rotationTrick(x: Value, codes: Value): Value {
  const sum = (value: Value) => reduceSum(value, { axes: [-1], keepDimensions: true });
  const lengths = (value: Value) => sqrt(sum(square(value)));
  return customGradient(codes, {
    of: [x],
    vjp: ([gradient]) => {
      const g = gradient!;
      const [from, to] = [lengths(x), lengths(codes)];
      const unit = (value: Value, length: Value) => divide(value, where(greater(length, 0), length, 1));
      const [e, q] = [unit(x, from), unit(codes, to)];
      const both = add(e, q);
      const squared = sum(square(both));
      const reflected = multiply(
        both,
        divide(multiply(sum(multiply(both, g)), 2), maximum(squared, OPPOSITE)),
      );
      const turned = add(subtract(g, reflected), multiply(e, multiply(sum(multiply(q, g)), 2)));
      const scale = divide(to, where(greater(from, 0), from, 1));
      const one = scalar(x.graph, x.type, 1);
      const zero = scalar(x.graph, x.type, 0);
      const turns = multiply(
        multiply(where(greater(from, 0), one, zero), where(greater(to, 0), one, zero)),
        where(greater(squared, OPPOSITE), one, zero),
      );
      return [where(greater(turns, 0), multiply(turned, scale), g)];
    },
  });
}
