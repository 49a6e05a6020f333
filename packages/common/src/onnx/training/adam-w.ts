/**
 * AdamW (Loshchilov and Hutter, arXiv 1711.05101) as operations of the graph, so that one run is one training step:
 *
 *     m ← β₁m + (1 − β₁)g,   v ← β₂v + (1 − β₂)g²
 *     w ← w − lr·(λw + (m/(1 − β₁ᵗ))/(√(v/(1 − β₂ᵗ)) + ε))
 *
 * as `torch.optim.AdamW`, with gradients scaled down first where their norm over all parameters is above a limit, as
 * `torch.nn.utils.clip_grad_norm_`, and with a moving average a ← d·a + (1 − d)·w of the new weights, if wanted.
 */
import { requirePositive, requireShare } from '../../arguments.js';
import { PolytokError } from '../../errors.js';
import { gradients } from '../gradients.js';
import { Graph, type Value } from '../graph/graph.js';
import { sqrt, square } from '../ops/activation.js';
import { add, divide, minimum, multiply, subtract } from '../ops/arithmetic.js';
import { reduceSum } from '../ops/reduce.js';

export interface AdamWOptions {
  /** β₁, at least 0 and below 1. Default: 0.9. */
  readonly beta1?: number;
  /** β₂, at least 0 and below 1. Default: 0.999. */
  readonly beta2?: number;
  /** ε, above 0. Default: 1e-8. */
  readonly epsilon?: number;
  /** λ, at least 0. Default: 0.01. */
  readonly weightDecay?: number;
  /** Parameters that do not decay, such as biases and norms, by name. Default: none. */
  readonly withoutDecay?: (name: string) => boolean;
  /** What the learning rate of a parameter is multiplied with, at least 0, by name. Default: 1. */
  readonly rateFactor?: (name: string) => number;
  /** Largest norm of all gradients together. Default: no limit. */
  readonly clipNorm?: number;
  /** d, the share of the past in a moving average of the weights, at least 0 and below 1. Default: no average. */
  readonly averageDecay?: number;
}

/** Names of the inputs and outputs that training adds to a graph. */
export const OPTIMIZER_NAMES = {
  /** Inputs `[]`: the learning rate; 1 − β₁ᵗ and 1 − β₂ᵗ of this step. */
  rate: 'optimizer/rate',
  correction1: 'optimizer/correction1',
  correction2: 'optimizer/correction2',
  /** Input `[]` of {@link updateGraph}: what summed gradients are multiplied with. */
  share: 'optimizer/share',
  /** Output `[]`: the norm of all gradients, before it is limited. */
  norm: 'optimizer/norm',
  /** Inputs and, with `next`, outputs of a parameter's shape. */
  first: (parameter: string) => `optimizer/m/${parameter}`,
  second: (parameter: string) => `optimizer/v/${parameter}`,
  average: (parameter: string) => `optimizer/average/${parameter}`,
  sum: (parameter: string) => `optimizer/sum/${parameter}`,
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
  checkOptions(options);
  addUpdates(graph, { parameters, slopes: gradients(loss, parameters) }, options);
}

/**
 * Adds the gradients of a loss to its graph, as outputs that sum them up over several runs.
 * @throws PolytokError `INVALID_ARGUMENT` for a parameter that the loss does not depend on
 */
export function addGradientSums(graph: Graph, loss: Value, parameters: readonly Value[]): void {
  const { sum, next } = OPTIMIZER_NAMES;
  for (const [at, slope] of gradients(loss, parameters).entries()) {
    const { name, shape } = parameters[at];
    graph.output(next(sum(name)), add(graph.input(sum(name), shape), slope));
  }
}

/**
 * The update of parameters from gradients that {@link addGradientSums} summed up, as a graph of its own.
 * @throws PolytokError `INVALID_ARGUMENT` for options
 */
export function updateGraph(trained: readonly Value[], options: AdamWOptions): Graph {
  checkOptions(options);
  const { sum, share } = OPTIMIZER_NAMES;
  const graph = new Graph();
  const parameters = trained.map(({ name, shape }) => graph.parameter(name, shape as readonly number[]));
  const factor = graph.input(share, []);
  const slopes = parameters.map(({ name, shape }) => multiply(graph.input(sum(name), shape), factor));
  addUpdates(graph, { parameters, slopes }, options);
  return graph;
}

function addUpdates(
  graph: Graph,
  { parameters, slopes }: { readonly parameters: readonly Value[]; readonly slopes: readonly Value[] },
  options: AdamWOptions,
): void {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01, clipNorm, averageDecay } = options;
  const { withoutDecay = () => false, rateFactor = () => 1 } = options;
  const names = OPTIMIZER_NAMES;
  const baseRate = graph.input(names.rate, []);
  const correction1 = graph.input(names.correction1, []);
  const correction2 = graph.input(names.correction2, []);
  const norm = sqrt(slopes.map((slope) => reduceSum(square(slope))).reduce((sum, part) => add(sum, part)));
  graph.output(names.norm, norm);
  const share = clipNorm === undefined ? undefined : minimum(divide(clipNorm, add(norm, 1e-6)), 1);
  // Numbers meet numbers first, so that each tensor is passed over as few times as can be.
  const gain1 = share ? multiply(share, 1 - beta1) : 1 - beta1;
  const gain2 = share ? multiply(square(share), 1 - beta2) : 1 - beta2;
  const root = sqrt(correction2);
  for (const [at, parameter] of parameters.entries()) {
    const { name, shape } = parameter;
    const factor = requireFactor(rateFactor(name), name);
    const rate = factor === 1 ? baseRate : multiply(baseRate, factor);
    const first = graph.input(names.first(name), shape);
    const second = graph.input(names.second(name), shape);
    const nextFirst = add(multiply(first, beta1), multiply(slopes[at], gain1));
    const nextSecond = add(multiply(second, beta2), multiply(square(slopes[at]), gain2));
    // Both sides of the quotient times √(1 − β₂ᵗ).
    const deviation = add(sqrt(nextSecond), multiply(root, epsilon));
    const step = multiply(divide(nextFirst, deviation), divide(multiply(rate, root), correction1));
    const decayed =
      weightDecay === 0 || withoutDecay(name)
        ? parameter
        : multiply(parameter, subtract(1, multiply(rate, weightDecay)));
    const next = subtract(decayed, step);
    graph.output(names.next(name), next);
    graph.output(names.next(names.first(name)), nextFirst);
    graph.output(names.next(names.second(name)), nextSecond);
    if (averageDecay === undefined) continue;
    const average = graph.input(names.average(name), shape);
    const nextAverage = add(multiply(average, averageDecay), multiply(next, 1 - averageDecay));
    graph.output(names.next(names.average(name)), nextAverage);
  }
}

function checkOptions(options: AdamWOptions): void {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01, clipNorm, averageDecay } = options;
  requireShare(beta1, 'beta1');
  requireShare(beta2, 'beta2');
  requirePositive(epsilon, 'epsilon');
  if (weightDecay !== 0) requirePositive(weightDecay, 'weightDecay');
  if (clipNorm !== undefined) requirePositive(clipNorm, 'clipNorm');
  if (averageDecay !== undefined) requireShare(averageDecay, 'averageDecay');
}

function requireFactor(factor: number, name: string): number {
  if (Number.isFinite(factor) && factor >= 0) return factor;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'rateFactor' must give finite numbers of at least 0; got ${factor} for '${name}'.`,
    { details: { name, factor } },
  );
}
