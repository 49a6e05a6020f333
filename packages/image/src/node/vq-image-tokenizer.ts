import type { AutoencoderConfig } from '../autoencoder/contract.js';
import { detectImagePreset } from '../autoencoder/detect-preset.js';
import type { ImagePreset } from '../autoencoder/presets.js';
import {
  VqImageTokenizer as Tokenizer,
  tokenizerParts,
  type VqImageTokenizerOptions,
} from '../vq-image-tokenizer.js';
import { openImageWeights } from './open-image-weights.js';

/** The tokenizer of the main entry, which also opens files. */
export class VqImageTokenizer extends Tokenizer {
  /**
   * Opens published weights.
   * @param path safetensors or a PyTorch checkpoint; see {@link openImageWeights}
   * @param architecture the name of a preset, or a configuration. Default: the preset whose tensors these are
   * @throws PolytokError what {@link openImageWeights}, `detectImagePreset` and {@link Tokenizer.fromWeights} throw
   */
  static async fromPretrained(
    path: string,
    architecture?: ImagePreset | AutoencoderConfig,
    options: VqImageTokenizerOptions = {},
  ): Promise<VqImageTokenizer> {
    const weights = await openImageWeights(path);
    const known = architecture ?? detectImagePreset(weights);
    return new VqImageTokenizer(await tokenizerParts(weights, known, options));
  }
}
