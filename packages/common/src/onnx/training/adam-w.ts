/**
 * AdamW (Loshchilov and Hutter, arXiv 1711.05101) as operations of the graph, so that one run is one training step:
 *
 *     m ← β₁m + (1 − β₁)g,   v ← β₂v + (1 − β₂)g²
 *     w ← w − lr·(λw + (m/(1 − β₁ᵗ))/(√(v/(1 − β₂ᵗ)) + ε))
 *
 * as `torch.optim.AdamW`, with gradients scaled down first where their norm over all parameters is above a limit, as
 * `torch.nn.utils.clip_grad_norm_`.
 */
import { requirePositive } from '../../arguments.js';
import { gradients } from '../gradients.js';
import type { Graph, Value } from '../graph/graph.js';
import { sqrt, square } from '../ops/activation.js';
import { add, divide, minimum, multiply, subtract } from '../ops/arithmetic.js';
import { reduceSum } from '../ops/reduce.js';

export interface AdamWOptions {
  /** β₁. Default: 0.9. */
  readonly beta1?: number;
  /** β₂. Default: 0.999. */
  readonly beta2?: number;
  /** ε. Default: 1e-8. */
  readonly epsilon?: number;
  /** λ. Default: 0.01. */
  readonly weightDecay?: number;
  /** Parameters that do not decay, such as biases and norms, by name. Default: none. */
  readonly withoutDecay?: (name: string) => boolean;
  /** Largest norm of all gradients together. Default: no limit. */
  readonly clipNorm?: number;
}

/** Names of the inputs and outputs that {@link addAdamW} adds to a graph. */
export const OPTIMIZER_NAMES = {
  /** Inputs `[]`: the learning rate; 1 − β₁ᵗ and 1 − β₂ᵗ of this step. */
  rate: 'optimizer/rate',
  correction1: 'optimizer/correction1',
  correction2: 'optimizer/correction2',
  /** Output `[]`: the norm of all gradients, before it is limited. */
  norm: 'optimizer/norm',
  /** Inputs and, with `next`, outputs of a parameter's shape. */
  first: (parameter: string) => `optimizer/m/${parameter}`,
  second: (parameter: string) => `optimizer/v/${parameter}`,
  next: (name: string) => `${name}/next`,
} as const;

/**
 * Adds the gradients of a loss and the update of all parameters to its graph.
 * @param parameters those that are trained. Default: all
 * @throws PolytokError `INVALID_ARGUMENT` for options, or a parameter that the loss does not depend on
 */
export function addAdamW(
  graph: Graph,
  loss: Value,
  options: AdamWOptions = {},
  parameters: readonly Value[] = [...graph.parameters.values()],
): void {
  const {
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    weightDecay = 0.01,
    withoutDecay = () => false,
    clipNorm,
  } = options;
  if (clipNorm !== undefined) requirePositive(clipNorm, 'clipNorm');
  const names = OPTIMIZER_NAMES;
  const rate = graph.input(names.rate, []);
  const correction1 = graph.input(names.correction1, []);
  const correction2 = graph.input(names.correction2, []);
  const slopes = gradients(loss, parameters);
  const norm = sqrt(slopes.map((slope) => reduceSum(square(slope))).reduce((sum, part) => add(sum, part)));
  graph.output(names.norm, norm);
  const share = clipNorm === undefined ? undefined : minimum(divide(clipNorm, add(norm, 1e-6)), 1);
  for (const [at, parameter] of parameters.entries()) {
    const slope = share ? multiply(slopes[at], share) : slopes[at];
    const first = graph.input(names.first(parameter.name), parameter.shape);
    const second = graph.input(names.second(parameter.name), parameter.shape);
    const nextFirst = add(multiply(first, beta1), multiply(slope, 1 - beta1));
    const nextSecond = add(multiply(second, beta2), multiply(square(slope), 1 - beta2));
    const deviation = add(divide(sqrt(nextSecond), sqrt(correction2)), epsilon);
    const step = divide(divide(nextFirst, correction1), deviation);
    const decayed =
      weightDecay === 0 || withoutDecay(parameter.name)
        ? parameter
        : subtract(parameter, multiply(parameter, multiply(rate, weightDecay)));
    graph.output(names.next(parameter.name), subtract(decayed, multiply(step, rate)));
    graph.output(names.next(names.first(parameter.name)), nextFirst);
    graph.output(names.next(names.second(parameter.name)), nextSecond);
  }
}
