import {
  channelsOf,
  conv,
  convolved,
  type Scope,
  type Value,
  vqganDown,
  vqganResidual,
} from '@polytok/common/onnx';
import type { AutoencoderConfig } from './contract.js';
import { attendAfter, middle } from './level.js';
import { PART_NAMES } from './tensor-names.js';

/**
 * @param x `[batch, 3, height, width]`, from −1 to 1; sides that are multiples of the patch
 * @param scope of the whole autoencoder
 * @returns `[batch, codeChannels, rows, columns]`: what is quantized
 */
export function encoder(x: Value, scope: Scope, config: AutoencoderConfig): Value {
  const { channels, multipliers, bias, latentChannels, latentKernel, codeChannels, quantKernel } = config;
  const names = PART_NAMES[config.names];
  const lowest = multipliers.length - 1;
  const own = scope.at('encoder');
  const first = own.conv('conv_in', { inputs: 3, outputs: channels, kernel: [3, 3], bias });
  let h = conv(x, { ...first, padding: 1 });
  for (const [level, multiplier] of multipliers.entries()) {
    const part = own.at(names.encoderLevel(level, lowest));
    for (let at = 0; at < config.encoderBlocks; at++) {
      h = vqganResidual(h, part.at(`${names.block}.${at}`), { outputs: channels * multiplier, bias });
      if (level === lowest) h = attendAfter(h, part.at(`attn.${at}`), config);
    }
    if (level < lowest) h = vqganDown(h, part, names.down, { zeros: config.zeros });
  }
  h = middle(h, own, config);
  h = convolved(h, own, {
    norm: 'norm_out',
    conv: 'conv_out',
    outputs: latentChannels,
    kernel: latentKernel,
  });
  return quantConv(h, scope, 'quant_conv', { outputs: codeChannels, kernel: quantKernel });
}

/** The convolution before or after the quantizer; `x` itself where the kernel is 0. */
export function quantConv(
  x: Value,
  scope: Scope,
  name: string,
  { outputs, kernel }: { readonly outputs: number; readonly kernel: number },
): Value {
  if (kernel === 0) return x;
  const weights = scope.conv(name, { inputs: channelsOf(x), outputs, kernel: [kernel, kernel] });
  return conv(x, { ...weights, padding: (kernel - 1) / 2 });
}
