import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BINARY_SPECIALS } from './binary-specials.js';
import { type FitBinaryOptions, fitBinaryTokenizer } from './fit-binary-tokenizer.js';
import { prebuild } from './prebuilds.fixture.js';
import { tokenBorders } from './token-borders.js';

const [golden] = JSON.parse(readFileSync(new URL('../goldens/binary.json', import.meta.url), 'utf8')).bpe;
const goldenBytes = Uint8Array.from(golden.hex.match(/../g), (byte: string) => Number.parseInt(byte, 16));

describe('fitBinaryTokenizer', () => {
  it('trains the golden merges, behind seven special tokens and the bytes', async () => {
    const { tokenizer, training } = await fitBinaryTokenizer([{ bytes: goldenBytes }], {
      vocabularySize: 512,
      minCount: golden.min_count,
    });
    const merges = Array.from(training.counts, (count, k) => [
      training.table.left[k],
      training.table.right[k],
      count,
    ]);
    expect(merges).toEqual(golden.merges);
    expect(tokenizer.model.size).toBe(7 + golden.vocab_size);
    const ids = Array.from(tokenizer.encodeSync(goldenBytes).ids, (id) => id - 7);
    expect(ids).toEqual(golden.encoded_segments[0]);
    expect(tokenizer.model.layout.specials).toEqual(BINARY_SPECIALS.map((content, id) => ({ id, content })));
  });

  it('counts special tokens among the vocabulary', async () => {
    const options = { vocabularySize: 300, minCount: 1, specials: ['<a>', '<b>'] };
    const { tokenizer, training } = await fitBinaryTokenizer([{ bytes: prebuild('linux-x64') }], options);
    expect(training.table.left.length).toBe(300 - 256 - 2);
    expect(tokenizer.vocabulary.size).toBe(300);
  });

  it('limits tokens to 16 bytes and pairs to 4 places', async () => {
    const { tokenizer, training } = await fitBinaryTokenizer([{ bytes: prebuild('linux-x64') }], {
      vocabularySize: 20_000,
    });
    expect(tokenizer.model.maxTokenSymbols).toBe(16);
    expect(training.counts.at(-1)).toBe(4);
    expect(training.stopped).toBe('min-count');
  });

  it('lets no token cross the borders that the tokenizer keeps', async () => {
    // A pair that only occurs across two sections is not learned.
    const bytes = prebuild('darwin-arm64');
    const files = [{ bytes }];
    const whole = await fitBinaryTokenizer(files, { vocabularySize: 600 });
    const apart = await fitBinaryTokenizer(files, { vocabularySize: 600, borders: 'instructions' });
    expect(apart.tokenizer.borders).toBe('instructions');
    expect(apart.training.table).not.toEqual(whole.training.table);
    expect(apart.tokenizer.encodeSync(bytes).length).toBe(apart.training.tokens);
    expect(whole.tokenizer.encodeSync(bytes).length).toBe(whole.training.tokens);
    expect(tokenBorders(bytes, 'instructions').length).toBeLessThanOrEqual(apart.training.tokens);
  });

  it('weighs files', async () => {
    const files = [{ bytes: Uint8Array.of(1, 2), weight: 9 }, { bytes: Uint8Array.of(3, 4, 3, 4) }];
    const { training } = await fitBinaryTokenizer(files, { vocabularySize: 512, minCount: 2 });
    expect(Array.from(training.counts)).toEqual([9, 2]);
  });
});

describe('parity', () => {
  const x64 = prebuild('linux-x64');
  const arm64 = prebuild('darwin-arm64');
  const files = [
    { bytes: x64, group: 'ELF x64', measured: true },
    { bytes: arm64, group: 'Mach-O arm64', measured: true },
  ];

  it('serves groups alike that a common count does not', async () => {
    const gap = async (options: Partial<FitBinaryOptions>) => {
      const { tokenizer } = await fitBinaryTokenizer(files, { vocabularySize: 700, ...options });
      const ratios = [x64, arm64].map((bytes) => bytes.length / tokenizer.encodeSync(bytes).length);
      return Math.max(...ratios) / Math.min(...ratios);
    };
    expect(await gap({ parity: { measure: 'ratio' } })).toBeLessThan(await gap({}));
  });

  it('numbers groups by name', async () => {
    // The Mach-O file, with far more bytes, is the worst served by tokens and chooses first.
    const { training } = await fitBinaryTokenizer([...files].reverse(), {
      vocabularySize: 300,
      parity: { alpha: 1 },
    });
    expect(training.groups[0]).toBe(1);
    expect([...new Set(training.groups)].sort()).toEqual([0, 1]);
  });

  it('needs a group for each file', async () => {
    const fit = fitBinaryTokenizer([...files, { bytes: x64 }], { vocabularySize: 300, parity: {} });
    await expect(fit).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: { file: 2 } });
  });

  it('needs measured files in each group', async () => {
    const fit = fitBinaryTokenizer([...files, { bytes: x64, group: 'other' }], {
      vocabularySize: 300,
      parity: {},
    });
    await expect(fit).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('none for: other'),
    });
  });
});

describe('arguments', () => {
  it.each<{ options: FitBinaryOptions; message: RegExp }>([
    { options: { vocabularySize: 262 }, message: /256 bytes and 7 special tokens, 263 or more; got 262/ },
    { options: { vocabularySize: Number.NaN }, message: /got NaN/ },
    { options: { vocabularySize: 300, specials: ['<a>', '<a>'] }, message: /must differ; got <a>, <a>/ },
    { options: { vocabularySize: 300, maxTokenBytes: 0 }, message: /1 to 4096 symbols; got 0/ },
  ])('are refused: $message', async ({ options, message }) => {
    const fit = fitBinaryTokenizer([{ bytes: goldenBytes }], options);
    await expect(fit).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    });
  });

  it('are accepted without any file', async () => {
    const { tokenizer } = await fitBinaryTokenizer([], { vocabularySize: 300 });
    expect(tokenizer.vocabulary.size).toBe(263);
  });

  it('hold a signal that stops the training', async () => {
    const fit = fitBinaryTokenizer([], { vocabularySize: 300, signal: AbortSignal.abort() });
    await expect(fit).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
