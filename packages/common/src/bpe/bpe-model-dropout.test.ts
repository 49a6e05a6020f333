import { describe, expect, it } from 'vitest';
import { BpeModel } from './bpe-model.js';
import { specialsFirstLayout } from './merge-table.js';

const table = { alphabetSize: 4, left: Uint32Array.of(0, 4), right: Uint32Array.of(1, 2) };
const model = new BpeModel({ table, layout: specialsFirstLayout(table, ['<|pad|>']) });
const symbols = [0, 1, 2, 0, 1, 3, 0, 1, 2];

describe('BpeModel.encodeWithDropout', () => {
  it('gives the ids of encode when nothing is dropped', () => {
    expect([...model.encodeWithDropout(symbols, { probability: 0, seed: 1 })]).toEqual([6, 5, 4, 6]);
    expect([...model.encode(symbols)]).toEqual([6, 5, 4, 6]);
  });

  it('gives the ids of the symbols when everything is dropped', () => {
    expect([...model.encodeWithDropout(symbols, { probability: 1, seed: 1 })]).toEqual([
      1, 2, 3, 1, 2, 4, 1, 2, 3,
    ]);
  });

  it('decodes to the same symbols whatever is dropped', () => {
    for (let seed = 0; seed < 50; seed++) {
      expect([...model.decode(model.encodeWithDropout(symbols, { probability: 0.5, seed }))]).toEqual(
        symbols,
      );
    }
  });
});
