import { describe, expect, it } from 'vitest';
import { createReferenceKernels } from '../kernels/index.js';
import { uniform } from '../kernels/random-values.fixture.js';
import { largestDifference } from './goldens.fixture.js';
import { MultiScaleVq, type MultiScaleVqOptions, VAR_SIDES } from './multi-scale-vq.js';
import { multiScaleVqLosses } from './multi-scale-vq-losses.js';
import { torchGoldens } from './torch-goldens.fixture.js';

const code = (name: string) => expect.objectContaining({ name: 'PolytokError', code: name });
/** Of float32 sums against the goldens' float64. */
const TOLERANCE = 1e-5;

describe.each(torchGoldens.var)('MultiScaleVq of sides $sides, cosine: $cosine', (golden) => {
  const { channels, sides } = golden;
  const quantizer = new MultiScaleVq({
    codes: Float32Array.from(golden.codes),
    channels,
    phiWeights: Float32Array.from(golden.weights),
    phiBiases: Float32Array.from(golden.biases),
    sides,
    metric: golden.cosine ? 'cosine' : 'euclidean',
  });
  const maps = Float32Array.from(golden.maps);

  it('gives the golden ids', () => {
    expect(Array.from(quantizer.quantize(maps))).toEqual(golden.ids);
  });

  it('gives the same on kernels that are not its own', async () => {
    expect(Array.from(await quantizer.quantizeOn(createReferenceKernels(), maps))).toEqual(golden.ids);
  });

  it('decodes to the golden maps, scale by scale', () => {
    const partial = quantizer.partialMaps(golden.ids);
    expect(partial).toHaveLength(sides.length);
    partial.forEach((map, scale) => {
      expect(largestDifference(map, golden.totals[scale])).toBeLessThan(TOLERANCE);
    });
    expect(quantizer.dequantize(golden.ids)).toEqual(partial[sides.length - 1]);
  });

  it('gives the golden inputs for the scale that comes next', () => {
    const inputs = quantizer.nextScaleInputs(golden.ids);
    expect(largestDifference(inputs, golden.next_inputs)).toBeLessThan(TOLERANCE);
  });

  it('has the golden loss', () => {
    const losses = multiScaleVqLosses({ quantizer, vectors: maps });
    expect(losses.total).toBeCloseTo(golden.loss, 5);
    expect(losses.scales).toHaveLength(sides.length);
  });
});

describe('MultiScaleVq', () => {
  const options: MultiScaleVqOptions = {
    codes: Float32Array.of(0, 1, -1, 4),
    channels: 1,
    phiWeights: new Float32Array(9),
    phiBiases: new Float32Array(1),
    phiRatio: 0,
    sides: [1, 2],
  };

  it('codes the mean first and then what is left of each quarter', () => {
    const quantizer = new MultiScaleVq(options);
    // Mean 4; of the rest −1 1 0 0 nothing is left.
    const ids = quantizer.quantize(Float32Array.of(3, 5, 4, 4));
    expect(ids).toEqual(Uint16Array.of(3, 2, 1, 0, 0));
    expect(quantizer.dequantize(ids)).toEqual(Float32Array.of(3, 5, 4, 4));
    expect(quantizer.partialMaps(ids)[0]).toEqual(Float32Array.of(4, 4, 4, 4));
    expect(quantizer.nextScaleInputs(ids)).toEqual(Float32Array.of(4, 4, 4, 4));
  });

  it('has the 680 tokens of VAR by default', () => {
    const { sides: _, ...rest } = options;
    const quantizer = new MultiScaleVq(rest);
    expect(quantizer.codebookSizes).toHaveLength(680);
    expect(quantizer.dimension).toBe(256);
    expect(quantizer.scales.map(({ side }) => side)).toEqual(VAR_SIDES);
    expect(quantizer.scales[9]).toEqual({ side: 16, first: 424, tokens: 256 });
    expect(quantizer.quantize(new Float32Array(256))).toEqual(new Uint16Array(680));
  });

  it('gives ties to the lowest id', () => {
    const quantizer = new MultiScaleVq({ ...options, codes: Float32Array.of(1, -1, 1), sides: [1] });
    expect(quantizer.quantize(Float32Array.of(0, 1))).toEqual(Uint16Array.of(0, 0));
  });

  it('gives the same ids however many maps come at once', () => {
    const sides = [1, 2, 6];
    const channels = 32;
    const quantizer = new MultiScaleVq({
      codes: uniform(channels * 50, 1),
      channels,
      phiWeights: uniform(channels ** 2 * 9, 2).map((value) => value / 20),
      phiBiases: uniform(channels, 3),
      sides,
    });
    // A block is 101 maps.
    const maps = uniform(channels * 36 * 103, 4);
    const ids = quantizer.quantize(maps);
    for (const map of [0, 100, 101, 102]) {
      const one = quantizer.quantize(maps.subarray(map * channels * 36, (map + 1) * channels * 36));
      expect(one).toEqual(ids.subarray(map * 41, (map + 1) * 41));
    }
    const two = ids.subarray(100 * 41, 102 * 41);
    expect(quantizer.dequantize(two).subarray(channels * 36)).toEqual(quantizer.dequantize(two.subarray(41)));
  });

  it('names its tensors as VAR does', () => {
    const tensors = new MultiScaleVq(options).tensors();
    expect(Object.entries(tensors).map(([name, { shape }]) => [name, shape])).toEqual([
      ['embedding.weight', [4, 1]],
      ['quant_resi.qresi_ls.0.weight', [1, 1, 3, 3]],
      ['quant_resi.qresi_ls.0.bias', [1]],
    ]);
  });

  it('gives nothing for nothing, also scale by scale', () => {
    const quantizer = new MultiScaleVq(options);
    expect(quantizer.partialMaps([])).toEqual([new Float32Array(0), new Float32Array(0)]);
    expect(quantizer.nextScaleInputs([])).toEqual(new Float32Array(0));
    expect(() => multiScaleVqLosses({ quantizer, vectors: new Float32Array(0) })).toThrow(
      code('INVALID_ARGUMENT'),
    );
  });

  it.each([
    [{ codes: new Float32Array(0) }, 'INVALID_ARGUMENT'],
    [{ codes: Float32Array.of(Number.NaN) }, 'INVALID_ARGUMENT'],
    [{ channels: 0 }, 'INVALID_ARGUMENT'],
    [{ channels: 2 }, 'INVALID_ARGUMENT'],
    [{ phiBiases: new Float32Array(0) }, 'INVALID_ARGUMENT'],
    [{ phiBiases: new Float32Array(2) }, 'INVALID_ARGUMENT'],
    [{ phiWeights: new Float32Array(8) }, 'INVALID_ARGUMENT'],
    [{ phiWeights: new Float32Array(9).fill(Number.NaN) }, 'INVALID_ARGUMENT'],
    [{ phiRatio: 1.5 }, 'INVALID_ARGUMENT'],
    [{ phiRatio: Number.NaN }, 'INVALID_ARGUMENT'],
    [{ sides: [] }, 'INVALID_ARGUMENT'],
    [{ sides: [0, 1] }, 'INVALID_ARGUMENT'],
    [{ sides: [2, 2] }, 'INVALID_ARGUMENT'],
    [{ sides: [4, 2] }, 'INVALID_ARGUMENT'],
    [{ sides: [1, 2 ** 40] }, 'LIMIT_EXCEEDED'],
    [{ metric: 'dot' as never }, 'INVALID_ARGUMENT'],
    [{ metric: 'cosine' as const }, 'INVALID_ARGUMENT'],
  ])('refuses %j', (bad, name) => {
    expect(() => new MultiScaleVq({ ...options, ...bad })).toThrow(code(name));
  });

  it('refuses stored convolutions without number', () => {
    const stored = new MultiScaleVq(options);
    for (const phis of [0, 1e9, undefined]) {
      expect(() => MultiScaleVq.fromJSON({ ...stored.toJSON(), phis }, stored.tensors())).toThrow(
        code('INVALID_ARGUMENT'),
      );
    }
  });
});
