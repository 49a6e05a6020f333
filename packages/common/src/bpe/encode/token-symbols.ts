import { PolytokError } from '../../errors.js';
import { type MergeTable, tokenLengths } from '../merge-table.js';

/** Symbols of all tokens together. Protects memory from hostile merge lists; real vocabularies stay below 10^7. */
export const MAX_TOTAL_SYMBOLS = 1 << 26;

/** Array type for symbols of an alphabet: as narrow as it can be. */
export type SymbolArray = Uint8Array | Uint16Array | Uint32Array;

/** Bytes per symbol: 1, 2 or 4. */
export function symbolWidth(alphabetSize: number): 1 | 2 | 4 {
  return alphabetSize <= 0x100 ? 1 : alphabetSize <= 0x10000 ? 2 : 4;
}

export function allocateSymbols(alphabetSize: number, length: number): SymbolArray {
  const Type = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array }[symbolWidth(alphabetSize)];
  return new Type(length);
}

/** Every token spelled out: token `t` is `symbols[offsets[t] … offsets[t + 1])`. */
export interface TokenSymbols {
  readonly symbols: SymbolArray;
  /** `(tokens + 1)` */
  readonly offsets: Uint32Array;
}

/** Spells out the tokens of a merge table. @throws PolytokError `INVALID_FORMAT`, `LIMIT_EXCEEDED` */
export function spellTokens(table: MergeTable): TokenSymbols {
  const lengths = tokenLengths(table);
  let total = 0;
  for (const length of lengths) total += length;
  if (total > MAX_TOTAL_SYMBOLS) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `The vocabulary's tokens hold ${total} symbols together; the limit is ${MAX_TOTAL_SYMBOLS}.`,
      {
        details: { symbols: total, limit: MAX_TOTAL_SYMBOLS },
      },
    );
  }
  const { alphabetSize, left, right } = table;
  const symbols = allocateSymbols(alphabetSize, total);
  const offsets = new Uint32Array(lengths.length + 1);
  for (let token = 0; token < lengths.length; token++) {
    const at = offsets[token];
    offsets[token + 1] = at + lengths[token];
    if (token < alphabetSize) {
      symbols[at] = token;
      continue;
    }
    const a = left[token - alphabetSize];
    const b = right[token - alphabetSize];
    symbols.copyWithin(at, offsets[a], offsets[a + 1]);
    symbols.copyWithin(at + lengths[a], offsets[b], offsets[b + 1]);
  }
  return { symbols, offsets };
}
