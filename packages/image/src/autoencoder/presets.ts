import { PolytokError } from '@polytok/common';
import { VAR_SIDES } from '@polytok/common/quantizers';
import type { AutoencoderConfig } from './contract.js';

const LLAMAGEN_VQ16: AutoencoderConfig = {
  names: 'llamagen',
  channels: 128,
  multipliers: [1, 1, 2, 2, 4],
  encoderBlocks: 2,
  decoderBlocks: 3,
  middleBlocks: 2,
  attention: 'separate',
  bias: true,
  zeros: 'after',
  up: 'nearest',
  adaptive: false,
  latentChannels: 256,
  latentKernel: 3,
  codeChannels: 8,
  quantKernel: 1,
  quantizer: 'vq-cosine',
  codes: 16_384,
};

const TAMING_F16: AutoencoderConfig = {
  ...LLAMAGEN_VQ16,
  names: 'taming',
  codeChannels: 256,
  quantizer: 'vq',
};

/** Published architectures. See the package's README for where their weights are. */
export const IMAGE_PRESETS = {
  /** LlamaGen (Sun et al., arXiv 2406.06525): 16 × 16 pixels per token. */
  'llamagen-vq16': LLAMAGEN_VQ16,
  /** LlamaGen, 8 × 8 pixels per token. */
  'llamagen-vq8': { ...LLAMAGEN_VQ16, multipliers: [1, 2, 2, 4] },
  /** VQGAN (Esser et al., arXiv 2012.09841), trained on ImageNet. */
  'taming-f16-1024': { ...TAMING_F16, codes: 1024 },
  'taming-f16-16384': TAMING_F16,
  /** The multi-scale tokenizer of VAR (Tian et al., arXiv 2404.02905): images of 256 × 256 as 680 tokens. */
  'var-ch160v4096z32': {
    ...LLAMAGEN_VQ16,
    names: 'taming',
    channels: 160,
    attention: 'fused',
    latentChannels: 32,
    codeChannels: 32,
    quantKernel: 3,
    quantizer: 'var-multiscale',
    codes: 4096,
    sides: VAR_SIDES,
    sharedConvolutions: 4,
  },
  /** Open-MAGVIT2 (Luo et al., arXiv 2409.04410) for images of 256 × 256: 18 signs per token. */
  'open-magvit2-256l': {
    ...LLAMAGEN_VQ16,
    names: 'open-magvit2',
    encoderBlocks: 4,
    decoderBlocks: 4,
    middleBlocks: 4,
    attention: 'none',
    bias: false,
    zeros: 'around',
    up: 'depth-to-space',
    adaptive: true,
    latentChannels: 18,
    latentKernel: 1,
    codeChannels: 18,
    quantKernel: 0,
    quantizer: 'lfq',
    codes: 2 ** 18,
    order: 'lsb-first',
  },
} as const satisfies Readonly<Record<string, AutoencoderConfig>>;

export type ImagePreset = keyof typeof IMAGE_PRESETS;

/** @throws PolytokError `UNKNOWN_NAME`; `details.available` lists the presets */
export function imagePreset(name: string): AutoencoderConfig {
  if (Object.hasOwn(IMAGE_PRESETS, name)) return IMAGE_PRESETS[name as ImagePreset];
  const available = Object.keys(IMAGE_PRESETS);
  throw new PolytokError(
    'UNKNOWN_NAME',
    `There is no image preset '${name}'. Available: ${available.join(', ')}.`,
    { details: { name, available } },
  );
}
