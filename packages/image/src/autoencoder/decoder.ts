import {
  adaptiveGroupNorm,
  conv,
  convolved,
  type Scope,
  type Value,
  vqganResidual,
  vqganUp,
} from '@polytok/common/onnx';
import type { AutoencoderConfig } from './contract.js';
import { quantConv } from './encoder.js';
import { attendAfter, middle } from './level.js';
import { PART_NAMES } from './tensor-names.js';

/**
 * @param codes `[batch, codeChannels, rows, columns]`
 * @param scope of the whole autoencoder
 * @returns `[batch, 3, height, width]`, about −1 to 1
 */
export function decoder(codes: Value, scope: Scope, config: AutoencoderConfig): Value {
  const { channels, multipliers, bias, latentChannels, quantKernel, adaptive } = config;
  const names = PART_NAMES[config.names];
  const lowest = multipliers.length - 1;
  const own = scope.at('decoder');
  const latents = quantConv(codes, scope, 'post_quant_conv', {
    outputs: latentChannels,
    kernel: quantKernel,
  });
  const widest = channels * multipliers[lowest];
  const first = own.conv('conv_in', { inputs: latentChannels, outputs: widest, kernel: [3, 3] });
  let h = middle(conv(latents, { ...first, padding: 1 }), own, config);
  for (let level = lowest; level >= 0; level--) {
    const part = own.at(names.decoderLevel(level, lowest));
    if (adaptive) h = adaptiveGroupNorm(h, codes, own.at(`adaptive.${level}`));
    for (let at = 0; at < config.decoderBlocks; at++) {
      const outputs = channels * multipliers[level];
      h = vqganResidual(h, part.at(`${names.block}.${at}`), { outputs, bias });
      if (level === lowest) h = attendAfter(h, part.at(`attn.${at}`), config);
    }
    if (level > 0) h = vqganUp(h, part, names.up, { by: config.up });
  }
  return convolved(h, own, { norm: 'norm_out', conv: 'conv_out', outputs: 3 });
}
