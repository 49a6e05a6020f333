import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, normalizedEditDistance } from './edit-distance.js';

/** The textbook recurrence, one cell at a time. */
function plainDistance(a: readonly number[], b: readonly number[]): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    above = row;
  }
  return above[b.length];
}

/** Few symbols make many matches; lengths cross one, two and three blocks of 32. */
const ids = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 100 }),
  fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 130 }),
  fc.array(fc.constantFrom(-1, 0, 2 ** 40, 65536), { maxLength: 70 }),
);
const codes = (text: string) => Array.from(text, (character) => character.codePointAt(0) as number);

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['saturday', 'sunday', 3],
    ['abcdef', 'abcdef', 0],
    ['abc', 'xyz', 3],
    ['ab', 'ba', 2],
  ])('of %j and %j is %i', (a, b, distance) => {
    expect(editDistance(codes(a), codes(b))).toBe(distance);
  });

  it('equals the plain recurrence', () => {
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        expect(editDistance(a, b)).toBe(plainDistance(a, b));
      }),
      { numRuns: 500 },
    );
  });

  it('equals the plain recurrence after a few edits of a long sequence', () => {
    const edit = fc.record({ at: fc.nat(200), kind: fc.nat(2), id: fc.nat(5) });
    const long = fc.array(fc.nat(5), { minLength: 60, maxLength: 200 });
    fc.assert(
      fc.property(long, fc.array(edit, { maxLength: 12 }), (original, edits) => {
        const edited = [...original];
        for (const { at, kind, id } of edits)
          edited.splice(at % edited.length, kind === 0 ? 0 : 1, ...(kind === 1 ? [] : [id]));
        const distance = editDistance(original, edited);
        expect(distance).toBe(plainDistance(original, edited));
        expect(distance).toBeLessThanOrEqual(edits.length);
      }),
      { numRuns: 150 },
    );
  });

  it.each([31, 32, 33, 63, 64, 65, 96])('is exact at block borders: length %i', (length) => {
    const a = Array.from({ length }, (_, i) => i);
    const b = a.map((id) => (id === 0 || id === length - 1 ? -1 : id));
    expect(editDistance(a, b)).toBe(2);
    expect(editDistance(a, a.toReversed())).toBe(plainDistance(a, a.toReversed()));
  });

  it('takes typed arrays of different kinds', () => {
    expect(editDistance(Uint16Array.of(1, 2, 65535), Uint32Array.of(1, 65535))).toBe(1);
  });

  it('handles 20,000 ids against 20,000 in memory that is linear', () => {
    const a = Uint32Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 1000);
    const b = a.map((id, i) => (i % 100 === 50 ? 5000 : id));
    expect(editDistance(a, b)).toBe(200);
  });

  it.each([0.5, Number.NaN, Infinity])('refuses id %s', (id) => {
    expect(() => editDistance([1, id], [1, 2])).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { name: 'a', position: 1, id } }),
    );
    expect(() => editDistance([], Float64Array.of(id))).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('normalizedEditDistance', () => {
  it('divides by the longer side', () => {
    expect(normalizedEditDistance(codes('kitten'), codes('sitting'))).toBeCloseTo(3 / 7, 12);
    expect(normalizedEditDistance([], [1, 2])).toBe(1);
    expect(normalizedEditDistance([4, 5], [4, 5])).toBe(0);
  });

  it('is 0 for two empty sequences', () => {
    expect(normalizedEditDistance([], [])).toBe(0);
  });
});
