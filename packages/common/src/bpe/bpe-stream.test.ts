import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BpeModel } from './bpe-model.js';
import type { BpeStream } from './bpe-stream.js';
import { dominoes, pseudoRandomSymbols, trainedOn } from './encode/tables.fixture.js';

const input = pseudoRandomSymbols(60_000, 3);
const model = new BpeModel({ table: await trainedOn(Array.from(input.subarray(0, 1500)), 3) });
const whole = Array.from(model.encode(input));

function pushAll(stream: BpeStream, symbols: ArrayLike<number>, piece: number): number[] {
  const ids: number[] = [];
  for (let at = 0; at < symbols.length; at += piece) {
    ids.push(...stream.push(Array.prototype.slice.call(symbols, at, at + piece)));
  }
  return [...ids, ...stream.finish()];
}

describe('BpeStream', () => {
  it.each([1, 7, 4095, 4096, 4097, 50_000])('gives the ids of the whole: pieces of %i', (piece) => {
    expect(pushAll(model.stream(), input, piece)).toEqual(whole);
  });

  it('gives the ids of the whole for pieces of any sizes, empty ones too', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20_000 }), { maxLength: 8 }), (lengths) => {
        const stream = model.stream();
        const ids: number[] = [];
        let at = 0;
        for (const length of lengths) {
          ids.push(...stream.push(input.subarray(at, at + length)));
          at = Math.min(input.length, at + length);
        }
        ids.push(...stream.push(input.subarray(at)), ...stream.finish());
        expect(ids).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  it('returns ids on the way, not all at the end', () => {
    const stream = model.stream();
    const early = stream.push(input).length;
    expect(early).toBeGreaterThan(0.9 * whole.length);
    expect(early + stream.finish().length).toBe(whole.length);
  });

  it('is independent of other streams of the model', () => {
    const streams = Array.from({ length: 20 }, () => ({ stream: model.stream(), ids: [] as number[] }));
    for (let at = 0; at < input.length; at += 2500) {
      for (const { stream, ids } of streams) ids.push(...stream.push(input.subarray(at, at + 2500)));
      model.encode(input.subarray(0, 100));
    }
    for (const { stream, ids } of streams) expect([...ids, ...stream.finish()]).toEqual(whole);
  });

  it('starts anew after its end', () => {
    const stream = model.stream();
    expect(stream.finish().length).toBe(0);
    for (let k = 0; k < 2; k++) expect(pushAll(stream, input, 9999)).toEqual(whole);
  });

  it('is as before when a piece is refused', () => {
    const stream = model.stream();
    const ids = [...stream.push(input.subarray(0, 9000))];
    expect(() => stream.push([0, 1, 3])).toThrowError(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    ids.push(...stream.push(input.subarray(9000)), ...stream.finish());
    expect(ids).toEqual(whole);
  });

  it('waits for the end where the end decides, and takes symbols of four bytes', () => {
    const symbols = 70_000;
    const row = new BpeModel({ table: dominoes(symbols) });
    const stream = row.stream();
    const ascending = Uint32Array.from({ length: symbols }, (_, symbol) => symbol);
    for (let at = 0; at < symbols; at += 999) {
      expect(stream.push(ascending.subarray(at, at + 999)).length).toBe(0);
    }
    const ids = stream.finish();
    expect(ids.length).toBe(symbols / 2);
    expect([ids[0], ids.at(-1)]).toEqual([symbols + symbols - 2, symbols]);
  });
});
