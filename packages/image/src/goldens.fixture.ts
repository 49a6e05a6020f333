/** For tests: the golden values, and what they were made from; see goldens/README.md. */
import { readFileSync } from 'node:fs';
import { decodeSafetensors } from '@polytok/common/io';
import { readTorchCheckpoint, type WeightStore, weightsOf } from '@polytok/common/onnx';
import type { AutoencoderConfig } from './autoencoder/contract.js';
import { IMAGE_PRESETS } from './autoencoder/presets.js';
import type { RgbImage } from './pixels/rgb-image.js';

const bytesOf = (name: string) => readFileSync(new URL(`../goldens/${name}`, import.meta.url));

export const golden = (name: string) => JSON.parse(bytesOf(name).toString('utf8'));

export const goldenWeights = (name: string): WeightStore =>
  name.endsWith('.pt')
    ? readTorchCheckpoint(bytesOf(name), { keys: ['state_dict'] })
    : weightsOf(decodeSafetensors(bytesOf(name)).tensors);

/** Weights of the small networks. */
export const SMALL_WEIGHTS = {
  taming: 'small-taming.pt',
  var: 'small-var.safetensors',
  'open-magvit2': 'small-open-magvit2.safetensors',
} as const;

/** Names and shapes of a published checkpoint, such as `['encoder.conv_in.weight', '128,3,3,3']`. */
export function tensorList(name: string): [name: string, shape: string][] {
  const [, ...lines] = bytesOf(name).toString('utf8').trim().split('\n');
  return lines.map((line) => {
    const [tensor, shape] = line.split('\t');
    return [tensor, shape.slice(1, -1)];
  });
}

/** LlamaGen's architecture with two levels: half the side of an image, 64 codes. */
export const TINY_LLAMAGEN: AutoencoderConfig = {
  ...IMAGE_PRESETS['llamagen-vq16'],
  channels: 32,
  multipliers: [1, 2],
  latentChannels: 32,
  codes: 64,
};

/** An image of floats from a formula of channel, row and column. */
export function imageOf(
  height: number,
  width: number,
  value: (channel: number, row: number, column: number) => number,
): RgbImage & { readonly data: Float32Array } {
  const data = new Float32Array(height * width * 3);
  let at = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (let channel = 0; channel < 3; channel++) data[at++] = value(channel, row, column);
    }
  }
  return { height, width, data };
}

/** The input of the golden values. */
export const wave = (height: number, width: number) =>
  imageOf(
    height,
    width,
    (c, i, j) => 0.6 * Math.sin(0.35 * i + 0.8 * c) + 0.4 * Math.cos(0.22 * j * (c + 1) - 0.1 * i),
  );

/** The bytes of `sample` in goldens/pillow.py. */
export function sample(height: number, width: number): RgbImage & { readonly data: Uint8Array } {
  const data = new Uint8Array(height * width * 3);
  for (let at = 0; at < data.length; at++) {
    const [c, j, i] = [at % 3, Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
    const noise = (i * 7919 + j * 104729 + c * 1299709) % 97;
    const square = (Math.floor(i / 5) + Math.floor(j / 7)) % 2 === 0 ? 120 : 0;
    data[at] = (3 * i + 2 * j * (c + 1) + square + noise) % 256;
  }
  return { height, width, data };
}
