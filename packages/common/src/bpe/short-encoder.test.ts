import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BpeModel } from './bpe-model.js';
import { runsOf, trainedOn } from './encode/tables.fixture.js';
import { tableOf } from './goldens.fixture.js';
import { referenceEncode } from './reference-encode.js';
import { ShortEncoder } from './short-encoder.js';

function encode(encoder: ShortEncoder, symbols: readonly number[]): number[] {
  const ids = new Uint32Array(symbols.length);
  encoder.symbols.set(symbols);
  return [...ids.subarray(0, encoder.encodeInto(ids, symbols.length))];
}

/** A few symbols and then one for a long time, as the spectrum of a smooth motion. */
const spectra = (symbols: readonly number[]) =>
  fc
    .tuple(runsOf(symbols, 12), fc.constantFrom(...symbols), fc.nat(120))
    .map(([head, symbol, length]) => [...head, ...Array<number>(length).fill(symbol)]);

describe('a short input', () => {
  it.each([
    { alphabetSize: 2, symbols: [0, 1] },
    { alphabetSize: 256, symbols: [0, 7, 255] },
    { alphabetSize: 300, symbols: [0, 256, 299] },
    { alphabetSize: 70_000, symbols: [0, 256, 69_999] },
  ])('has the ids of the definition: $alphabetSize symbols', async ({ alphabetSize, symbols }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(spectra(symbols), { minLength: 1, maxLength: 3 }),
        fc.array(spectra(symbols), { minLength: 3, maxLength: 3 }),
        async (texts, inputs) => {
          const model = new BpeModel({ table: await trainedOn(texts.flat(), alphabetSize) });
          const encoder = new ShortEncoder(model, { maxSymbols: 300 });
          for (const input of [...texts, ...inputs]) {
            expect(encode(encoder, input)).toEqual([...referenceEncode(model.table, input)]);
          }
        },
      ),
      { numRuns: alphabetSize > 1000 ? 4 : 30 },
    );
  });

  it('is encoded segment by segment', async () => {
    const table = await trainedOn([0, 0, 1, 0, 0, 1, 299, 299], 300);
    const model = new BpeModel({ table });
    const encoder = new ShortEncoder(model, { maxSymbols: 20 });
    const symbols = [0, 0, 1, 0, 0, 1, 299, 299, 299];
    encoder.symbols.set(symbols);
    encoder.ends.set([2, 6, 9]);
    const ids = new Uint16Array(20);
    const count = encoder.encodeSegmentsInto(ids, 3);
    expect(ids.subarray(0, count)).toEqual(model.encodeSegments(symbols, [2, 6]));
    expect(encoder.encodeSegmentsInto(ids, 0)).toBe(0);
    expect(encoder.encodeInto(ids, 0)).toBe(0);
  });

  it('is not touched by what the model encodes meanwhile', () => {
    const model = new BpeModel({ table: tableOf(256, [[0, 1]]) });
    const encoder = new ShortEncoder(model, { maxSymbols: 4 });
    encoder.symbols.set([0, 1, 7, 0]);
    model.encode(new Uint8Array(1 << 20).fill(9));
    const ids = new Uint32Array(4);
    expect([...ids.subarray(0, encoder.encodeInto(ids, 4))]).toEqual([256, 7, 0]);
  });

  it('may not hold symbols outside the alphabet', () => {
    const encoder = new ShortEncoder(new BpeModel({ table: tableOf(4, [[0, 1]]) }), { maxSymbols: 4 });
    expect(() => encode(encoder, [0, 1, 4, 0])).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        details: { position: 2, symbol: 4, alphabetSize: 4 },
      }),
    );
    expect(encode(encoder, [0, 1, 3])).toEqual([4, 3]);
  });

  it('has a length to prepare for', () => {
    const model = new BpeModel({ table: tableOf(4, []) });
    for (const maxSymbols of [0, 1.5, 2 ** 30]) {
      expect(() => new ShortEncoder(model, { maxSymbols })).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    }
  });
});
