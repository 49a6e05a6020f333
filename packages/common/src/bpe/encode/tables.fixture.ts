/** Merge tables to test encoders with. */
import fc from 'fast-check';
import { tableOf } from '../goldens.fixture.js';
import type { MergeTable } from '../merge-table.js';
import { trainBpe } from '../train/train-bpe.js';

export interface TableOptions {
  readonly alphabetSize: number;
  /** Default: 14. */
  readonly maxMerges?: number;
  /** Longest token. Default: 24. */
  readonly maxTokenSymbols?: number;
}

/**
 * Tables that no training made: tokens that are never reached, pairs that are listed twice, tokens that two merges
 * spell. Parts name a token by the first rank that spells it.
 */
export function randomTables({
  alphabetSize,
  maxMerges = 14,
  maxTokenSymbols = 24,
}: TableOptions): fc.Arbitrary<MergeTable> {
  const picks = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 2 })), {
    maxLength: maxMerges,
  });
  return picks.map((choices) => {
    const spelled = Array.from({ length: alphabetSize }, (_, symbol) => String.fromCharCode(symbol));
    const rankOf = new Map(spelled.map((spelling, rank) => [spelling, rank]));
    const pairs: [number, number][] = [];
    for (const [first, second, kind] of choices) {
      const ranks = [...rankOf.values()];
      let pair: [number, number] = [ranks[first % ranks.length], ranks[second % ranks.length]];
      if (kind === 0) {
        // Spells a token again, divided elsewhere if it can be.
        const again = spelled[first % spelled.length];
        const parts = splits(again, rankOf);
        if (parts.length > 0) pair = parts[second % parts.length];
      }
      const spelling = spelled[pair[0]] + spelled[pair[1]];
      if (spelling.length > maxTokenSymbols) continue;
      if (!rankOf.has(spelling)) rankOf.set(spelling, spelled.length);
      spelled.push(spelling);
      pairs.push(pair);
    }
    return tableOf(alphabetSize, pairs);
  });
}

function splits(spelling: string, rankOf: ReadonlyMap<string, number>): [number, number][] {
  const found: [number, number][] = [];
  for (let at = 1; at < spelling.length; at++) {
    const left = rankOf.get(spelling.slice(0, at));
    const right = rankOf.get(spelling.slice(at));
    if (left !== undefined && right !== undefined) found.push([left, right]);
  }
  return found;
}

/** Runs of a few symbols. */
export function runsOf(symbols: readonly number[], maxRuns = 20): fc.Arbitrary<number[]> {
  return fc
    .array(fc.tuple(fc.constantFrom(...symbols), fc.integer({ min: 1, max: 9 })), { maxLength: maxRuns })
    .map((runs) => runs.flatMap(([symbol, length]) => Array<number>(length).fill(symbol)));
}

/** A table trained on `text` until every pair is merged: long tokens and deep merges. */
export async function trainedOn(text: readonly number[], alphabetSize: number): Promise<MergeTable> {
  const symbols = Uint32Array.from(text);
  const { table } = await trainBpe([{ symbols }], {
    alphabetSize,
    vocabularySize: alphabetSize + 60,
    minCount: 1,
    maxTokenSymbols: 100,
  });
  return table;
}

/** Symbols below `alphabetSize` that look random, the same ones each time. */
export function pseudoRandomSymbols(length: number, alphabetSize: number): Uint8Array {
  const symbols = new Uint8Array(length);
  let state = 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    symbols[i] = Math.floor((state / 2 ** 32) * alphabetSize);
  }
  return symbols;
}

/**
 * Dominoes: the symbols 0 … n-1 in a row pair up from the right, so that the last symbol decides over all tokens.
 * No border of such a row is final before its end is known.
 */
export function dominoes(symbols: number): MergeTable {
  return tableOf(
    symbols,
    Array.from({ length: symbols - 1 }, (_, k): [number, number] => [symbols - 2 - k, symbols - 1 - k]),
  );
}
