import { describe, expect, it } from 'vitest';
import { Bsq } from './bsq.js';
import { bsqLosses } from './bsq-losses.js';
import { goldens, rowsOf } from './goldens.fixture.js';
import { Lfq } from './lfq.js';
import { lfqLosses } from './lfq-losses.js';

const { z, lfq: golden } = goldens.lfq;
const vectors = rowsOf(z);
const quantizer = new Lfq({ bits: 4, order: 'msb-first' });

describe('lfqLosses', () => {
  it('agrees with the golden losses', () => {
    const losses = lfqLosses({ quantizer, vectors, inverseTemperature: 1, commitmentWeight: 0.25 });
    expect(losses.sampleEntropy).toBeCloseTo(golden.per_sample_entropy, 6);
    expect(losses.batchEntropy).toBeCloseTo(golden.batch_entropy, 6);
    expect(losses.commitment).toBeCloseTo(golden.commitment, 6);
    expect(losses.total).toBeCloseTo(golden.aux_loss, 6);
  });

  it('leaves masked rows out', () => {
    const padded = Float64Array.of(...vectors, 9, 9, 9, 9);
    expect(lfqLosses({ quantizer, vectors: padded, mask: [true, true, true, false] })).toEqual(
      lfqLosses({ quantizer, vectors }),
    );
  });

  it('averages the entropies of codebooks', () => {
    const twice = new Lfq({ bits: 4, codebooks: 2, order: 'msb-first' });
    const doubled = rowsOf(z.map((row) => [...row, ...row]));
    const one = lfqLosses({ quantizer, vectors });
    const two = lfqLosses({ quantizer: twice, vectors: doubled });
    expect(two.sampleEntropy).toBeCloseTo(one.sampleEntropy, 12);
    expect(two.batchEntropy).toBeCloseTo(one.batchEntropy, 12);
    expect(two.commitment).toBeCloseTo(one.commitment, 12);
  });

  it('refuses no rows, and more codes than a table holds', () => {
    expect(() => lfqLosses({ quantizer, vectors: new Float64Array(0) })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
    const wide = new Lfq({ bits: 21, order: 'msb-first' });
    expect(() => lfqLosses({ quantizer: wide, vectors: new Float64Array(21) })).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });
});

describe('bsqLosses', () => {
  it('is spherical LFQ where one id holds all bits', () => {
    const spherical = lfqLosses({
      quantizer: new Lfq({ bits: 4, order: 'msb-first', spherical: true }),
      vectors,
      inverseTemperature: 5,
    });
    const losses = bsqLosses({
      quantizer: new Bsq({ dimension: 4, order: 'msb-first' }),
      vectors,
      inverseTemperature: 5,
    });
    expect(losses.sampleEntropy).toBeCloseTo(spherical.sampleEntropy, 12);
    expect(losses.batchEntropy).toBeCloseTo(spherical.batchEntropy, 12);
    expect(losses.commitment).toBeCloseTo(spherical.commitment, 12);
  });

  it('has the same sample entropy in groups, and a batch entropy no smaller', () => {
    const of = (codebooks: number) =>
      bsqLosses({
        quantizer: new Bsq({ dimension: 4, codebooks, order: 'msb-first' }),
        vectors,
        inverseTemperature: 1,
      });
    expect(of(2).sampleEntropy).toBeCloseTo(of(1).sampleEntropy, 6);
    expect(of(2).batchEntropy).toBeGreaterThan(of(1).batchEntropy);
  });
});
