/** The card of every tokenizer of this package, and what each promises in it. */
import { describe, expect, it } from 'vitest';
import { fitActionBpe } from '../action-bpe/action-bpe.js';
import { BIN_VARIANTS, BinTokenizer } from '../bins/bin-tokenizer.js';
import type { ActionTokenizer } from '../contract.js';
import { fitFast } from '../fast/fit-fast.js';
import { fitChunkFsq } from '../learned/chunk-fsq-tokenizer.js';
import { fitResidualVq } from '../learned/residual-vq-tokenizer.js';
import { evaluateActionTokenizer } from './evaluate-action-tokenizer.js';
import { beast, chunks, episode, STEPS } from './evaluation.fixture.js';

const shape = { steps: STEPS, columns: 3 };
const bounds = { low: [-1, -1, 0], high: [1, 1, 1] };

const TOKENIZERS: readonly (readonly [string, ActionTokenizer])[] = [
  ['BEAST', beast],
  ['FAST, integer', await fitFast(chunks, { ...shape, vocabularySize: 256 })],
  ['FAST, bytelevel', await fitFast(chunks, { ...shape, vocabularySize: 400, mode: 'bytelevel' })],
  ...BIN_VARIANTS.map(
    (variant) => [`bins, ${variant}`, new BinTokenizer({ variant, ...shape, ...bounds })] as const,
  ),
  ['residual VQ', await fitResidualVq(chunks, { ...shape, codes: 32, stages: 3 })],
  ['FSQ', await fitChunkFsq(chunks, { ...shape, levels: [8, 5], tokens: 3 })],
  ['BPE on BEAST', await fitActionBpe(chunks, { inner: beast, vocabularySize: 300 })],
];

describe.each(TOKENIZERS)('%s', async (_, tokenizer) => {
  const card = await evaluateActionTokenizer({ tokenizer, episodes: [episode(200), episode(90, 3)] });

  it('refuses no chunk of its kind, and is within its own tokens everywhere', () => {
    expect(card.error.refusedChunks).toBe(0);
    expect(card.tokens.perChunk.max).toBeLessThanOrEqual(tokenizer.maxLength);
    expect(card.error.physical.total.rmse).toBeLessThan(0.2);
    expect(card.clipped.tokenizer ?? 0).toBe(0);
  });

  it.each(['random', 'mutated', 'truncated'] as const)('decodes %s tokens safely', (kind) => {
    const { sequences, ...shares } = card.decodability[kind];
    expect(sequences).toBe(29);
    expect(shares).toMatchObject({ strictSafe: 1, lenientFinite: 1, lenientInside: 1 });
  });

  it('holds the fallback where the tokens say nothing', () => {
    const fallback = [0.25, -0.5, 1];
    for (const nothing of [[], [2 ** 32, -1, Number.NaN]]) {
      const { actions, ok } = tokenizer.decodeLenient(nothing, { fallback });
      expect(ok).toBe(false);
      for (const [at, value] of actions.entries()) expect(value).toBeCloseTo(fallback[at % 3], 9);
    }
    for (const bad of [
      [0, 0],
      [0, Number.NaN, 0],
    ]) {
      expect(() => tokenizer.decodeLenient([], { fallback: bad })).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    }
  });

  it('is decoded from the prefix that is all tokens at least as well', () => {
    const all = card.prefixes[card.prefixes.length - 1];
    expect(all.tokens).toBeCloseTo(card.tokens.perChunk.mean, 9);
    // Lenient decoding keeps to the range, which can only help.
    expect(all.rmse).toBeLessThanOrEqual(card.error.physical.total.rmse + 1e-9);
  });
});
