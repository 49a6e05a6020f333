import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldens, rowsOf } from './goldens.fixture.js';
import { Lfq } from './lfq.js';

const { z, lfq: plain, 'lfq-spherical': spherical } = goldens.lfq;

describe('Lfq', () => {
  it.each([
    ['msb-first', plain.indices_big_endian],
    ['lsb-first', plain.indices_little_endian],
  ] as const)('agrees with the golden ids and codes, %s', (order, ids) => {
    const quantizer = new Lfq({ bits: 4, order });
    expect(Array.from(quantizer.quantize(rowsOf(z)))).toEqual(ids);
    expect(quantizer.dequantize(ids, new Float64Array(12))).toEqual(rowsOf(plain.codes));
  });

  it('has the golden codes on the sphere, with the same ids', () => {
    const quantizer = new Lfq({ bits: 4, order: 'msb-first', spherical: true });
    const codes = quantizer.quantize(rowsOf(z));
    expect(Array.from(codes)).toEqual(spherical.indices_big_endian);
    expect(quantizer.dequantize(codes, new Float64Array(12))).toEqual(rowsOf(spherical.codes));
  });

  it('quantizes what it decoded to the same ids, up to the last of 2^32', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.constantFrom('lsb-first' as const, 'msb-first' as const),
        fc.boolean(),
        (id, order, onSphere) => {
          const quantizer = new Lfq({ bits: 32, order, spherical: onSphere });
          expect(quantizer.quantize(quantizer.dequantize([id]))).toEqual(Uint32Array.of(id));
        },
      ),
      {
        numRuns: 100,
        examples: [
          [2 ** 31, 'lsb-first', false],
          [2 ** 32 - 1, 'msb-first', true],
        ],
      },
    );
  });

  it.each([
    ['negative', 0],
    ['positive', 7],
  ] as const)('takes the sign of zero as %s', (zero, id) => {
    const quantizer = new Lfq({ bits: 3, order: 'lsb-first', zero });
    expect(Array.from(quantizer.quantize(Float64Array.of(0, -0, 0)))).toEqual([id]);
  });

  it.each([
    { bits: 0 },
    { bits: 33 },
    { bits: 2.5 },
    { codebooks: 0 },
    { scale: 0 },
    { scale: Number.NaN },
    { order: 'big-endian' as never },
    { zero: 'none' as never },
  ])('refuses %j', (bad) => {
    expect(() => new Lfq({ bits: 4, order: 'lsb-first', ...bad })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
