import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesOf, textsOf, vocabularyOf } from './goldens.fixture.js';
import { longestToken } from './longest-token.js';

const tokensOf = (text: string, ...tokens: string[]) => {
  const vocabulary = vocabularyOf(...tokens);
  return textsOf(longestToken(bytesOf(text), vocabulary), vocabulary);
};

/** The definition: longest occurrence, leftmost of equal ones, then both sides. */
function byDefinition(text: string, tokens: readonly string[]): string[] {
  if (text === '') return [];
  const longest = Math.max(...tokens.filter((token) => text.includes(token)).map((token) => token.length));
  const first = tokens
    .filter((token) => token.length === longest && text.includes(token))
    .sort((a, b) => text.indexOf(a) - text.indexOf(b))[0];
  const at = text.indexOf(first);
  return [
    ...byDefinition(text.slice(0, at), tokens),
    first,
    ...byDefinition(text.slice(at + longest), tokens),
  ];
}

it('takes the longest token although a shorter one starts earlier', () => {
  expect(tokensOf('abcde', 'a', 'b', 'c', 'd', 'e', 'ab', 'bcde')).toEqual(['a', 'bcde']);
});

it('takes the leftmost of equally long tokens', () => {
  expect(tokensOf('aaaaa', 'a', 'aa')).toEqual(['aa', 'aa', 'a']);
});

it('falls back to a shorter token where a longer one took its bytes', () => {
  // bcdefg goes first; at 0, abcd is then out of reach and ab too, so that a remains.
  expect(tokensOf('abcdefg', 'a', 'ab', 'abcd', 'bcdefg', 'g')).toEqual(['a', 'bcdefg']);
  expect(tokensOf('abcdefg', 'a', 'ab', 'abcd', 'cdefg', 'g')).toEqual(['ab', 'cdefg']);
});

it('equals its definition', () => {
  const unit = fc.constantFrom('a', 'b');
  const longer = fc.uniqueArray(fc.string({ unit, minLength: 2, maxLength: 7 }), { maxLength: 10 });
  fc.assert(
    fc.property(longer, fc.string({ unit, maxLength: 40 }), (tokens, text) => {
      const all = ['a', 'b', ...tokens];
      expect(tokensOf(text, ...all)).toEqual(byDefinition(text, all));
    }),
    { numRuns: 300 },
  );
});
