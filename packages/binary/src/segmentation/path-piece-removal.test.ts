import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, goldenVocabulary, removalCases, textsOf, vocabularyOf } from './goldens.fixture.js';
import { removalIncreases, sumRemovalIncreases } from './path-piece-removal.js';

describe('removalIncreases', () => {
  it.each(removalCases)('of $text are the golden ones', ({ text, increase }) => {
    const { ids, starts, increases } = removalIncreases(bytesOf(text), goldenVocabulary);
    const found = textsOf(ids, goldenVocabulary).map((token, i) => ({
      token,
      start: starts[i],
      end: starts[i] + token.length,
      increase: increases[i],
    }));
    // The file leaves out single bytes, which no vocabulary drops.
    expect(found.filter(({ token }) => token.length > 1)).toEqual(increase);
  });

  it('are infinite where nothing else covers the bytes', () => {
    const { increases } = removalIncreases(bytesOf('abc'), vocabularyOf('ab', 'c', 'b'));
    expect(Array.from(increases)).toEqual([Infinity, Infinity]);
  });

  it('count a larger token that spans the removed one', () => {
    // Without the first a: ab + c is as short; without bc: ab + c.
    expect(removalIncreases(bytesOf('abc'), vocabularyOf('a', 'bc', 'ab', 'c'))).toEqual({
      ids: Uint32Array.of(0, 1),
      starts: Uint32Array.of(0, 1),
      increases: Float64Array.of(0, 0),
    });
  });

  it('equal a search over all segmentations without the occurrence', () => {
    const unit = fc.constantFrom('a', 'b');
    const longer = fc.uniqueArray(fc.string({ unit, minLength: 2, maxLength: 5 }), { maxLength: 8 });
    fc.assert(
      fc.property(longer, fc.string({ unit, maxLength: 12 }), (tokens, text) => {
        const all = ['a', 'b', ...tokens];
        const { ids, starts, increases } = removalIncreases(bytesOf(text), vocabularyOf(...all));
        for (let i = 0; i < ids.length; i++) {
          const least = fewestWithout(text, all, { token: all[ids[i]], start: starts[i] });
          expect(increases[i]).toBe(least - ids.length);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('refuse bytes that cannot be covered', () => {
    expect(() => removalIncreases(bytesOf('aX'), goldenVocabulary)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('sumRemovalIncreases', () => {
  it('adds up each token over all segments', () => {
    const vocabulary = vocabularyOf('a', 'b', 'ab', 'ba');
    const sums = sumRemovalIncreases([bytesOf('abab'), bytesOf('ab'), bytesOf('')], vocabulary);
    // abab: either ab costs one more (a ba b); ab: one more.
    expect(Array.from(sums)).toEqual([0, 0, 3, 0]);
  });
});

/** Plain recursion over every segmentation. */
function fewestWithout(
  text: string,
  tokens: readonly string[],
  without: { token: string; start: number },
): number {
  const from = (position: number): number => {
    if (position === text.length) return 0;
    const usable = tokens.filter(
      (token) => text.startsWith(token, position) && !(token === without.token && position === without.start),
    );
    return Math.min(Infinity, ...usable.map((token) => 1 + from(position + token.length)));
  };
  return from(0);
}
