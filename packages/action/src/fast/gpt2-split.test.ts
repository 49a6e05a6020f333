import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pieceEnd } from './gpt2-split.js';

/** The expression itself, with Unicode's white space in place of JavaScript's. */
const PIECE =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

function split(text: string): string[] {
  const codePoints = Array.from(text, (character) => character.codePointAt(0)!);
  const pieces: string[] = [];
  for (let at = 0; at < codePoints.length; ) {
    const end = pieceEnd(codePoints, at, codePoints.length);
    pieces.push(String.fromCodePoint(...codePoints.slice(at, end)));
    at = end;
  }
  return pieces;
}

it('cuts as the regular expression does', () => {
  expect(split("we'll go  to 12 \n\n x'''s")).toEqual([
    'we',
    "'ll",
    ' go',
    ' ',
    ' to',
    ' 12',
    ' \n\n',
    ' x',
    "'''",
    's',
  ]);
  const character = fc.oneof(
    fc.constantFrom(
      "'",
      ' ',
      's',
      't',
      'r',
      'e',
      'v',
      'm',
      'l',
      'd',
      '7',
      '!',
      '\n',
      '\u0085',
      '\u00a0',
      '\ufeff',
      'Ţ',
    ),
    fc.integer({ min: 0, max: 0x3ff }).map((code) => String.fromCodePoint(code)),
    fc.constantFrom('\u{1d7d8}', '\u{10400}', '\u{1f600}'),
  );
  fc.assert(
    fc.property(fc.array(character, { maxLength: 20 }), (characters) => {
      const text = characters.join('');
      expect(split(text)).toEqual(text.match(PIECE) ?? []);
    }),
    { numRuns: 2000 },
  );
});
