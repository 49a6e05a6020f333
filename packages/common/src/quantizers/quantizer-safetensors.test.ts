import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPolytokError } from '../errors.js';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../io/safetensors.js';
import { uniform } from '../kernels/random-values.fixture.js';
import { Fsq } from './fsq.js';
import { quantizerFromSafetensors, quantizerToSafetensors } from './quantizer-safetensors.js';
import { Vq } from './vq.js';

const vq = new Vq({ variant: 'vq-cosine', codes: uniform(12, 1), dimension: 3 });
const bytes = quantizerToSafetensors(vq);
const file = (config: unknown, codes: Tensor = { dtype: 'F32', shape: [4, 3], data: uniform(12, 1) }) =>
  encodeSafetensors(new Map([['codes', codes]]), { metadata: { quantizer: JSON.stringify(config) } });
const code = (name: string) => expect.objectContaining({ name: 'PolytokError', code: name });

describe('a quantizer in one file', () => {
  it('comes back with its codes, ids and fingerprint', () => {
    const again = quantizerFromSafetensors(bytes);
    expect(again).toBeInstanceOf(Vq);
    expect(again.tensors()).toEqual(vq.tensors());
    expect(again.vocabulary('image').fingerprint).toBe(vq.vocabulary('image').fingerprint);
    expect(again.quantize(uniform(30, 2))).toEqual(vq.quantize(uniform(30, 2)));
    expect(quantizerToSafetensors(again)).toEqual(bytes);
  });

  it('has no tensors where codes are computed', () => {
    const fsq = new Fsq({ variant: 'fsq-paper', levels: [8, 5] });
    const stored = quantizerToSafetensors(fsq);
    expect(decodeSafetensors(stored).tensors.size).toBe(0);
    expect(quantizerFromSafetensors(stored).toJSON()).toEqual(fsq.toJSON());
  });

  it('takes half precision where no fingerprint is stored', () => {
    const data = Uint16Array.of(0x3c00, 0, 0, 0x4000);
    const { fingerprint: _, ...config } = new Vq({ codes: new Float32Array(4), dimension: 2 }).toJSON();
    const again = quantizerFromSafetensors(file(config, { dtype: 'F16', shape: [2, 2], data }));
    expect(again.dequantize([0, 1])).toEqual(Float32Array.of(1, 0, 0, 2));
  });

  it('is refused when a code was changed', () => {
    const changed = bytes.slice();
    changed[changed.length - 4] ^= 1;
    expect(() => quantizerFromSafetensors(changed)).toThrow(code('VOCABULARY_MISMATCH'));
  });

  it.each([
    ['no configuration', encodeSafetensors(new Map()), 'INVALID_FORMAT'],
    ['broken JSON', encodeSafetensors(new Map(), { metadata: { quantizer: '{' } }), 'INVALID_FORMAT'],
    ['another type', file({ type: 'wavelet' }), 'UNKNOWN_NAME'],
    ['missing sizes', file({ type: 'vq' }), 'INVALID_FORMAT'],
    ['sizes that overflow', file({ type: 'vq', count: 1e300, dimension: 1e300 }), 'INVALID_FORMAT'],
    ['other sizes', file({ type: 'vq', count: 3, dimension: 4 }), 'INVALID_FORMAT'],
    ['another variant', file({ type: 'vq', count: 4, dimension: 3, decoded: 'unit' }), 'INVALID_FORMAT'],
    [
      'a NaN',
      file(
        { type: 'vq', count: 1, dimension: 1 },
        { dtype: 'F32', shape: [1, 1], data: Float32Array.of(Number.NaN) },
      ),
      'INVALID_FORMAT',
    ],
    [
      'integers',
      file({ type: 'vq', count: 1, dimension: 1 }, { dtype: 'I32', shape: [1, 1], data: Int32Array.of(1) }),
      'UNSUPPORTED',
    ],
  ])('is refused with %s', (_name, bad, error) => {
    expect(() => quantizerFromSafetensors(bad)).toThrow(code(error));
  });

  it('is a quantizer or a typed error, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: bytes.length }),
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 3 }),
        (length, changes) => {
          const mutated = bytes.slice(0, changes.length > 0 ? bytes.length : length);
          for (const [at, value] of changes) mutated[at] = value;
          try {
            expect(quantizerFromSafetensors(mutated).codebookSizes).toEqual([4]);
          } catch (error) {
            expect(isPolytokError(error)).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
