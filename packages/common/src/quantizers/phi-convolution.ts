import type { AsyncKernels, Kernels, Matrix } from '../kernels/contract.js';
import type { Steps } from '../steps.js';
import { extractPatches, patchWeights } from './convolution-patches.js';
import type { OperandSource } from './prepared-operands.js';

/** Side of the convolution's kernel. */
export const PHI_KERNEL = 3;

export interface PhiOptions {
  /** `(channels, channels, 3, 3)`, output channel first. */
  readonly weight: Float32Array;
  /** `(channels)` */
  readonly bias: Float32Array;
  /** ρ: share of the convolution in the result. */
  readonly ratio: number;
}

/** `φ(h) = (1 − ρ)·h + ρ·(W∗h + b)` as one matrix over patches: the identity is added to the middle of the kernel. */
export function preparePhi(source: OperandSource, { weight, bias, ratio }: PhiOptions): Matrix {
  const channels = bias.length;
  const inner = PHI_KERNEL ** 2 * channels;
  const values = patchWeights(weight, { channels, kernel: PHI_KERNEL }).map((value) => ratio * value);
  const middle = Math.floor(PHI_KERNEL ** 2 / 2) * channels;
  for (let channel = 0; channel < channels; channel++) {
    values[channel * inner + middle + channel] += 1 - ratio;
  }
  return source.prepareMatrix(values, {
    inner,
    transposed: true,
    bias: bias.map((value) => ratio * value),
  });
}

/**
 * φ of square maps.
 * @param maps `(maps, side, side, channels)`
 * @param into `(maps, side, side, channels)` receives the result; not `maps`
 */
export function* applyPhi(
  kernels: Kernels | AsyncKernels,
  phi: Matrix,
  maps: Float32Array,
  side: number,
  into: Float32Array,
): Steps {
  const patches = new Float32Array(maps.length * PHI_KERNEL ** 2);
  extractPatches(maps, { height: side, width: side, channels: phi.columns, kernel: PHI_KERNEL }, patches);
  yield kernels.matmul(phi, patches, into);
}
