import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import type { Scope } from '../graph/scope.js';
import { formatShape } from '../graph/shape.js';
import { silu } from '../ops/activation.js';
import { add } from '../ops/arithmetic.js';
import { conv } from '../ops/conv.js';
import { groupNorm } from '../ops/normalize.js';

/** Groups and ε of every GroupNorm of the family. */
export const VQGAN_NORM = { groups: 32, epsilon: 1e-6 } as const;

export interface VqganResidualOptions {
  /** Channels of the result. Default: those of `x`. */
  readonly outputs?: number;
  /** Whether convolutions have biases. Default: true. */
  readonly bias?: boolean;
}

/**
 * The residual block of VQGAN (Esser et al., arXiv 2012.09841), with the names of its checkpoints: twice GroupNorm, SiLU
 * and a 3×3 convolution, beside an identity, or beside a 1×1 convolution (`nin_shortcut`) where the channels change.
 * @param x `[batch, channels, height, width]`; channels a multiple of 32
 * @param scope of one block, such as `encoder.down.0.block.0`
 * @returns `[batch, outputs, height, width]`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function vqganResidual(
  x: Value,
  scope: Scope,
  { outputs, bias = true }: VqganResidualOptions = {},
): Value {
  const inputs = channelsOf(x);
  const channels = outputs ?? inputs;
  const first = convolved(x, scope, { norm: 'norm1', conv: 'conv1', outputs: channels, bias });
  const second = convolved(first, scope, { norm: 'norm2', conv: 'conv2', outputs: channels, bias });
  const shortcut =
    channels === inputs
      ? x
      : conv(x, scope.conv('nin_shortcut', { inputs, outputs: channels, kernel: [1, 1], bias }));
  return add(shortcut, second);
}

/** GroupNorm, SiLU, and a 3×3 convolution that keeps the size: also how encoders and decoders end. */
export function convolved(
  x: Value,
  scope: Scope,
  names: {
    readonly norm: string;
    readonly conv: string;
    readonly outputs: number;
    readonly bias?: boolean;
    /** 1 or 3. Default: 3. */
    readonly kernel?: number;
  },
): Value {
  const { outputs, bias, kernel = 3 } = names;
  const inputs = channelsOf(x);
  const active = silu(groupNorm(x, { ...scope.norm(names.norm, inputs), ...VQGAN_NORM }));
  const weights = scope.conv(names.conv, { inputs, outputs, kernel: [kernel, kernel], bias });
  return conv(active, { ...weights, padding: (kernel - 1) / 2 });
}

/** Channels of a map. @throws PolytokError `INVALID_ARGUMENT` */
export function channelsOf({ shape }: Value): number {
  const channels = shape[1];
  if (shape.length === 4 && typeof channels === 'number') return channels;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `A map is [batch, channels, height, width] with channels that are a number; got ${formatShape(shape)}.`,
    { details: { shape } },
  );
}
