import { describe, expect, it } from 'vitest';
import { BinaryTokenizer } from './binary-tokenizer.js';
import { fitBinaryTokenizer } from './fit-binary-tokenizer.js';
import { prebuild } from './prebuilds.fixture.js';
import { TokenMap } from './token-map.js';

const bytes = prebuild('linux-x64');
const { model } = (await fitBinaryTokenizer([{ bytes }], { vocabularySize: 450 })).tokenizer;
const tokens = new BinaryTokenizer({ model, borders: 'sections' }).encodeSync(bytes);
const map = TokenMap.of(model, tokens, bytes);

describe('TokenMap', () => {
  it('gives each token its bytes, without gaps', () => {
    expect(map.offsets.length).toBe(tokens.length + 1);
    for (const index of [0, 1, 100, tokens.length - 1]) {
      const { offset, size } = map.place(index)!;
      expect(bytes.subarray(offset, offset + size)).toEqual(model.token(tokens.ids[index]));
    }
    expect(map.offsets[tokens.length]).toBe(bytes.length);
  });

  it('knows region and address of a token', () => {
    // .text is at 4416 in the file and 0x1140 in memory, .data at 12384 and 0x4060.
    const text = map.place(map.tokenAt(4416))!;
    expect([text.offset, text.region?.name, text.address]).toEqual([4416, '.text', 0x1140n]);
    const data = map.place(map.tokenAt(12384))!;
    expect([data.region?.name, data.address]).toEqual(['.data', 0x4060n]);
    const header = map.place(0)!;
    expect([header.region?.kind, header.address]).toEqual(['header', undefined]);
  });

  it('finds the token of each offset', () => {
    for (let index = 0; index < tokens.length; index++) {
      expect(map.tokenAt(map.offsets[index])).toBe(index);
      expect(map.tokenAt(map.offsets[index + 1] - 1)).toBe(index);
    }
  });

  it('finds the token of each address, and goes back', () => {
    expect(map.tokenAtAddress(0x1140n)).toBe(map.tokenAt(4416));
    for (let index = 0; index < tokens.length; index++) {
      const { address } = map.place(index)!;
      if (address !== undefined) expect(map.tokenAtAddress(address)).toBe(index);
    }
  });

  it('has no answer outside', () => {
    for (const offset of [-1, bytes.length, Number.NaN]) expect(map.tokenAt(offset)).toBe(-1);
    for (const index of [-1, tokens.length, Number.NaN]) expect(map.place(index)).toBeUndefined();
    // Between the end of .text and the start of .fini; beyond everything.
    for (const address of [-1n, 0x1983n, 1n << 63n]) expect(map.tokenAtAddress(address)).toBe(-1);
  });

  it('passes over special tokens, which have no bytes', () => {
    const ids = Uint16Array.of(0, ...tokens.ids.subarray(0, 3), 1);
    const marked = TokenMap.of(model, { ...tokens, ids, length: 5 }, bytes);
    expect(Array.from(marked.offsets.subarray(1, 5))).toEqual(Array.from(map.offsets.subarray(0, 4)));
    expect(marked.place(0)).toMatchObject({ offset: 0, size: 0 });
    expect(marked.tokenAt(0)).toBe(1);
  });

  it('refuses ids of another vocabulary', () => {
    const ids = Uint16Array.of(7, 450);
    expect(() => TokenMap.of(model, { ...tokens, ids, length: 2 }, bytes)).toThrowError(
      expect.objectContaining({ code: 'ID_OUT_OF_RANGE', details: { id: 450, position: 1, size: 450 } }),
    );
  });
});
