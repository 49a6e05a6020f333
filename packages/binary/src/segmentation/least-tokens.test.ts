import { describe, expect, it } from 'vitest';
import { bytesOf, goldenVocabulary, segmentationCases, textsOf, vocabularyOf } from './goldens.fixture.js';
import { leastTokens, prefixCosts, suffixCosts, UNREACHED } from './least-tokens.js';
import { longestPrefix } from './longest-prefix.js';
import { longestSuffix } from './longest-suffix.js';

describe('prefixCosts and suffixCosts', () => {
  it.each(segmentationCases)(
    'of $text are the golden costs',
    ({ text, least_token_prefix_costs, least_tokens }) => {
      const bytes = bytesOf(text);
      expect(Array.from(prefixCosts(bytes, goldenVocabulary).costs)).toEqual([
        0,
        ...least_token_prefix_costs,
      ]);
      expect(suffixCosts(bytes, goldenVocabulary)[0]).toBe(least_tokens.length);
    },
  );

  it('mark what no segmentation reaches', () => {
    const vocabulary = vocabularyOf('ab', 'c');
    expect(Array.from(prefixCosts(bytesOf('abcab'), vocabulary).costs)).toEqual([
      0,
      UNREACHED,
      1,
      2,
      UNREACHED,
      3,
    ]);
    expect(Array.from(suffixCosts(bytesOf('abcab'), vocabulary))).toEqual([3, UNREACHED, 2, 1, UNREACHED, 0]);
  });
});

describe('leastTokens', () => {
  it('finds a cover that both greedy ways miss', () => {
    const vocabulary = vocabularyOf(...'abcdefghij', 'ab', 'abc', 'cdefgh', 'hij', 'ij');
    const bytes = bytesOf('abcdefghij');
    expect(textsOf(leastTokens(bytes, vocabulary), vocabulary)).toEqual(['ab', 'cdefgh', 'ij']);
    expect(longestPrefix(bytes, vocabulary)).toHaveLength(6);
    expect(longestSuffix(bytes, vocabulary)).toHaveLength(6);
  });

  it('needs no single bytes where longer tokens suffice', () => {
    const vocabulary = vocabularyOf('aa', 'aaa');
    expect(textsOf(leastTokens(bytesOf('aaaaaaa'), vocabulary), vocabulary)).toEqual(['aa', 'aa', 'aaa']);
    expect(() => leastTokens(bytesOf('a'), vocabulary)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
