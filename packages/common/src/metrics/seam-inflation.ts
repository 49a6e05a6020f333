import { requireInteger } from '../arguments.js';
import { PolytokError } from '../errors.js';

export interface SeamInflationOptions {
  /** Length of the source, in its own units; at least 1. */
  readonly length: number;
  /** Units per piece, at least 1; the last piece may be shorter. */
  readonly pieceLength: number;
  /** Number of tokens of source units `[start, end)`, encoded alone. Called once for the whole and once per piece. */
  readonly countTokens: (start: number, end: number) => number;
}

export interface SeamInflation {
  /** `tokensInPieces / tokensWhole - 1`: what cutting costs; 0 is nothing. */
  readonly value: number;
  readonly tokensWhole: number;
  readonly tokensInPieces: number;
  readonly pieces: number;
}

/**
 * Extra tokens that result when a source is encoded in pieces of fixed length rather than whole.
 * @throws PolytokError `INVALID_ARGUMENT` for bad lengths or counts, or when the whole gives no tokens
 */
export function seamInflation(options: SeamInflationOptions): SeamInflation {
  const { length, pieceLength } = options;
  requireInteger(length, 'length', { minimum: 1 });
  requireInteger(pieceLength, 'pieceLength', { minimum: 1 });
  const countTokens = (start: number, end: number): number => {
    const count = options.countTokens(start, end);
    requireInteger(count, `countTokens(${start}, ${end})`);
    return count;
  };
  const tokensWhole = countTokens(0, length);
  if (tokensWhole === 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `The whole source of ${length} units gives no tokens, so that nothing can inflate.`,
      {
        details: { length },
      },
    );
  }
  let tokensInPieces = 0;
  let pieces = 0;
  for (let start = 0; start < length; start += pieceLength) {
    tokensInPieces += countTokens(start, Math.min(start + pieceLength, length));
    pieces++;
  }
  return { value: tokensInPieces / tokensWhole - 1, tokensWhole, tokensInPieces, pieces };
}
