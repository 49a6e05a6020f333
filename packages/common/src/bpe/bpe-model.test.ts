import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BpeModel } from './bpe-model.js';
import { pseudoRandomSymbols, runsOf, trainedOn } from './encode/tables.fixture.js';
import { bytesOf, goldens, hexOf, tableOf } from './goldens.fixture.js';
import { type MergeTable, specialsFirstLayout } from './merge-table.js';
import { referenceEncode } from './reference-encode.js';
import { trainBpe } from './train/train-bpe.js';

const goldenModels = goldens.map((golden) => ({
  name: golden.name,
  golden,
  model: new BpeModel({ table: tableOf(256, golden.merges) }),
}));
const toy = goldenModels[0].model;

describe.each(goldenModels)('golden $name', ({ golden, model }) => {
  it.each(golden.encode)('encodes $name', ({ hex, ids }) => {
    expect(Array.from(model.encode(bytesOf(hex)))).toEqual(ids);
    expect(hexOf(model.decode(ids))).toBe(hex);
  });

  it('encodes segments apart', () => {
    const ids = model.encodeSegments(bytesOf(golden.hex), golden.borders);
    expect(Array.from(ids)).toEqual(golden.encoded_segments.flat());
  });

  it('spells its tokens', () => {
    const tokens = golden.merges.map((_, merge) => hexOf(model.token(256 + merge)));
    expect(tokens).toEqual(golden.tokens_hex);
  });

  it('knows which adjacent tokens an encoding can hold', () => {
    for (const pair of golden.adjacent_canonical)
      expect([pair, model.firstImproper(pair)]).toEqual([pair, -1]);
    for (const pair of golden.adjacent_not_canonical)
      expect([pair, model.firstImproper(pair)]).toEqual([pair, 1]);
    const proper = golden.run_tokens.flatMap((a) =>
      golden.run_tokens.filter((b) => model.firstImproper([a, b]) < 0).map((b) => [a, b]),
    );
    expect(proper).toEqual(golden.run_token_pairs_canonical);
  });

  it('reaches all of its tokens', () => {
    expect(model.unreachableIds()).toEqual([]);
  });
});

describe('encode', () => {
  it('is the definition on runs of up to 64 zeros', () => {
    for (let length = 0; length <= 64; length++) {
      const zeros = new Uint8Array(length);
      expect(toy.encode(zeros)).toEqual(Uint16Array.from(referenceEncode(toy.table, zeros)));
    }
  });

  it('is the definition on all 256 bytes', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    // 1f 20 is the only pair of neighbours with a token.
    const expected = Array.from(bytes).filter((byte) => byte !== 0x20);
    expected[0x1f] = 265;
    expect(Array.from(toy.encode(bytes))).toEqual(expected);
  });

  it('gives the longest runs on 1 MB of one byte', () => {
    const ids = toy.encode(new Uint8Array(1_000_001));
    expect(ids.length).toBe(125_001);
    expect(ids.subarray(0, -1).every((id) => id === 260)).toBe(true);
    expect(ids.at(-1)).toBe(0);
  });

  it('goes through 1 MB of two alternating bytes', async () => {
    const bytes = Uint8Array.from({ length: 1_000_000 }, (_, i) => (i % 2 === 0 ? 0xab : 0xcd));
    const { table } = await trainBpe([{ symbols: bytes.subarray(0, 100) }], {
      vocabularySize: 300,
      maxTokenSymbols: 16,
    });
    const ids = new BpeModel({ table }).encode(bytes);
    // ab cd, its double, fourfold and eightfold
    expect(ids.length).toBe(1_000_000 / 16);
    expect(new Set(ids)).toEqual(new Set([259]));
  });

  it('takes wide symbols, and ids beyond 16 bits', async () => {
    const text = [69_999, 5, 69_999, 5, 300, 69_999, 5, 300];
    const model = new BpeModel({ table: await trainedOn(text, 70_000) });
    expect(model.bytesPerSymbol).toBe(4);
    const ids = model.encode(text);
    expect(ids).toBeInstanceOf(Uint32Array);
    expect(Array.from(ids)).toEqual(Array.from(referenceEncode(model.table, text)));
    expect(Array.from(model.decode(ids))).toEqual(text);
  });

  it('refuses symbols outside the alphabet', () => {
    const model = new BpeModel({ table: tableOf(4, [[0, 1]]) });
    for (const symbols of [[0, 4], [0, -1], [0, 1.5], Uint8Array.of(3, 9)]) {
      expect(() => model.encode(symbols)).toThrowError(
        expect.objectContaining({
          code: 'INVALID_ARGUMENT',
          message: expect.stringContaining(`Symbol ${symbols[1]} at position 1`),
        }),
      );
    }
    expect(() => toy.encode([256])).toThrowError(/Symbol 256 at position 0/);
    for (const wrong of [new ArrayBuffer(4), undefined, 7]) {
      expect(() => toy.encode(wrong as unknown as Uint8Array)).toThrowError(/Symbols must be an array/);
    }
  });

  it('does not read beyond a view', () => {
    const bytes = Uint8Array.of(0, 0, 0, 0, 0, 0);
    expect(Array.from(toy.encode(bytes.subarray(1, 4)))).toEqual([268]);
    expect(Array.from(toy.encode(new Uint8ClampedArray(bytes.buffer, 2, 2)))).toEqual([256]);
    expect(Array.from(toy.encode([0, 0]))).toEqual([256]);
  });

  it('gives ids of its own to each call', () => {
    const first = toy.encode(new Uint8Array(8));
    toy.encode(Uint8Array.of(1, 2, 3));
    expect(Array.from(first)).toEqual([260]);
  });
});

describe('decodeInto', () => {
  it('writes the symbols where there is room for all, and counts them', () => {
    const model = new BpeModel({ table: tableOf(4, [[0, 1]]) });
    const out = new Uint8Array(5).fill(9);
    expect(model.decodeInto([4, 2, 4], out)).toBe(5);
    expect([...out]).toEqual([0, 1, 2, 0, 1]);
    expect(model.decodeInto([3, 4, 4, 4], out)).toBe(7);
    expect([...out]).toEqual([0, 1, 2, 0, 1]);
    expect(() => model.decodeInto([5], out)).toThrow(expect.objectContaining({ code: 'ID_OUT_OF_RANGE' }));
  });
});

describe('encodeSegments', () => {
  it('is encode on each segment', async () => {
    const table = await trainedOn([0, 1, 0, 1, 1, 0, 0, 0, 1, 0, 1, 1], 2);
    const model = new BpeModel({ table });
    fc.assert(
      fc.property(
        runsOf([0, 1], 30),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
        (symbols, cuts) => {
          const borders = cuts.map((cut) => Math.round(cut * symbols.length)).sort((a, b) => a - b);
          const ends = [...borders, symbols.length];
          const apart = ends.flatMap((end, k) =>
            Array.from(model.encode(symbols.slice(ends[k - 1] ?? 0, end))),
          );
          expect(Array.from(model.encodeSegments(symbols, borders))).toEqual(apart);
        },
      ),
    );
  });

  it('takes many small segments, large ones, and both in turn', () => {
    const bytes = pseudoRandomSymbols(400_000, 2);
    const borders: number[] = [];
    for (let at = 0; at < 150_000; at += 4) borders.push(at);
    borders.push(350_000);
    for (let at = 350_001; at < 360_000; at++) borders.push(at);
    const ids = toy.encodeSegments(bytes, borders);
    const ends = [...borders, bytes.length];
    const apart = ends.flatMap((end, k) => Array.from(toy.encode(bytes.subarray(ends[k - 1] ?? 0, end))));
    expect(ids).toEqual(Uint16Array.from(apart));
  });

  it('takes segments of wide symbols', async () => {
    const text = [299, 5, 299, 5, 299, 5];
    const model = new BpeModel({ table: await trainedOn(text, 300) });
    const halves = [text.slice(0, 3), text.slice(3)].flatMap((half) => Array.from(model.encode(half)));
    expect(Array.from(model.encodeSegments(text, [3]))).toEqual(halves);
  });

  it.each([
    { borders: [3, 2] },
    { borders: [-1] },
    { borders: [5] },
    { borders: [1.5] },
    { borders: [Number.NaN] },
  ])('refuses borders $borders', ({ borders }) => {
    expect(() => toy.encodeSegments(new Uint8Array(4), borders)).toThrowError(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('decode', () => {
  const table = tableOf(256, [[97, 98]]);
  const model = new BpeModel({ table, layout: specialsFirstLayout(table, ['<pad>', '<end>']) });

  it('joins what the ids spell', () => {
    expect(hexOf(model.decode([258, 2, 99]))).toBe('61620061');
    expect(hexOf(model.decode([]))).toBe('');
  });

  it('refuses special and unknown ids', () => {
    expect(() => model.decode([258, 1])).toThrowError(
      expect.objectContaining({
        code: 'ID_OUT_OF_RANGE',
        message: expect.stringContaining("special token '<end>'"),
        details: { id: 1, position: 1, size: 259 },
      }),
    );
    for (const id of [259, -1, 1.5, Number.NaN]) {
      expect(() => model.decode([id])).toThrowError(expect.objectContaining({ code: 'ID_OUT_OF_RANGE' }));
    }
  });

  it('passes over them in lenient mode', () => {
    expect(hexOf(model.decode([258, 1, 2, 259, -1, 258], { mode: 'lenient' }))).toBe('6162006162');
  });

  it('spells a special token as nothing', () => {
    expect(model.token(0)).toEqual(new Uint8Array(0));
    expect(hexOf(model.token(258))).toBe('6162');
    expect(() => model.token(259)).toThrowError(expect.objectContaining({ code: 'ID_OUT_OF_RANGE' }));
  });

  it('knows how many symbols each id spells', () => {
    expect(model.widths[0]).toBe(0);
    expect(model.widths[2]).toBe(1);
    expect(model.widths[258]).toBe(2);
    expect(model.maxTokenSymbols).toBe(2);
  });
});

describe('firstImproper', () => {
  it('is -1 exactly for encodings', async () => {
    const model = new BpeModel({ table: await trainedOn([0, 1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1], 2) });
    fc.assert(
      fc.property(fc.array(fc.nat({ max: model.size - 1 }), { maxLength: 5 }), (ids) => {
        const again = Array.from(model.encode(model.decode(ids)));
        expect(model.firstImproper(ids) === -1).toBe(again.join() === ids.join());
      }),
      { numRuns: 500 },
    );
  });

  it('is the place of an unreachable token', () => {
    // bc comes before ab, so that ab+c is never made.
    const table = tableOf(3, [
      [1, 2],
      [0, 1],
      [4, 2],
    ]);
    const model = new BpeModel({ table });
    expect(model.unreachableIds()).toEqual([5]);
    expect(model.firstImproper([0, 5])).toBe(1);
    expect(Array.from(model.decode([5]))).toEqual([0, 1, 2]);
  });

  it('refuses special and unknown ids', () => {
    expect(() => toy.firstImproper([0, 298])).toThrowError(
      expect.objectContaining({ code: 'ID_OUT_OF_RANGE', details: { id: 298, position: 1, size: 298 } }),
    );
  });
});

describe('truncate', () => {
  const bytes = bytesOf(goldens[0].hex);

  it('keeps the ids where special tokens come first', () => {
    const layout = specialsFirstLayout(toy.table, ['<pad>', '<end>']);
    const small = new BpeModel({ table: toy.table, layout }).truncate(2 + 256 + 10);
    expect(small.size).toBe(268);
    expect(small.layout.specials).toEqual(layout.specials);
    expect(small.layout.ids).toEqual(layout.ids.slice(0, 266));
    const cut = new BpeModel({ table: tableOf(256, goldens[0].merges.slice(0, 10)) });
    expect(small.encode(bytes)).toEqual(cut.encode(bytes).map((id) => id + 2));
  });

  it('moves special tokens down that come last', () => {
    const layout = {
      ids: Uint32Array.from({ length: 298 }, (_, rank) => rank),
      specials: [{ id: 298, content: '<pad>' }],
      size: 299,
    };
    const small = new BpeModel({ table: toy.table, layout }).truncate(256 + 10 + 1);
    expect(small.layout.specials).toEqual([{ id: 266, content: '<pad>' }]);
    expect(small.layout.ids).toEqual(layout.ids.slice(0, 266));
    expect(small.size).toBe(267);
  });

  it('keeps merges that spell a token again, which add none', () => {
    const table = tableOf(3, [
      [1, 2], // bc
      [0, 1], // ab
      [4, 2], // abc, never
      [0, 3], // abc
      [2, 2], // cc
    ]);
    const ids = Uint32Array.of(0, 1, 2, 3, 4, 5, 5, 6);
    const small = new BpeModel({ table, layout: { ids, specials: [], size: 7 } }).truncate(6);
    expect(Array.from(small.layout.ids)).toEqual([0, 1, 2, 3, 4, 5, 5]);
    expect(Array.from(small.encode([0, 1, 2]))).toEqual([5]);
  });

  it.each([255, 299, 260.5, Number.NaN])('refuses a size of %d', (size) => {
    expect(() => toy.truncate(size)).toThrowError(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('256 … 298 tokens'),
      }),
    );
  });

  it('goes from all merges down to none', () => {
    expect(toy.truncate(298).table).toEqual(toy.table);
    expect(Array.from(toy.truncate(256).encode(bytes))).toEqual(Array.from(bytes));
  });
});

describe('the layout', () => {
  const table = tableOf(2, [[0, 1]]);
  const ids = Uint32Array.of(0, 1, 2);

  it('may leave holes', () => {
    const model = new BpeModel({ table, layout: { ids: Uint32Array.of(9, 4, 7), specials: [], size: 12 } });
    expect(Array.from(model.encode([0, 1, 1, 0]))).toEqual([7, 4, 9]);
    expect(Array.from(model.decode([9, 7]))).toEqual([0, 0, 1]);
    expect(() => model.decode([5])).toThrowError(expect.objectContaining({ code: 'ID_OUT_OF_RANGE' }));
    expect(model.unreachableIds()).toEqual([]);
  });

  it('may give a token the id of a special one', () => {
    const model = new BpeModel({ table, layout: { ids, specials: [{ id: 2, content: 'ab' }], size: 3 } });
    expect(Array.from(model.decode([2]))).toEqual([0, 1]);
  });

  it('gives two merges that spell one token one id', () => {
    const twice: MergeTable = tableOf(3, [
      [1, 2],
      [0, 1],
      [4, 2],
      [0, 3],
    ]);
    expect(Array.from(new BpeModel({ table: twice }).encode([0, 1, 2]))).toEqual([5]);
    expect(() => new BpeModel({ table: twice, layout: specialsFirstLayout(twice, []) })).toThrowError(
      /Tokens 5 and 6 spell the same, but have ids 5 and 6/,
    );
  });

  it.each([
    { layout: { ids: ids.slice(1), specials: [], size: 3 }, message: /2 ids for 3 tokens/ },
    { layout: { ids, specials: [], size: 2 }, message: /Token 2 has id 2/ },
    {
      layout: { ids: Uint32Array.of(0, 1, 1), specials: [], size: 3 },
      message: /Tokens 1 and 2 .* both have id 1/,
    },
    { layout: { ids, specials: [{ id: 3, content: 'x' }], size: 3 }, message: /'x' has id 3/ },
    { layout: { ids, specials: [{ id: -1, content: 'x' }], size: 3 }, message: /'x' has id -1/ },
    {
      layout: { ids, specials: [3, 3].map((id) => ({ id, content: `x${id}` })), size: 4 },
      message: /both have id 3/,
    },
    {
      layout: { ids, specials: [3, 4].map((id) => ({ id, content: 'x' })), size: 5 },
      message: /same content/,
    },
  ])('is refused: $message', ({ layout, message }) => {
    expect(() => new BpeModel({ table, layout })).toThrowError(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) }),
    );
  });

  it.each([0, 2.5, 2 ** 24 + 1])('is refused at a size of %d', (size) => {
    expect(() => new BpeModel({ table, layout: { ids, specials: [], size } })).toThrowError(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });
});

describe('the merge table', () => {
  it.each([
    { table: { ...tableOf(2, [[0, 1]]), right: new Uint32Array(0) }, code: 'INVALID_FORMAT' },
    { table: tableOf(2, [[0, 2]]), code: 'INVALID_FORMAT' },
    { table: tableOf(2, [[3, 0]]), code: 'INVALID_FORMAT' },
    { table: tableOf(0, []), code: 'LIMIT_EXCEEDED' },
    { table: tableOf(2 ** 22 + 1, []), code: 'LIMIT_EXCEEDED' },
    // Each token is twice the one before: 2^13 symbols.
    {
      table: tableOf(
        1,
        Array.from({ length: 13 }, (_, k) => [k, k]),
      ),
      code: 'LIMIT_EXCEEDED',
    },
  ])('is refused with $code', ({ table, code }) => {
    expect(() => new BpeModel({ table })).toThrowError(expect.objectContaining({ code }));
  });

  it('is refused when its tokens are too long together', () => {
    const doubling = Array.from({ length: 12 }, (_, k): [number, number] => [k, k]);
    const longest = Array.from({ length: 2 ** 14 }, (): [number, number] => [11, 11]);
    expect(() => new BpeModel({ table: tableOf(1, [...doubling, ...longest]) })).toThrowError(
      expect.objectContaining({
        code: 'LIMIT_EXCEEDED',
        message: expect.stringContaining('the limit is 67108864'),
      }),
    );
  });
});
