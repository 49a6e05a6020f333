import { expect, it } from 'vitest';
import { goldens } from './goldens.fixture.js';
import { melBank } from './mel-bank.js';
import { hzOf, melOf } from './mel-scale.js';

const WHISPER = { sampleRate: 16_000, fftSize: 400, minFrequency: 0, maxFrequency: 8000 };

it.each([
  {
    name: 'Whisper, 80 bands',
    options: { ...WHISPER, bands: 80, scale: 'slaney' },
    golden: goldens.mel_bank[80],
  },
  {
    name: 'Whisper, 128 bands',
    options: { ...WHISPER, bands: 128, scale: 'slaney' },
    golden: goldens.mel_bank[128],
  },
  {
    name: 'HTK, 20 bands from 80 to 7600 Hz',
    options: { ...WHISPER, bands: 20, scale: 'htk', minFrequency: 80, maxFrequency: 7600 },
    golden: goldens.mel_bank_htk,
  },
] as const)('has the golden filters: $name', ({ options, golden }) => {
  const bank = melBank(options);
  expect(bank).toHaveLength(options.bands);
  expect(bank.flatMap(({ weights }) => weights).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(
    golden.sum,
    9,
  );
  for (const { row, first_nonzero_bin, values } of golden.rows) {
    expect(bank[row].firstBin).toBe(first_nonzero_bin);
    expect(bank[row].weights).toHaveLength(values.length);
    values.forEach((value, at) => {
      expect(bank[row].weights[at]).toBeCloseTo(value, 11);
    });
  }
});

it('leaves a filter between two bins empty', () => {
  const bank = melBank({ ...WHISPER, bands: 201, scale: 'slaney' });
  expect(bank[0].weights).toEqual([]);
});

it('knows both mel scales, and their inverses', () => {
  expect(melOf(1000, 'slaney')).toBe(15);
  expect(melOf(8000, 'slaney')).toBeCloseTo(45.245640471924965, 12);
  expect(melOf(1000, 'htk')).toBeCloseTo(999.9855371396244, 9);
  for (const hz of [0, 20, 999, 1001, 7999]) {
    for (const scale of ['slaney', 'htk'] as const) expect(hzOf(melOf(hz, scale), scale)).toBeCloseTo(hz, 9);
  }
});
