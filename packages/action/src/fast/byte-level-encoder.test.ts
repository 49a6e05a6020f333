import fc from 'fast-check';
import { expect, it } from 'vitest';
import { characterOf } from './byte-alphabet.js';
import { ByteLevelCoder } from './byte-level-coder.js';

const CODES = 24;

/** All bytes, and some merges, among them of the bytes of Ţ, the zero of FAST+. */
function coder(): ByteLevelCoder {
  const bytes = Array.from({ length: 256 }, (_, byte) => characterOf(byte));
  const pairs = ['ss', 'll', "''", 'Ġs', 'sl', '77', 'ssss'].map((text) => {
    const half = text.length / 2;
    return [text.slice(0, half), text.slice(half)] as const;
  });
  const zero = [characterOf(0xc5), characterOf(0xa2)] as const;
  const merges = [...pairs, zero, [zero.join(''), zero.join('')] as const];
  return new ByteLevelCoder({ tokens: [...bytes, ...merges.map((pair) => pair.join(''))], merges });
}

const encoder = coder().encoder(CODES);

function encode(codes: readonly number[], tail: number): number[] {
  const ids = new Uint32Array(3 * CODES);
  return [...ids.subarray(0, encoder.encodeInto(Uint32Array.from(codes), ids, tail))];
}

it('gives the same ids whether or not it is told where the chunk becomes constant', () => {
  const code = fc.oneof(
    fc.constantFrom(...["'", 's', 'l', 'e', ' ', '7', '!', '\n', 'Ţ', 'ࠀ'].map((c) => c.codePointAt(0)!)),
    fc.nat(0x3ff),
  );
  fc.assert(
    fc.property(fc.array(code, { maxLength: CODES - 1 }), code, (head, last) => {
      const codes = [...head, ...Array<number>(CODES - head.length).fill(last)];
      expect(encode(codes, head.length)).toEqual(encode(codes, CODES));
    }),
    { numRuns: 2000 },
  );
});

it('cuts a contraction off a constant end', () => {
  const codes = [0x37, 0x27, ...Array<number>(CODES - 2).fill(0x6c)]; // 7 'll llll…
  const spelled = encode(codes, 2).map((id) =>
    coder()
      .decode([id])
      .map((c) => String.fromCodePoint(c)),
  );
  expect(spelled.map((characters) => characters.join(''))).toEqual(['7', "'", 'll', ...Array(10).fill('ll')]);
});
