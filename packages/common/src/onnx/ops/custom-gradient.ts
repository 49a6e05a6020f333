/** Where gradients go another way than the mathematics of the forward pass. */
import { PolytokError } from '../../errors.js';
import type { Value, Vjp } from '../graph/graph.js';
import { equalShapes, formatShape } from '../graph/shape.js';
import { requireSameType } from './operand.js';

export interface CustomGradientOptions {
  /** The values that get gradients; `y` may depend on them in any way, or not at all. */
  readonly of: readonly Value[];
  /** Called with the gradient of `y`; gives one gradient for each of `of`, of its type and shape. */
  readonly vjp: Vjp;
}

/**
 * The same value with a gradient of its own: however `y` was computed, differentiation does not look into it, and calls
 * `vjp` instead.
 *
 *     // The logarithm of a product that would overflow, with the gradient that is known in closed form.
 *     const z = customGradient(y, { of: [x], vjp: ([gradient]) => [multiply(gradient, slope)] });
 */
export function customGradient(y: Value, { of, vjp }: CustomGradientOptions): Value {
  const { graph, type, shape } = y;
  return graph.operation('Identity', [y], { type, shape }, { vjp, differentiated: of });
}

/** The same value, through which no gradient passes. */
export function stopGradient(x: Value): Value {
  const { graph, type, shape } = x;
  return graph.operation('Identity', [x], { type, shape });
}

/**
 * Straight-through estimator (Bengio et al., arXiv 1308.3432): the value of `hard`, to the last bit, and the gradient of
 * `soft`, as `soft + stopGradient(hard − soft)` has it.
 * @throws PolytokError `INVALID_ARGUMENT` unless both have one type and shape
 */
export function straightThrough(soft: Value, hard: Value): Value {
  requireSameType(soft, hard, 'straightThrough');
  if (!equalShapes(soft.shape, hard.shape)) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `straightThrough takes two values of one shape; got ${formatShape(soft.shape)} and ${formatShape(hard.shape)}.`,
      { details: { soft: soft.shape, hard: hard.shape } },
    );
  }
  return customGradient(hard, { of: [soft], vjp: ([gradient]) => [gradient] });
}
