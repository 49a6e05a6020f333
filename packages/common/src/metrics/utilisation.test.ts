import { describe, expect, it } from 'vitest';
import { referenceEncode } from '../bpe/reference-encode.js';
import { DECIMALS, metricGoldens, toyIds, toyMerges, toyTokens } from './goldens.fixture.js';
import { countTokens } from './token-counts.js';
import { intermediateOnlyIds, unreachableIds, unusedIds, utilisation } from './utilisation.js';

const toy = metricGoldens.toy_a;
const counts = countTokens({ sequences: [toyIds], vocabularySize: toy.V });
const isMultiByte = (id: number) => id >= 256;

describe('utilisation', () => {
  it('is the share of ids in use', () => {
    expect(utilisation([3, 0, 1, 0])).toEqual({ value: 0.5, used: 2, vocabularySize: 4 });
    expect(unusedIds([3, 0, 1, 0])).toEqual(Uint32Array.of(1, 3));
  });

  it('agrees with the golden sequence', () => {
    const result = utilisation(counts);
    expect(result).toMatchObject({ used: toy.used, vocabularySize: toy.V });
    expect(result.value).toBeCloseTo(toy.utilisation, DECIMALS);
    expect(unusedIds(counts).filter(isMultiByte)).toHaveLength(toy.multi_byte_tokens_never_emitted);
  });

  it('is 0 when nothing was counted', () => {
    expect(utilisation([0, 0])).toEqual({ value: 0, used: 0, vocabularySize: 2 });
  });

  it.each([[[]], [[1, -1]], [[Number.NaN]]])('refuses counts %j', (bad) => {
    expect(() => utilisation(bad)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

describe('unreachableIds', () => {
  const encode = (bytes: Uint8Array) => referenceEncode(toyMerges, bytes);

  it('finds none in an exactly trained vocabulary', () => {
    expect(unreachableIds({ vocabularySize: toy.V, source: (id) => toyTokens[id], encode })).toHaveLength(0);
  });

  it('finds a token that no merge makes, and passes over ids without a source', () => {
    const added: (Uint8Array | undefined)[] = [...toyTokens, Uint8Array.of(7, 7), undefined];
    const found = unreachableIds({ vocabularySize: added.length, source: (id) => added[id], encode });
    expect(found).toEqual(Uint32Array.of(298));
  });

  it('finds a token that encodes to one other id', () => {
    expect(unreachableIds({ vocabularySize: 3, source: (id) => id, encode: () => [1] })).toEqual(
      Uint32Array.of(0, 2),
    );
  });
});

describe('intermediateOnlyIds', () => {
  it('finds parts of merges that are never emitted', () => {
    const found = intermediateOnlyIds({ counts, mergeParts: [toyMerges.left, toyMerges.right] });
    expect(found.filter(isMultiByte)).toHaveLength(toy.of_those_used_as_merge_part);
  });

  it('leaves out unused ids that no merge consumes, and parts in use', () => {
    expect(intermediateOnlyIds({ counts: [0, 0, 4, 0], mergeParts: [[2], [3]] })).toEqual(Uint32Array.of(3));
  });

  it('refuses a part outside the vocabulary', () => {
    expect(() => intermediateOnlyIds({ counts: [1, 1], mergeParts: [[2]] })).toThrow(
      expect.objectContaining({ code: 'ID_OUT_OF_RANGE' }),
    );
  });
});
