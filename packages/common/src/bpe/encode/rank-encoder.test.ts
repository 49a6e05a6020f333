import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { isPolytokError } from '../../errors.js';
import { tableOf } from '../goldens.fixture.js';
import type { MergeTable } from '../merge-table.js';
import { referenceEncode } from '../reference-encode.js';
import { startEncoding } from './advance-chunks.js';
import { type EncoderSizes, RankEncoder } from './rank-encoder.js';
import { dominoes, pseudoRandomSymbols, randomTables, runsOf, trainedOn } from './tables.fixture.js';
import { allocateSymbols } from './token-symbols.js';

/** Encodes pieces one after another; ranks are the first ones of their spelling. */
function encodePieces(encoder: RankEncoder, alphabetSize: number, pieces: readonly ArrayLike<number>[]) {
  const ranks: number[] = [];
  const state = startEncoding();
  const advance = (symbols: ArrayLike<number>, last: boolean) => {
    const narrow = allocateSymbols(alphabetSize, symbols.length);
    narrow.set(symbols);
    encoder.advance(state, new Uint8Array(narrow.buffer), last, (found) => {
      for (const rank of found) ranks.push(encoder.canonical?.[rank] ?? rank);
    });
  };
  for (const piece of pieces) advance(piece, false);
  advance([], true);
  return ranks;
}

function encode(table: MergeTable, symbols: ArrayLike<number>, sizes?: EncoderSizes): number[] {
  return encodePieces(new RankEncoder(table, sizes), table.alphabetSize, [symbols]);
}

/** So small that every input crosses blocks, chunks and gathered pieces. */
const smallSizes = fc.record({
  blockBytes: fc.constantFrom(4, 8, 12, 32, 64),
  chunkBytes: fc.constantFrom(4, 8, 20, 64),
  gatherBytes: fc.constantFrom(0, 1, 5, 40),
});

/** Sizes that encode everything in one block, where nothing has to be found final. */
const ONE_BLOCK: EncoderSizes = { blockBytes: 1 << 24, chunkBytes: 1 << 24 };

describe('an encoding by a trained table', () => {
  it.each([
    { alphabetSize: 1, symbols: [0] },
    { alphabetSize: 2, symbols: [0, 1] },
    { alphabetSize: 4, symbols: [0, 1, 2, 3] },
    { alphabetSize: 256, symbols: [0, 255] },
    { alphabetSize: 300, symbols: [0, 1, 256, 299] },
    { alphabetSize: 70_000, symbols: [0, 256, 65_536, 69_999] },
  ])('is that of the definition: $alphabetSize symbols', async ({ alphabetSize, symbols }) => {
    await fc.assert(
      fc.asyncProperty(
        runsOf(symbols, 40),
        fc.array(runsOf(symbols), { minLength: 4, maxLength: 4 }),
        smallSizes,
        async (text, inputs, sizes) => {
          const table = await trainedOn(text, alphabetSize);
          const encoder = new RankEncoder(table, sizes);
          for (const input of [text, ...inputs]) {
            const expected = Array.from(referenceEncode(table, input));
            expect(encodePieces(encoder, alphabetSize, [input])).toEqual(expected);
          }
        },
      ),
      { numRuns: alphabetSize > 1000 ? 4 : 40 },
    );
  });
});

describe('an encoding by any table', () => {
  it.each([1, 2, 3, 4])('is that of the definition: %i symbols', (alphabetSize) => {
    let refused = 0;
    let encoded = 0;
    const symbols = Array.from({ length: alphabetSize }, (_, symbol) => symbol);
    fc.assert(
      fc.property(
        randomTables({ alphabetSize }),
        fc.array(runsOf(symbols, 12), { minLength: 4, maxLength: 4 }),
        smallSizes,
        (table, inputs, sizes) => {
          let encoder: RankEncoder;
          try {
            encoder = new RankEncoder(table, sizes);
          } catch (error) {
            expect(isPolytokError(error) && error.code).toBe('UNSUPPORTED');
            refused++;
            return;
          }
          encoded++;
          for (const input of inputs) {
            const expected = Array.from(referenceEncode(table, input));
            expect(encodePieces(encoder, alphabetSize, [input])).toEqual(expected);
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(encoded).toBeGreaterThan(10 * refused);
  });

  it('holds a token exactly if the token encodes to itself', () => {
    fc.assert(
      fc.property(randomTables({ alphabetSize: 3 }), (table) => {
        let encoder: RankEncoder;
        try {
          encoder = new RankEncoder(table);
        } catch {
          return;
        }
        const { symbols, offsets } = encoder.spelled;
        const alone = Array.from(encoder.reachable, (_, rank) =>
          Array.from(referenceEncode(table, symbols.subarray(offsets[rank], offsets[rank + 1]))),
        );
        const canonical = (rank: number) => encoder.canonical?.[rank] ?? rank;
        encoder.reachable.forEach((flag, rank) => {
          const others = alone.flatMap((ids, k) =>
            ids.length === 1 && ids[0] === canonical(rank) ? [k] : [],
          );
          // Of several ranks that spell one token a single one makes it.
          if (flag === 1) expect(others).toContain(rank);
          expect(others.filter((k) => encoder.reachable[k] === 1).length).toBe(Math.min(1, others.length));
        });
      }),
      { numRuns: 200 },
    );
  });

  it('holds two tokens side by side exactly where the seam holds', () => {
    fc.assert(
      fc.property(randomTables({ alphabetSize: 2 }), fc.nat(), fc.nat(), (table, first, second) => {
        let encoder: RankEncoder;
        try {
          encoder = new RankEncoder(table);
        } catch {
          return;
        }
        const tokens = Array.from(encoder.reachable.keys()).filter((rank) => encoder.reachable[rank] === 1);
        const pair = [tokens[first % tokens.length], tokens[second % tokens.length]];
        const { symbols, offsets } = encoder.spelled;
        const spelled = pair.flatMap((rank) =>
          Array.from(symbols.subarray(offsets[rank], offsets[rank + 1])),
        );
        const canonical = pair.map((rank) => encoder.canonical?.[rank] ?? rank);
        const together = Array.from(referenceEncode(table, spelled));
        expect(encoder.seamHolds(pair[0], pair[1])).toBe(together.join() === canonical.join());
      }),
      { numRuns: 300 },
    );
  });
});

describe('tokens that two merges spell', () => {
  it('are made by the one that can, and later merges go on from there', () => {
    // Alphabet a b c d.
    const table = tableOf(4, [
      [1, 2], // 4 = bc
      [0, 1], // 5 = ab
      [5, 2], // 6 = ab+c, never: bc comes before ab
      [0, 4], // 7 = a+bc spells 6
      [6, 3], // 8 = abc+d
    ]);
    expect(encode(table, [0, 1, 2])).toEqual([6]);
    expect(encode(table, [0, 1, 2, 3])).toEqual([8]);
    expect(Array.from(new RankEncoder(table).reachable)).toEqual([1, 1, 1, 1, 1, 1, 0, 1, 1]);
  });

  it('are refused where one is used before it can be made', () => {
    const table = tableOf(4, [
      [1, 2], // 4 = bc
      [0, 1], // 5 = ab
      [5, 2], // 6 = ab+c, never
      [6, 3], // 7 = abc+d
      [0, 4], // 8 = a+bc
    ]);
    expect(() => new RankEncoder(table)).toThrowError(
      expect.objectContaining({ code: 'UNSUPPORTED', details: { merge: 3, madeBy: 4 } }),
    );
  });

  it('follow chains of such merges in one pass', () => {
    const table = tableOf(5, [
      [1, 2], // 5 = bc
      [0, 1], // 6 = ab
      [6, 2], // 7 = ab+c, never
      [0, 5], // 8 = a+bc
      [5, 3], // 9 = bc+d, never in abcd: abc comes first
      [0, 9], // 10 = a+bcd, never
      [7, 3], // 11 = abc+d spells 10
      [10, 4], // 12 = abcd+e
    ]);
    expect(encode(table, [0, 1, 2, 3, 4])).toEqual([12]);
    expect(encode(table, [0, 1, 2, 3])).toEqual([10]);
  });
});

describe('pieces', () => {
  it('give the tokens of the whole, wherever they are cut', async () => {
    const table = await trainedOn([0, 0, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1], 2);
    await fc.assert(
      fc.asyncProperty(fc.array(runsOf([0, 1], 6), { maxLength: 8 }), smallSizes, async (pieces, sizes) => {
        const encoder = new RankEncoder(table, sizes);
        const expected = Array.from(referenceEncode(table, pieces.flat()));
        expect(encodePieces(encoder, 2, pieces)).toEqual(expected);
        const single = pieces.flat().map((symbol) => [symbol]);
        expect(encodePieces(encoder, 2, single)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it.each([1, 2, 3, 4, 256])('give the tokens of one block: 300 KB over %i symbols', async (alphabetSize) => {
    const input = pseudoRandomSymbols(300_000, alphabetSize);
    const table = await trainedOn(Array.from(input.subarray(0, 2000)), alphabetSize);
    const expected = encode(table, input, ONE_BLOCK);
    expect(encode(table, input)).toEqual(expected);
    expect(encode(table, input, { blockBytes: 4096, chunkBytes: 8192 })).toEqual(expected);
    const encoder = new RankEncoder(table);
    const pieces = [];
    for (let at = 0; at < input.length; at += 997) pieces.push(input.subarray(at, at + 997));
    expect(encodePieces(encoder, alphabetSize, pieces)).toEqual(expected);
  });

  it('are held back as long as their end decides over their beginning', () => {
    // 60,000 symbols of two bytes are more than a block.
    const symbols = 60_000;
    const encoder = new RankEncoder(dominoes(symbols));
    const row = Uint16Array.from({ length: symbols }, (_, symbol) => symbol);
    const state = startEncoding();
    const early: number[] = [];
    encoder.advance(state, new Uint8Array(row.slice(0, -1).buffer), false, (ranks) => early.push(...ranks));
    expect(early).toEqual([]);
    let late: ArrayLike<number> = [];
    encoder.advance(state, new Uint8Array(row.slice(-1).buffer), true, (ranks) => {
      late = ranks.slice();
    });
    // Merge k joins the symbols n-2-k and n-1-k, and has rank n+k.
    const pairs = Uint32Array.from({ length: symbols / 2 }, (_, pair) => 2 * symbols - 2 - 2 * pair);
    expect(late).toEqual(pairs);
  });

  it.each([{ symbols: 2000 }, { symbols: 2001 }])(
    'grow block by block and chunk by chunk: $symbols dominoes',
    ({ symbols }) => {
      const table = dominoes(symbols);
      const row = Uint16Array.from({ length: symbols }, (_, symbol) => symbol);
      const twice = [...row, ...row];
      const sizes = { blockBytes: 16, chunkBytes: 64, gatherBytes: 8 };
      const whole = encode(table, twice, ONE_BLOCK);
      expect(whole.length).toBe(2 * Math.ceil(symbols / 2));
      expect(encode(table, twice, sizes)).toEqual(whole);
      const pieces = twice.map((symbol) => [symbol]);
      expect(encodePieces(new RankEncoder(table, sizes), symbols, pieces)).toEqual(whole);
    },
  );
});

describe('a block that ends before what a border was final by', () => {
  it('is encoded again with more behind it', () => {
    // Runs of 2, 4, 8, 16 and 20. Of 36 zeros and more the first 16 are final; of 20 to 23 they are not.
    const table = tableOf(1, [
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 2],
    ]);
    const sizes = { blockBytes: 12, chunkBytes: 4, gatherBytes: 0 };
    for (let length = 0; length <= 120; length++) {
      const zeros = new Uint8Array(length);
      const expected = Array.from(referenceEncode(table, zeros));
      expect(encode(table, zeros, sizes)).toEqual(expected);
    }
    expect(encode(table, new Uint8Array(53), sizes)).toEqual([4, 4, 5, 0]);
  });

  it('occurs with blocks of the usual size, too', () => {
    const symbols = 60_000;
    const row = Array.from({ length: symbols }, (_, symbol) => symbol);
    const input = [...row, 5, 5, ...row.slice(1), ...row.slice(0, 40_001)];
    const table = dominoes(symbols);
    const expected = encode(table, input, ONE_BLOCK);
    const encoder = new RankEncoder(table);
    for (const piece of [1000, 33_333, 150_000]) {
      const pieces = [];
      for (let at = 0; at < input.length; at += piece) pieces.push(input.slice(at, at + piece));
      expect(encodePieces(encoder, symbols, pieces)).toEqual(expected);
    }
  });
});

describe('memory', () => {
  it('is not taken again for inputs like one before', async () => {
    const table = await trainedOn([0, 1, 0, 1, 1, 0], 2);
    const encoder = new RankEncoder(table);
    const input = new Uint8Array(300_000);
    encodePieces(encoder, 2, [input]);
    const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow');
    let tokens = 0;
    for (let k = 0; k < 1000; k++) {
      encoder.advance(startEncoding(), input.subarray(0, 1 + ((k * 7919) % 20_000)), true, (ranks) => {
        tokens += ranks.length;
      });
    }
    expect(tokens).toBeGreaterThan(1000);
    expect(grow).not.toHaveBeenCalled();
    grow.mockRestore();
  });

  it('that the machine does not have is a typed error', () => {
    const encoder = new RankEncoder(tableOf(2, []));
    const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(() => {
      throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded');
    });
    expect(() => encoder.advance(startEncoding(), new Uint8Array(1 << 16), true, () => {})).toThrowError(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
    grow.mockRestore();
  });
});
