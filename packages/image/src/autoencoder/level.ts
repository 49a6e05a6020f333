import { type Scope, type Value, vqganAttention, vqganResidual } from '@polytok/common/onnx';
import type { AutoencoderConfig } from './contract.js';
import { PART_NAMES } from './tensor-names.js';

/** Attention, where the autoencoder has it. */
export function attendAfter(x: Value, scope: Scope, { attention }: AutoencoderConfig): Value {
  return attention === 'none' ? x : vqganAttention(x, scope, { fused: attention === 'fused' });
}

/** Residual blocks at the lowest resolution, with attention after each but the last. */
export function middle(x: Value, scope: Scope, config: AutoencoderConfig): Value {
  const { middleBlocks, attention, bias } = config;
  const names = PART_NAMES[config.names];
  let h = x;
  let at = 0;
  for (let block = 0; block < middleBlocks; block++) {
    h = vqganResidual(h, scope.at(names.middle(at++, 'block')), { bias });
    if (attention !== 'none' && block + 1 < middleBlocks) {
      h = attendAfter(h, scope.at(names.middle(at++, 'attention')), config);
    }
  }
  return h;
}
