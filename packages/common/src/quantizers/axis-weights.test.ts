import { describe, expect, it } from 'vitest';
import { type AxisWeights, areaWeights, bicubicWeights } from './axis-weights.js';
import { largestDifference } from './goldens.fixture.js';
import { resampleMaps } from './resample-map.js';
import { torchGoldens } from './torch-goldens.fixture.js';

const { var_helpers: golden } = torchGoldens;

function resampleRow(row: readonly number[], { outputs, taps, sources, weights }: AxisWeights): number[] {
  return Array.from({ length: outputs }, (_, i) => {
    let sum = 0;
    for (let t = i * taps; t < (i + 1) * taps; t++) sum += row[sources[t]] * weights[t];
    return sum;
  });
}

describe('areaWeights', () => {
  it('averages the golden row to its bins', () => {
    const squares = Array.from({ length: 16 }, (_, k) => k * k);
    expect(largestDifference(resampleRow(squares, areaWeights(16, 6)), golden.area_out)).toBeLessThan(1e-10);
  });

  it('shares an input between bins that its middle divides', () => {
    expect(resampleRow([1, 2, 4], areaWeights(3, 2))).toEqual([1.5, 3]);
  });

  it('leaves a row of the same length as it is', () => {
    expect(resampleRow([3, 1, 2], areaWeights(3, 3))).toEqual([3, 1, 2]);
  });
});

describe('bicubicWeights', () => {
  it('gives the golden row', () => {
    const row = resampleRow(golden.bicubic_in, bicubicWeights(5, 8));
    expect(largestDifference(row, golden.bicubic_out)).toBeLessThan(1e-10);
  });

  it.each([1, 2, 3, 5, 13])('keeps constants, from %i to 16', (inputs) => {
    const row = resampleRow(new Array(inputs).fill(7), bicubicWeights(inputs, 16));
    expect(largestDifference(row, new Array(16).fill(7))).toBeLessThan(1e-12);
  });

  it('leaves a row of the same length as it is', () => {
    expect(resampleRow([3, 1, 2], bicubicWeights(3, 3))).toEqual([3, 1, 2]);
  });
});

describe('resampleMaps', () => {
  it.each(golden.maps)('agrees with PyTorch, $mode from $inputs to $outputs', (map) => {
    const { mode, inputs, outputs, channels } = map;
    const weights = (mode === 'area' ? areaWeights : bicubicWeights)(inputs, outputs);
    const into = new Float32Array(map.out.length);
    resampleMaps(Float32Array.from(map.in), weights, channels, into);
    expect(largestDifference(into, map.out)).toBeLessThan(1e-6);
  });
});
