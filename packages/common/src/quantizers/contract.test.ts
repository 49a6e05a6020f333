/** What holds for every quantizer, whatever its codes. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniform } from '../kernels/random-values.fixture.js';
import { Bsq } from './bsq.js';
import type { Quantizer } from './contract.js';
import { Fsq } from './fsq.js';
import { GroupedRvq } from './grouped-rvq.js';
import { Ibq } from './ibq.js';
import { initialLatentValues, LatentQuantizer } from './latent-quantizer.js';
import { Lfq } from './lfq.js';
import { MultiScaleVq } from './multi-scale-vq.js';
import { ProductVq } from './product-vq.js';
import { ProjectedVotingLfq } from './projected-voting-lfq.js';
import { quantizerFromJSON } from './quantizer-from-json.js';
import { RandomProjection } from './random-projection.js';
import { ResidualFsq } from './residual-fsq.js';
import { randomRotation } from './rotation.js';
import { Rvq } from './rvq.js';
import { SimVq } from './sim-vq.js';
import { VotingLfq } from './voting-lfq.js';
import { Vq } from './vq.js';

const quarter = (values: Float32Array) => values.map((value) => value / 4);

function groupedRvq(): GroupedRvq {
  const codebooks = [6, 7].map((group) => [0, 10].map((stage) => quarter(uniform(60, group + stage))));
  return new GroupedRvq({ codebooks, dimension: 6 });
}

function rotatedProductVq(): ProductVq {
  const codebooks = [10, 11, 12].map((seed) => quarter(uniform(60, seed)));
  return new ProductVq({ codebooks, dimension: 6, rotation: randomRotation({ dimension: 6 }) });
}

/** Types whose stages may be left out, by the id -1. */
const DROPPABLE: readonly string[] = ['rvq', 'grouped-rvq'];

const QUANTIZERS: readonly (readonly [string, Quantizer])[] = [
  ['fsq-paper', new Fsq({ variant: 'fsq-paper', levels: [4, 3] })],
  ['fsq-lucidrains', new Fsq({ variant: 'fsq-lucidrains', levels: [8, 5], codebooks: 3 })],
  ['fsq-lucidrains-symmetric', new Fsq({ variant: 'fsq-lucidrains-symmetric', levels: [2, 3, 4] })],
  ['rfsq', new ResidualFsq({ levels: [5, 3], layers: 4 })],
  ['lfq', new Lfq({ bits: 4, order: 'msb-first' })],
  ['spherical lfq', new Lfq({ bits: 5, codebooks: 2, order: 'lsb-first', spherical: true, scale: 0.5 })],
  ['bsq', new Bsq({ dimension: 6, codebooks: 2, order: 'msb-first' })],
  ['voting-lfq', new VotingLfq({ voters: 3, bits: 4 })],
  [
    'projected-voting-lfq',
    new ProjectedVotingLfq({
      dimension: 3,
      voters: 3,
      bits: 4,
      weights: uniform(36, 12),
      biases: uniform(12, 13),
      outputWeights: uniform(12, 14).map((value) => value / 4),
      outputBiases: new Float32Array(3),
    }),
  ],
  ['vq', new Vq({ codes: uniform(300, 1), dimension: 3 })],
  ['vq-cosine', new Vq({ variant: 'vq-cosine', codes: uniform(200, 2), dimension: 5 })],
  ['rvq', new Rvq({ codebooks: [3, 4].map((seed) => quarter(uniform(90, seed))), dimension: 3 })],
  ['shared rvq', new Rvq({ codebooks: [quarter(uniform(60, 5))], stages: 4, dimension: 2 })],
  ['grouped-rvq', groupedRvq()],
  ['product-vq', new ProductVq({ codebooks: [uniform(60, 8), uniform(60, 9)], dimension: 4 })],
  ['rotated product-vq', rotatedProductVq()],
  ['latent', new LatentQuantizer({ values: initialLatentValues([5, 4]), codebooks: 2 })],
  ['simvq', SimVq.random({ count: 60, dimension: 4, frozenDimension: 3, seed: 1 })],
  [
    'random-projection',
    RandomProjection.random({ count: 50, dimension: 6, projectedDimension: 3, codebooks: 2, seed: 2 }),
  ],
  ['ibq', new Ibq({ codes: uniform(200, 7), dimension: 4 })],
  [
    'var-multiscale',
    new MultiScaleVq({
      codes: uniform(2 * 20, 8),
      channels: 2,
      phiWeights: uniform(2 * 36, 9).map((value) => value / 20),
      phiBiases: uniform(2 * 2, 10).map((value) => value / 20),
      sides: [1, 3],
    }),
  ],
];

const vectorsFor = (quantizer: Quantizer) =>
  fc
    .array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), {
      minLength: quantizer.dimension * 3,
      maxLength: quantizer.dimension * 3,
    })
    .map((values) => Float32Array.from(values));

describe.each(QUANTIZERS)('%s', (_name, quantizer) => {
  const codebooks = quantizer.codebookSizes.length;
  const code = (error: string) => expect.objectContaining({ name: 'PolytokError', code: error });

  it('gives one id per codebook and row, below its size, in 16 bits', () => {
    fc.assert(
      fc.property(vectorsFor(quantizer), (vectors) => {
        const codes = quantizer.quantize(vectors);
        expect(codes).toBeInstanceOf(Uint16Array);
        expect(codes).toHaveLength(3 * codebooks);
        expect(codes.every((id, i) => id < quantizer.codebookSizes[i % codebooks])).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('quantizes rows one by one as all together, and doubles as floats', () => {
    fc.assert(
      fc.property(vectorsFor(quantizer), (vectors) => {
        const whole = quantizer.quantize(vectors);
        expect(quantizer.quantize(Float64Array.from(vectors))).toEqual(whole);
        for (let row = 0; row < 3; row++) {
          const one = vectors.subarray(row * quantizer.dimension, (row + 1) * quantizer.dimension);
          expect(quantizer.quantize(one)).toEqual(whole.subarray(row * codebooks, (row + 1) * codebooks));
        }
      }),
      { numRuns: 20 },
    );
  });

  it('decodes every id of every codebook to a vector of its own', () => {
    const size = quantizer.codebookSizes[0];
    const seen = new Set<string>();
    for (let id = 0; id < size; id++) {
      const vector = quantizer.dequantize(new Array<number>(codebooks).fill(id));
      expect(vector).toHaveLength(quantizer.codeDimension);
      expect(vector.every((value) => Math.abs(value) <= 1.5)).toBe(true);
      seen.add(String(vector));
    }
    expect(seen.size).toBe(size);
  });

  it('decodes into doubles where asked, and returns them', () => {
    const codes = new Array<number>(2 * codebooks).fill(1);
    const into = new Float64Array(2 * quantizer.codeDimension);
    expect(quantizer.dequantize(codes, into)).toBe(into);
    expect(Float32Array.from(into)).toEqual(quantizer.dequantize(codes));
  });

  it('gives nothing for nothing', () => {
    expect(quantizer.quantize(new Float32Array(0))).toHaveLength(0);
    expect(quantizer.dequantize([])).toEqual(new Float32Array(0));
  });

  it('comes back from JSON, as text, with the same ids and vocabulary', () => {
    const again = quantizerFromJSON(JSON.parse(JSON.stringify(quantizer)), quantizer.tensors());
    expect(again.toJSON()).toEqual(quantizer.toJSON());
    expect(again.vocabulary('image').fingerprint).toBe(quantizer.vocabulary('image').fingerprint);
    const vectors = Float32Array.from({ length: quantizer.dimension * 5 }, (_, i) => Math.sin(7 * i) * 1.5);
    expect(again.quantize(vectors)).toEqual(quantizer.quantize(vectors));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses %s in a vector',
    (bad) => {
      const vectors = new Float32Array(quantizer.dimension * 2);
      vectors[quantizer.dimension + 1] = bad;
      expect(() => quantizer.quantize(vectors)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { row: 1, column: 1, value: bad } }),
      );
    },
  );

  it('refuses incomplete rows and other arrays', () => {
    expect(() => quantizer.quantize(new Float32Array(quantizer.dimension + 1))).toThrow(
      code('INVALID_ARGUMENT'),
    );
    expect(() => quantizer.quantize(new Array(quantizer.dimension).fill(0) as never)).toThrow(
      code('INVALID_ARGUMENT'),
    );
    const row = new Array<number>(codebooks).fill(0);
    expect(() => quantizer.dequantize(row, new Float32Array(quantizer.codeDimension + 1))).toThrow(
      code('INVALID_ARGUMENT'),
    );
  });

  it('refuses ids outside the codebook, and what is no id', () => {
    const belowZero = DROPPABLE.includes(quantizer.type) ? -2 : -1;
    for (const bad of [quantizer.codebookSizes[0], belowZero, 0.5, Number.NaN]) {
      const row = new Array<number>(codebooks).fill(0);
      row[codebooks - 1] = bad;
      expect(() => quantizer.dequantize(row)).toThrow(code('ID_OUT_OF_RANGE'));
    }
  });

  it('makes a vocabulary of all its ids', () => {
    const vocabulary = quantizer.vocabulary('speech');
    expect(vocabulary.codebookSizes).toEqual(quantizer.codebookSizes);
    expect(vocabulary.modality).toBe('speech');
  });
});

it('tells quantizers apart by fingerprint', () => {
  const fingerprints = QUANTIZERS.map(([, quantizer]) => quantizer.vocabulary('image').fingerprint);
  expect(new Set(fingerprints).size).toBe(QUANTIZERS.length);
});

it('refuses an incomplete row of ids', () => {
  const quantizer = new ResidualFsq({ levels: [3], layers: 2 });
  expect(() => quantizer.dequantize([1, 1, 1])).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});
