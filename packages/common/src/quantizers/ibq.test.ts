import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniform } from '../kernels/random-values.fixture.js';
import { codeEntropies } from './code-entropies.js';
import { Ibq } from './ibq.js';
import { ibqLosses } from './ibq-losses.js';
import { torchGoldens } from './torch-goldens.fixture.js';

const { ibq: golden } = torchGoldens;
const code = (name: string) => expect.objectContaining({ name: 'PolytokError', code: name });
const quantizer = new Ibq({ codes: Float32Array.from(golden.codes), dimension: 3 });
const vectors = Float64Array.from(golden.vectors);

describe('Ibq', () => {
  it('gives the golden ids', () => {
    expect(Array.from(quantizer.quantize(vectors))).toEqual(golden.ids);
  });

  it('takes the largest inner product, not the nearest code', () => {
    const ibq = new Ibq({ codes: Float32Array.of(1, 0, 5, 5), dimension: 2 });
    expect(ibq.quantize(Float32Array.of(1, 0, -1, 0))).toEqual(Uint16Array.of(1, 0));
    expect(ibq.dequantize([1])).toEqual(Float32Array.of(5, 5));
  });

  it('gives ties and zero vectors the lowest id', () => {
    const ibq = new Ibq({ codes: Float32Array.of(0, 1, 2, 2), dimension: 1 });
    expect(ibq.quantize(Float32Array.of(3, 0, -3))).toEqual(Uint16Array.of(2, 0, 0));
  });

  it.each([
    { codes: new Float32Array(0) },
    { codes: new Float32Array(4) },
    { codes: Float32Array.of(0, 1, Number.NaN) },
    { dimension: 0 },
  ])('refuses %j', (bad) => {
    expect(() => new Ibq({ codes: new Float32Array(6), dimension: 3, ...bad })).toThrow(
      code('INVALID_ARGUMENT'),
    );
  });
});

describe('ibqLosses', () => {
  it('agrees with the golden terms and total', () => {
    const losses = ibqLosses({ quantizer, vectors, temperature: golden.temperature });
    expect(Object.keys(losses).sort()).toEqual(Object.keys(golden.losses).sort());
    for (const [name, value] of Object.entries(golden.losses)) {
      expect(losses[name as keyof typeof losses]).toBeCloseTo(value, 6);
    }
  });

  it('weighs its terms', () => {
    const weights = { codebookWeight: 1, entropyWeight: 0 };
    const { joint, total } = ibqLosses({ quantizer, vectors, ...weights });
    expect(total).toBeCloseTo(3 * joint, 12);
  });

  it('leaves masked rows out', () => {
    const mask = golden.ids.map((_, row) => row < 2);
    const masked = ibqLosses({ quantizer, vectors, mask });
    expect(masked).toEqual(ibqLosses({ quantizer, vectors: vectors.subarray(0, 6) }));
  });
});

describe('codeEntropies', () => {
  const codes = Float32Array.of(1, 0, 0, 1, -1, 0, 0, -1);

  it('are both ln(count) where all codes are equally likely', () => {
    const even = { vectors: new Float32Array(2), codes, dimension: 2, temperature: 1 };
    const { sample, batch } = codeEntropies(even);
    expect(sample).toBeCloseTo(Math.log(4), 12);
    // ln(1/4 + 1e-5) for ln 1/4.
    expect(batch).toBeCloseTo(-Math.log(0.25 + 1e-5), 12);
  });

  it('tell decided rows that use all codes', () => {
    const { sample, batch } = codeEntropies({ vectors: codes, codes, dimension: 2, temperature: 1e-3 });
    expect(sample).toBeCloseTo(0, 12);
    expect(batch).toBeCloseTo(Math.log(4), 4);
  });

  it('stay finite and within bounds for any temperature and size of the logits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -300, max: 300 }),
        fc.integer({ min: 0, max: 14 }),
        fc.integer(),
        (decimals, size, seed) => {
          const rows = uniform(6, seed).map((value) => value * 10 ** size);
          const temperature = 10 ** decimals;
          const { sample, batch } = codeEntropies({ vectors: rows, codes, dimension: 2, temperature });
          expect(sample).toBeGreaterThanOrEqual(-1e-12);
          expect(sample).toBeLessThanOrEqual(Math.log(4) + 1e-12);
          expect(batch).toBeGreaterThanOrEqual(-1e-4);
          expect(batch).toBeLessThanOrEqual(Math.log(4) + 1e-12);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('do not depend on how many rows are held at once', () => {
    // 300 rows of 500 logits are three blocks.
    const many = { codes: uniform(1000, 1), dimension: 2, temperature: 0.1 };
    const whole = uniform(600, 2);
    const rows = Array.from({ length: 300 }, (_, row) =>
      codeEntropies({ ...many, vectors: whole.subarray(2 * row, 2 * row + 2) }),
    );
    const mean = rows.reduce((sum, { sample }) => sum + sample / 300, 0);
    expect(codeEntropies({ ...many, vectors: whole }).sample).toBeCloseTo(mean, 12);
  });

  it.each([0, -1, Number.NaN])('refuses temperature %s', (temperature) => {
    expect(() => codeEntropies({ vectors: codes, codes, dimension: 2, temperature })).toThrow(
      code('INVALID_ARGUMENT'),
    );
  });
});
