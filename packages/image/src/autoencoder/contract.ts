/**
 * The architecture of a convolutional autoencoder with discrete codes, as VQGAN (Esser et al., arXiv 2012.09841) began it:
 * levels of residual blocks with a halving or doubling between them, a middle, and a quantizer between encoder and decoder.
 *
 * It guarantees: a configuration is plain JSON and says all but the weights; with the names of tensors, it is what a
 * checkpoint is checked against. It does not say how a network was trained.
 */
import type { BitOrder } from '@polytok/common/quantizers';

/** Whose names the tensors have. */
export const TENSOR_NAMINGS = ['llamagen', 'taming', 'open-magvit2'] as const;
export type TensorNaming = (typeof TENSOR_NAMINGS)[number];

export const IMAGE_QUANTIZERS = ['vq', 'vq-cosine', 'var-multiscale', 'lfq'] as const;
export type ImageQuantizerName = (typeof IMAGE_QUANTIZERS)[number];

export interface AutoencoderConfig {
  readonly names: TensorNaming;
  /** Channels at full resolution; a multiple of 32. */
  readonly channels: number;
  /** What `channels` is multiplied by at each level, from full resolution down. The grid is 2^(levels − 1) times coarser. */
  readonly multipliers: readonly number[];
  /** Residual blocks of each level. */
  readonly encoderBlocks: number;
  readonly decoderBlocks: number;
  /** Residual blocks in the middle; with attention between them two. */
  readonly middleBlocks: number;
  /** Attention after each block of the lowest level and in the middle: none, or with q, k and v as three convolutions or as one. */
  readonly attention: 'none' | 'separate' | 'fused';
  /** Whether residual blocks and the encoder's first convolution have biases. */
  readonly bias: boolean;
  /** Where halving puts zeros: a row below and a column on the right, or on all sides. */
  readonly zeros: 'after' | 'around';
  readonly up: 'nearest' | 'depth-to-space';
  /** Whether each level of the decoder starts with a normalisation that the codes scale and shift. */
  readonly adaptive: boolean;
  /** Channels that the encoder ends with, and the decoder begins with. */
  readonly latentChannels: number;
  /** Kernel of the encoder's last convolution: 1 or 3. */
  readonly latentKernel: number;
  /** Channels of a code. */
  readonly codeChannels: number;
  /** Kernel of the convolutions `quant_conv` and `post_quant_conv` around the quantizer: 1 or 3; 0 for none. */
  readonly quantKernel: number;
  readonly quantizer: ImageQuantizerName;
  /** Codes of the codebook; for 'lfq' 2 to the power of `codeChannels`. */
  readonly codes: number;
  /** For 'lfq': which bit of an id a channel is. */
  readonly order?: BitOrder;
  /** For 'var-multiscale': sides of the scales, ascending; the last is that of the grid. */
  readonly sides?: readonly number[];
  /** For 'var-multiscale': how many convolutions the scales share. */
  readonly sharedConvolutions?: number;
}

/** Pixels along a side of the patch that a token stands for: 2^(levels − 1). */
export function patchOf({ multipliers }: Pick<AutoencoderConfig, 'multipliers'>): number {
  return 2 ** (multipliers.length - 1);
}
