import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldens } from './goldens.fixture.js';
import { type LlmIdConvention, LlmIds } from './llm-ids.js';

const { tokens, llm_ids: golden } = goldens.beast_fit;
const CONVENTIONS: LlmIdConvention[] = ['tail', 'beast-calvin', 'openvla', 'openpi'];

describe('published conventions', () => {
  it.each([
    ['beast-calvin', golden['beast_calvin (vocab-2-token)']],
    ['tail', golden['fork (vocab-V+token)']],
  ] as const)('%s gives the golden ids', (convention, expected) => {
    const map = new LlmIds({ convention, llmVocabularySize: golden.model_vocab, size: 256 });
    expect([...map.toLlm(tokens.slice(0, 12))]).toEqual(expected);
  });

  it('openvla ends Llama 2, whose last 256 ids are 31744 to 31999', () => {
    const map = new LlmIds({ convention: 'openvla', llmVocabularySize: 32000, size: 256 });
    expect([...map.toLlm([0, 255])]).toEqual([31999, 31744]);
  });

  it('openpi leaves the last 128 ids of PaliGemma to others', () => {
    const map = new LlmIds({ convention: 'openpi', llmVocabularySize: 257152, size: 2048 });
    expect([...map.toLlm([0, 1])]).toEqual([257023, 257022]);
  });
});

it.each(CONVENTIONS)('%s comes back, and refuses what is no action', (convention) => {
  const map = new LlmIds({ convention, llmVocabularySize: 1000, size: 100 });
  fc.assert(
    fc.property(fc.array(fc.nat(99)), (ids) => {
      expect([...map.fromLlm(map.toLlm(ids))]).toEqual(ids);
    }),
  );
  const refusal = expect.objectContaining({ code: 'ID_OUT_OF_RANGE', details: { position: 1, id: 100 } });
  expect(() => map.toLlm([0, 100])).toThrow(refusal);
  expect(() => map.fromLlm([map.toLlm([5])[0], 100])).toThrow(refusal);
});

it('refuses a vocabulary without room', () => {
  const options = { convention: 'openpi', llmVocabularySize: 227, size: 100 } as const;
  expect(() => new LlmIds(options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  expect(new LlmIds({ ...options, llmVocabularySize: 228 }).toLlm([99])[0]).toBe(0);
});
