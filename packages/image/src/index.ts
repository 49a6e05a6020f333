export { decoderGraph, encoderGraph } from './autoencoder/autoencoder-graphs.js';
export {
  type AutoencoderConfig,
  IMAGE_QUANTIZERS,
  type ImageQuantizerName,
  TENSOR_NAMINGS,
  type TensorNaming,
} from './autoencoder/contract.js';
export { decoder } from './autoencoder/decoder.js';
export * from './autoencoder/detect-preset.js';
export { encoder } from './autoencoder/encoder.js';
export * from './autoencoder/presets.js';
export * from './pixels/byte-levels.js';
export * from './pixels/prepare-image.js';
export * from './pixels/resample.js';
export * from './pixels/rgb-image.js';
export {
  MAX_TOKENIZED_PIXELS,
  VqImageTokenizer,
  type VqImageTokenizerOptions,
} from './vq-image-tokenizer.js';
