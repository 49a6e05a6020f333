import { Lfq, MultiScaleVq, type Quantizer, Vq } from '@polytok/common/quantizers';
import type { AutoencoderConfig } from './contract.js';

const CODES = 'quantize.embedding.weight';
const SHARED = 'quantize.quant_resi.qresi_ls';

/** Tensors of the quantizer by the names that checkpoints have. */
export function codebookShapes(config: AutoencoderConfig): Readonly<Record<string, readonly number[]>> {
  const { quantizer, codes, codeChannels, sharedConvolutions = 0 } = config;
  if (quantizer === 'lfq') return {};
  const shapes: Record<string, readonly number[]> = { [CODES]: [codes, codeChannels] };
  if (quantizer !== 'var-multiscale') return shapes;
  for (let k = 0; k < sharedConvolutions; k++) {
    shapes[`${SHARED}.${k}.weight`] = [codeChannels, codeChannels, 3, 3];
    shapes[`${SHARED}.${k}.bias`] = [codeChannels];
  }
  return shapes;
}

/**
 * @param tensors those that {@link codebookShapes} names
 * @throws PolytokError `INVALID_ARGUMENT` for codes that cannot be looked up: not finite, or zero under cosine
 */
export function imageQuantizer(
  config: AutoencoderConfig,
  tensors: ReadonlyMap<string, Float32Array>,
): Quantizer {
  const { quantizer, codeChannels, order, sides, sharedConvolutions = 0 } = config;
  const codes = tensors.get(CODES)!;
  switch (quantizer) {
    case 'lfq':
      return new Lfq({ bits: codeChannels, order: order ?? 'lsb-first' });
    case 'var-multiscale': {
      const all = (part: string) =>
        joined(Array.from({ length: sharedConvolutions }, (_, k) => tensors.get(`${SHARED}.${k}.${part}`)!));
      const [phiWeights, phiBiases] = [all('weight'), all('bias')];
      return new MultiScaleVq({ codes, channels: codeChannels, phiWeights, phiBiases, sides });
    }
    default:
      return new Vq({ variant: quantizer, codes, dimension: codeChannels });
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
