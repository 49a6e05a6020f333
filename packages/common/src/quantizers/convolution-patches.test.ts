import { describe, expect, it } from 'vitest';
import { createReferenceKernels } from '../kernels/index.js';
import { extractPatches, patchWeights } from './convolution-patches.js';
import { largestDifference } from './goldens.fixture.js';
import { torchGoldens } from './torch-goldens.fixture.js';

describe('extractPatches', () => {
  it('lists the neighbours of every position, zeros outside the map', () => {
    const patches = new Float32Array(4 * 9).fill(9);
    extractPatches(Float32Array.of(1, 2, 3, 4), { height: 2, width: 2, channels: 1, kernel: 3 }, patches);
    expect(Array.from(patches.subarray(0, 9))).toEqual([0, 0, 0, 0, 1, 2, 0, 3, 4]);
    expect(Array.from(patches.subarray(27))).toEqual([1, 2, 0, 3, 4, 0, 0, 0, 0]);
  });

  it('keeps channels together and maps apart', () => {
    const patches = new Float32Array(2 * 2 * 9 * 2);
    const shape = { height: 1, width: 2, channels: 2, kernel: 3 };
    extractPatches(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), shape, patches);
    const middleRow = (position: number) =>
      Array.from(patches.subarray(position * 18 + 6, position * 18 + 12));
    expect([0, 1, 2, 3].map(middleRow)).toEqual([
      [0, 0, 1, 2, 3, 4],
      [1, 2, 3, 4, 0, 0],
      [0, 0, 5, 6, 7, 8],
      [5, 6, 7, 8, 0, 0],
    ]);
  });

  it('of a kernel of 1 is the map', () => {
    const map = Float32Array.of(1, 2, 3, 4, 5, 6);
    const patches = new Float32Array(6);
    extractPatches(map, { height: 1, width: 3, channels: 2, kernel: 1 }, patches);
    expect(patches).toEqual(map);
  });
});

it.each(torchGoldens.convolutions)('makes PyTorch conv2d of a matrix product, kernel $kernel', (golden) => {
  const { height, width, channels, kernel, outputs } = golden;
  const shape = { height, width, channels, kernel };
  const kernels = createReferenceKernels();
  const inner = kernel * kernel * channels;
  const matrix = kernels.prepareMatrix(patchWeights(Float32Array.from(golden.weight), shape), {
    inner,
    transposed: true,
    bias: Float32Array.from(golden.bias),
  });
  const positions = golden.in.length / channels;
  const patches = new Float32Array(positions * inner);
  extractPatches(Float32Array.from(golden.in), shape, patches);
  const out = new Float32Array(positions * outputs);
  kernels.matmul(matrix, patches, out);
  expect(largestDifference(out, golden.out)).toBeLessThan(1e-6);
});
