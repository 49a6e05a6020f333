import { PolytokError } from '../errors.js';

/** Copies symbols into ranks, which they are. @throws PolytokError `INVALID_ARGUMENT` naming the first that is outside the alphabet */
export function symbolsToRanks(symbols: ArrayLike<number>, alphabetSize: number): Uint32Array {
  const ranks = new Uint32Array(symbols.length);
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i];
    if (!(symbol >= 0 && symbol < alphabetSize && Number.isInteger(symbol))) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Symbol ${symbol} at position ${i} is not in the alphabet; symbols are integers from 0 to ${alphabetSize - 1}.`,
        { details: { position: i, symbol, alphabetSize } },
      );
    }
    ranks[i] = symbol;
  }
  return ranks;
}
