/** A checkpoint in StableToken's layout and size with random weights: what is measured does not depend on their values. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encodeSafetensors, type Tensor } from '@polytok/common/io';
import { parseStableConfig, type StableConfig, stableEncoder } from '@polytok/speech';

/** As published, arXiv 2509.22220. */
const CONFIG = {
  d_model: 1280,
  num_mel_bins: 128,
  encoder_layers: 32,
  encoder_attention_heads: 20,
  encoder_ffn_dim: 5120,
  max_source_positions: 1500,
  pooling_kernel_size: 2,
  pooling_type: 'avg',
  pooling_position: 16,
  quantize_position: 16,
  quantize_encoder_only: true,
  quantize_vocab_size: 8192,
  num_voters: 5,
};
const PREPROCESSOR = {
  feature_size: 128,
  sampling_rate: 16_000,
  hop_length: 160,
  n_fft: 400,
  chunk_length: 30,
};

export const SPEECH_CONFIG: StableConfig = parseStableConfig(CONFIG, PREPROCESSOR);

/** Seconds of sound that are encoded; a whole window. */
export const SECONDS = 30;

let state = 1;
/** −1 to 1. */
function random(): number {
  state = (Math.imul(1664525, state) + 1013904223) >>> 0;
  return state / 2 ** 31 - 1;
}

/** Log-mel frames of a sound that was never made, `(frames, bands)`. */
export function randomFrames(): Float32Array {
  const { sampleRate, hop, bands } = SPEECH_CONFIG;
  state = 7;
  return Float32Array.from({ length: ((SECONDS * sampleRate) / hop) * bands }, () => 0.5 + random());
}

/** Makes the folder of the checkpoint, once. @returns bytes of its weights */
export function makeCheckpoint(folder: string): number {
  const parameters = [...stableEncoder(SPEECH_CONFIG).parameters.values()];
  const sizeOf = (shape: readonly unknown[]) =>
    (shape as number[]).reduce((product, size) => product * size, 1);
  const bytes = parameters.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  if (existsSync(folder)) return bytes;
  const making = `${folder}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  state = 1;
  const files: Record<string, string> = {};
  const groups = new Map<string, (typeof parameters)[number][]>();
  for (const parameter of parameters) {
    const group = /^layers\.\d+/.exec(parameter.name)?.[0] ?? 'rest';
    groups.set(group, [...(groups.get(group) ?? []), parameter]);
  }
  for (const [group, values] of groups) {
    const file = `model-${group}.safetensors`;
    const tensors = new Map<string, Tensor>();
    for (const { name, shape } of values) {
      const sizes = shape as readonly number[];
      const length = sizeOf(shape);
      const scale = sizes.length > 1 ? Math.sqrt(3 / (length / sizes[0])) : 0.02;
      const middle = name.includes('norm.weight') ? 1 : 0;
      const data = new Float32Array(length);
      for (let i = 0; i < length; i++) data[i] = middle + scale * random();
      tensors.set(name, { dtype: 'F32', shape: sizes, data });
      files[name] = file;
    }
    writeFileSync(path.join(making, file), encodeSafetensors(tensors));
  }
  const json = (name: string, value: unknown) =>
    writeFileSync(path.join(making, name), JSON.stringify(value));
  json('model.safetensors.index.json', { weight_map: files });
  json('config.json', CONFIG);
  json('preprocessor_config.json', PREPROCESSOR);
  renameSync(making, folder);
  return bytes;
}
