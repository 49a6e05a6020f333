import type { Value } from '../graph/graph.js';
import type { Scope } from '../graph/scope.js';
import { productOf } from '../graph/shape.js';
import { add, multiply } from '../ops/arithmetic.js';
import { slice } from '../ops/concat.js';
import { conv } from '../ops/conv.js';
import { matMul } from '../ops/matmul.js';
import { groupNorm } from '../ops/normalize.js';
import { reshape, reshapeLike, transpose } from '../ops/reshape.js';
import { softmax } from '../ops/softmax.js';
import { channelsOf, VQGAN_NORM } from './vqgan-residual.js';

export interface VqganAttentionOptions {
  /** One convolution `qkv` in place of `q`, `k` and `v`, as in VAR. Default: false. */
  readonly fused?: boolean;
}

/**
 * The attention block of VQGAN (Esser et al., arXiv 2012.09841), with the names of its checkpoints: GroupNorm, then one head
 * over all positions, softmax(q·k / √channels), between 1×1 convolutions, beside an identity.
 * @param x `[batch, channels, height, width]`; channels a multiple of 32
 * @param scope of one block, such as `encoder.down.4.attn.0`
 * @returns the shape of `x`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function vqganAttention(x: Value, scope: Scope, { fused = false }: VqganAttentionOptions = {}): Value {
  const channels = channelsOf(x);
  const normal = groupNorm(x, { ...scope.norm('norm', channels), ...VQGAN_NORM });
  const project = (from: Value, name: string, outputs = channels) =>
    conv(from, scope.conv(name, { inputs: channels, outputs, kernel: [1, 1] }));
  const [query, key, value] = (
    fused
      ? thirdsOf(project(normal, 'qkv', 3 * channels), channels)
      : ['q', 'k', 'v'].map((name) => project(normal, name))
  ).map(positionsLast);
  const scores = matMul(transpose(multiply(query, channels ** -0.5), [0, 2, 1]), key);
  const mixed = matMul(value, transpose(softmax(scores), [0, 2, 1]));
  return add(x, project(reshapeLike(mixed, x), 'proj_out'));
}

function thirdsOf(x: Value, channels: number): Value[] {
  return [0, 1, 2].map((third) =>
    slice(x, { axis: 1, start: third * channels, end: (third + 1) * channels }),
  );
}

/** `[batch, channels, positions]` */
function positionsLast(x: Value): Value {
  const [batch, channels, ...space] = x.shape;
  return reshape(x, [batch, channels, productOf(space)]);
}
