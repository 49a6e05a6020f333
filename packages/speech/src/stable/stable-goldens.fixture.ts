import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeSafetensors } from '@polytok/common/io';
import type { Audio } from '../audio.js';

/** For tests: the folder of a golden checkpoint; its recipe is `goldens/stable-token.py`. */
export function goldenFolder(name: string): string {
  return fileURLToPath(new URL(`../../goldens/stable-token/${name}`, import.meta.url));
}

export const GOLDEN_MODELS = ['published-shape', 'max-pooling-between', 'no-bias-no-pooling'];

/** For tests: what PyTorch made of one sound. */
export interface GoldenSound {
  readonly audio: Audio;
  readonly ids: Int32Array;
  /** `(tokens, width)`, of every `step`-th token. */
  readonly features: Float32Array;
  readonly quantized: Float32Array;
  readonly step: number;
}

export function goldenTensors(model: string) {
  return decodeSafetensors(readFileSync(`${goldenFolder(model)}/expected.safetensors`)).tensors;
}

export function goldenSounds(model: string): GoldenSound[] {
  const tensors = goldenTensors(model);
  const lengths = [...tensors.keys()].flatMap((name) => /^(\d+)\.ids$/.exec(name)?.[1] ?? []).map(Number);
  lengths.sort((a, b) => a - b);
  return lengths.map((length, at) => {
    const of = (field: string) => tensors.get(`${length}.${field}`)!;
    const ids = of('ids').data as Int32Array;
    return {
      audio: { samples: noise(length, at + 1), sampleRate: 16_000 },
      ids,
      features: of('features').data as Float32Array,
      quantized: of('quantized').data as Float32Array,
      step: ids.length > 200 ? 25 : 1,
    };
  });
}

/** For tests: numbers of a linear congruential generator, −0.25 to 0.25, louder and softer. */
export function noise(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, (_, i) => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) / (Math.floor(i / 1000) % 3 === 0 ? 32 : 2);
  });
}
