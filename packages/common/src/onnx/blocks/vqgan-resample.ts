/** How VQGAN (Esser et al., arXiv 2012.09841) and its kin halve and double maps. */
import type { Value } from '../graph/graph.js';
import type { Scope } from '../graph/scope.js';
import { conv } from '../ops/conv.js';
import { depthToSpace, upsampleNearest } from '../ops/resample.js';
import { channelsOf } from './vqgan-residual.js';

export interface VqganDownOptions {
  /** Zeros around the map: a row below and a column on the right ('after', VQGAN), or on all sides ('around', Open-MAGVIT2). */
  readonly zeros: 'after' | 'around';
}

/**
 * A 3×3 convolution with a stride of 2.
 * @param x `[batch, channels, height, width]`
 * @param name of the convolution, such as `downsample.conv`
 * @returns `[batch, channels, height / 2, width / 2]`
 */
export function vqganDown(x: Value, scope: Scope, name: string, { zeros }: VqganDownOptions): Value {
  const channels = channelsOf(x);
  const weights = scope.conv(name, { inputs: channels, outputs: channels, kernel: [3, 3] });
  return conv(x, { ...weights, stride: 2, padding: zeros === 'after' ? [0, 1] : 1 });
}

export interface VqganUpOptions {
  /**
   * 'nearest': every position 2 × 2 times, then a 3×3 convolution (VQGAN). 'depth-to-space': a 3×3 convolution to four
   * times the channels, which become 2 × 2 positions (Open-MAGVIT2).
   */
  readonly by: 'nearest' | 'depth-to-space';
}

/**
 * @param x `[batch, channels, height, width]`
 * @param name of the convolution, such as `upsample.conv`
 * @returns `[batch, channels, 2 · height, 2 · width]`
 */
export function vqganUp(x: Value, scope: Scope, name: string, { by }: VqganUpOptions): Value {
  const channels = channelsOf(x);
  const to = (outputs: number) => ({
    ...scope.conv(name, { inputs: channels, outputs, kernel: [3, 3] }),
    padding: 1,
  });
  return by === 'nearest'
    ? conv(upsampleNearest(x, 2), to(channels))
    : depthToSpace(conv(x, to(4 * channels)), 2);
}
