import type { Value } from '../graph/graph.js';
import type { Scope } from '../graph/scope.js';
import { sqrt, square } from '../ops/activation.js';
import { add, divide, multiply, subtract } from '../ops/arithmetic.js';
import { linear } from '../ops/matmul.js';
import { groupNorm } from '../ops/normalize.js';
import { countOf, reduceMean, reduceSum } from '../ops/reduce.js';
import { reshape } from '../ops/reshape.js';
import { channelsOf, VQGAN_NORM } from './vqgan-residual.js';

/** Added to the variance of the codes. */
const EPSILON = 1e-6;

/**
 * GroupNorm whose scale and offset follow from the codes that are decoded (Open-MAGVIT2, arXiv 2409.04410):
 * `gamma(√(var(z) + 1e-6)) · normal(x) + beta(mean(z))`, mean and variance (over n − 1) of each channel of z over all its
 * positions, of which there must be two.
 * @param x `[batch, channels, height, width]`; channels a multiple of 32
 * @param z `[batch, codes, rows, columns]`
 * @param scope with the linear layers `gamma` and `beta`
 * @returns the shape of `x`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function adaptiveGroupNorm(x: Value, z: Value, scope: Scope): Value {
  const channels = channelsOf(x);
  const codes = channelsOf(z);
  const { mean, variance } = momentsOf(z);
  const perChannel = (of: Value, name: string) =>
    reshape(linear(of, scope.linear(name, codes, channels)), [of.shape[0], channels, 1, 1]);
  const scale = perChannel(sqrt(add(variance, EPSILON)), 'gamma');
  const offset = perChannel(mean, 'beta');
  return add(multiply(groupNorm(x, VQGAN_NORM), scale), offset);
}

/** `[batch, channels]` each. */
function momentsOf(z: Value): { mean: Value; variance: Value } {
  const mean = reduceMean(z, { axes: [2, 3], keepDimensions: true });
  const squares = reduceSum(square(subtract(z, mean)), { axes: [2, 3] });
  const [, , rows, columns] = z.shape;
  const others =
    typeof rows === 'number' && typeof columns === 'number'
      ? rows * columns - 1
      : subtract(countOf(z, [2, 3]), 1);
  return { mean: reshape(mean, z.shape.slice(0, 2)), variance: divide(squares, others) };
}
