import { requireInteger } from '../../arguments.js';
import type { Tensor } from '../../io/safetensors.js';
import { seededRandom } from '../../random.js';
import type { Graph } from '../graph/graph.js';

export interface InitialWeightsOptions {
  /** Integer that decides what is drawn. Default: 0. */
  readonly seed?: number;
}

/**
 * Weights to start training from, drawn as PyTorch's layers do (`torch.nn.init.kaiming_uniform_` with a = √5), but for
 * biases:
 *
 * - two and more dimensions, `[outputs, inputs, …]`: uniform within ±1/√(product of all sizes but the first);
 * - one dimension and a name that ends with `weight`, as norms have it: 1;
 * - others, such as biases: 0.
 *
 * The same graph and seed give the same numbers on every platform. Set those that need other ones.
 */
export function initialWeights(graph: Graph, { seed = 0 }: InitialWeightsOptions = {}): Map<string, Tensor> {
  requireInteger(seed, 'seed', { minimum: Number.MIN_SAFE_INTEGER });
  const next = seededRandom(seed);
  const weights = new Map<string, Tensor>();
  for (const { name, shape } of graph.parameters.values()) {
    const sizes = shape as readonly number[];
    const data = new Float32Array(sizes.reduce((product, size) => product * size, 1));
    if (sizes.length >= 2) {
      const bound = Math.sqrt(sizes[0] / Math.max(1, data.length));
      for (let at = 0; at < data.length; at++) data[at] = bound * (next() / 2 ** 31 - 1);
    } else if (sizes.length === 1 && name.endsWith('weight')) data.fill(1);
    weights.set(name, { dtype: 'F32', shape: sizes, data });
  }
  return weights;
}
