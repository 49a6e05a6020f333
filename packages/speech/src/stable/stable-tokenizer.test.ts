import { describe, expect, it, onTestFinished } from 'vitest';
import { StableTokenizer } from '../node/index.js';
import { GOLDEN_MODELS, goldenFolder, goldenSounds } from './stable-goldens.fixture.js';
import type { StableTokenizerOptions } from './stable-tokenizer.js';

/** Of float32 against float64, for numbers of about 1. */
const TOLERANCE = 2e-4;

async function open(model: string, options?: StableTokenizerOptions): Promise<StableTokenizer> {
  const tokenizer = await StableTokenizer.fromPretrained(goldenFolder(model), options);
  onTestFinished(() => tokenizer.close());
  return tokenizer;
}

function largestDifference(a: Float32Array, b: Float32Array, width: number, step: number): number {
  let worst = 0;
  for (let i = 0; i < b.length; i++) {
    const row = Math.floor(i / width) * step;
    worst = Math.max(worst, Math.abs(a[row * width + (i % width)] - b[i]));
  }
  return worst;
}

describe.each(GOLDEN_MODELS)('the model %s', (model) => {
  const sounds = goldenSounds(model).map((sound) => [sound.audio.samples.length, sound] as const);

  it.each(sounds)('gives PyTorch’s ids and vectors for %i samples', async (_, sound) => {
    const tokenizer = await open(model);
    const tokens = await tokenizer.encode(sound.audio);
    expect([...tokens.ids]).toEqual([...sound.ids]);
    const features = await tokenizer.encodeFeatures(sound.audio);
    const { width, step } = { ...features, ...sound };
    expect(largestDifference(features.data, sound.features, width, step)).toBeLessThan(TOLERANCE);
    const decoded = await tokenizer.decode(tokens);
    expect(decoded).toMatchObject({ tokens: sound.ids.length, width });
    expect(largestDifference(decoded.data, sound.quantized, width, step)).toBeLessThan(1e-5);
  });
});
