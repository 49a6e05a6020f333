import type { TensorNaming } from './contract.js';

/** Names of the parts of an encoder or decoder, below `encoder.` or `decoder.`. */
export interface PartNames {
  /** @param level 0 at full resolution @param lowest the lowest level */
  readonly encoderLevel: (level: number, lowest: number) => string;
  readonly decoderLevel: (level: number, lowest: number) => string;
  /** Residual blocks within a level. */
  readonly block: string;
  readonly down: string;
  readonly up: string;
  /** The residual block, or attention, that comes `at`-th in the middle. */
  readonly middle: (at: number, kind: 'block' | 'attention') => string;
}

/** How published checkpoints name their tensors. LlamaGen numbers the decoder's levels from the lowest resolution on. */
export const PART_NAMES: Readonly<Record<TensorNaming, PartNames>> = {
  llamagen: {
    encoderLevel: (level) => `conv_blocks.${level}`,
    decoderLevel: (level, lowest) => `conv_blocks.${lowest - level}`,
    block: 'res',
    down: 'downsample.conv',
    up: 'upsample.conv',
    middle: (at) => `mid.${at}`,
  },
  taming: {
    encoderLevel: (level) => `down.${level}`,
    decoderLevel: (level) => `up.${level}`,
    block: 'block',
    down: 'downsample.conv',
    up: 'upsample.conv',
    // block_1, attn_1, block_2
    middle: (at, kind) => (kind === 'attention' ? 'mid.attn_1' : `mid.block_${at === 0 ? 1 : 2}`),
  },
  'open-magvit2': {
    encoderLevel: (level) => `down.${level}`,
    decoderLevel: (level) => `up.${level}`,
    block: 'block',
    down: 'downsample',
    up: 'upsample.conv1',
    middle: (at) => `mid_block.${at}`,
  },
};

/** Tensors of published checkpoints that are no part of the tokenizer: losses, copies of weights, counters. */
const UNUSED = [/^loss\./, /^model_ema\./, /^quantize\.(codebook_used|ema_vocab_hit_SV)$/];

export function isUnusedTensor(name: string): boolean {
  return UNUSED.some((pattern) => pattern.test(name));
}
