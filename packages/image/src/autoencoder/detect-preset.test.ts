import { isPolytokError } from '@polytok/common';
import type { WeightEntry } from '@polytok/common/onnx';
import { expect, it } from 'vitest';
import { tensorList } from '../goldens.fixture.js';
import { tensorGraph } from './autoencoder-graphs.js';
import { detectImagePreset } from './detect-preset.js';
import { IMAGE_PRESETS, type ImagePreset } from './presets.js';

const entry = (shape: readonly number[]): WeightEntry => ({ dtype: 'F32', shape });

it.each(Object.keys(IMAGE_PRESETS) as ImagePreset[])('tells %s by its tensors', (preset) => {
  const { parameters } = tensorGraph(IMAGE_PRESETS[preset]);
  const entries = new Map([...parameters].map(([name, { shape }]) => [name, entry(shape as number[])]));
  expect(detectImagePreset({ entries })).toBe(preset);
});

it('tells published modules, buffers among their tensors', () => {
  const list = tensorList('llamagen-vq16.tsv');
  const entries = new Map(list.map(([name, shape]) => [name, entry(shape.split(',').map(Number))]));
  expect(detectImagePreset({ entries })).toBe('llamagen-vq16');
  entries.delete('quant_conv.bias');
  try {
    detectImagePreset({ entries });
    expect.unreachable();
  } catch (error) {
    expect(isPolytokError(error) && error.code).toBe('UNKNOWN_NAME');
    expect(
      (error as { details: { reasons: Record<string, string> } }).details.reasons['llamagen-vq16'],
    ).toContain('1 missing (quant_conv.bias)');
  }
});
