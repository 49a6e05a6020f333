import { isPolytokError, PolytokError } from '@polytok/common';
import { bindWeights, type WeightStore } from '@polytok/common/onnx';
import { tensorGraph } from './autoencoder-graphs.js';
import { IMAGE_PRESETS, type ImagePreset } from './presets.js';
import { isUnusedTensor } from './tensor-names.js';

/**
 * The preset whose tensors these are, by their names and shapes.
 * @throws PolytokError `UNKNOWN_NAME` when they are of no preset; `details.reasons` says why for each
 */
export function detectImagePreset({ entries }: Pick<WeightStore, 'entries'>): ImagePreset {
  const reasons: Record<string, string> = {};
  for (const preset of Object.keys(IMAGE_PRESETS) as ImagePreset[]) {
    try {
      bindWeights(tensorGraph(IMAGE_PRESETS[preset]), { entries }, { ignore: isUnusedTensor });
      return preset;
    } catch (error) {
      if (!isPolytokError(error)) throw error;
      reasons[preset] = error.message;
    }
  }
  throw new PolytokError(
    'UNKNOWN_NAME',
    `These weights are of no preset: ${Object.keys(reasons).join(', ')}. Name the preset that they should have, to see what differs, or pass a configuration.`,
    { details: { available: Object.keys(reasons), reasons } },
  );
}
