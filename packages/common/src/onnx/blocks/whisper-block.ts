/**
 * The encoder block of Whisper (Radford et al., arXiv 2212.04356), with the names of its checkpoints: pre-norm
 * self-attention and a feed-forward network, each beside an identity.
 */
import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import type { Scope } from '../graph/scope.js';
import { formatShape } from '../graph/shape.js';
import { gelu } from '../ops/activation.js';
import { add } from '../ops/arithmetic.js';
import { attention } from '../ops/attention.js';
import { linear } from '../ops/matmul.js';
import { layerNorm } from '../ops/normalize.js';
import { takeFirst } from '../ops/take-first.js';

export interface WhisperBlockOptions {
  /** A divisor of the width. */
  readonly heads: number;
  /** Width of the feed-forward network. Default: four times that of the block. */
  readonly hidden?: number;
  /** `[1]`, int64: frames that are attended to, the first so many; the others are padding. Default: all. */
  readonly visible?: Value;
}

/**
 * @param x `[batch, frames, width]`
 * @param scope of one layer, such as `layers.0`
 * @returns `[batch, frames, width]`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function whisperBlock(x: Value, scope: Scope, options: WhisperBlockOptions): Value {
  const { hidden, ...shared } = options;
  const width = widthOf(x);
  const attended = add(
    x,
    selfAttention(layerNorm(x, scope.norm('self_attn_layer_norm', width)), scope.at('self_attn'), shared),
  );
  const wide = hidden ?? 4 * width;
  const normal = layerNorm(attended, scope.norm('final_layer_norm', width));
  const inner = gelu(linear(normal, scope.linear('fc1', width, wide)));
  return add(attended, linear(inner, scope.linear('fc2', wide, width)));
}

/** Attention, with `q_proj`, `k_proj` (without bias), `v_proj` and `out_proj`. @param x `[batch, frames, width]` */
export function selfAttention(
  x: Value,
  scope: Scope,
  { heads, visible }: Pick<WhisperBlockOptions, 'heads' | 'visible'>,
): Value {
  const width = widthOf(x);
  const seen = visible ? takeFirst(x, { axis: 1, count: visible, size: 'visible' }) : x;
  const project = (of: Value, name: string, bias = true) =>
    linear(of, scope.linear(name, width, width, { bias }));
  const query = project(x, 'q_proj');
  const key = project(seen, 'k_proj', false);
  const mixed = attention(query, { key, value: project(seen, 'v_proj'), heads });
  return linear(mixed, scope.linear('out_proj', width, width));
}

function widthOf(x: Value): number {
  const width = x.shape.at(-1);
  if (x.shape.length === 3 && typeof width === 'number') return width;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `Attention takes [batch, frames, width] with a width that is a number; got ${formatShape(x.shape)}.`,
    {
      details: { shape: x.shape },
    },
  );
}
