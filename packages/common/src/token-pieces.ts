import { equalAlignments } from './alignment.js';
import { concatIds } from './concat-ids.js';
import type { Alignment, TokenSequence } from './contract.js';
import { PolytokError } from './errors.js';
import { checkSameVocabulary } from './token-sequence.js';

export interface WidthOptions {
  /** Source units per token by (first) id. Needed where the alignment's kind is 'widths', unused otherwise. */
  readonly widths?: ArrayLike<number>;
}

export interface SliceOptions extends WidthOptions {
  /** First row. Default: 0. */
  readonly start?: number;
  /** Row after the last one. Default: the length. */
  readonly end?: number;
}

/**
 * Rows `start … end-1`, aligned with the same places of the source. Shares the ids' memory.
 * @throws PolytokError `INVALID_ARGUMENT`; `UNSUPPORTED` for a grid or a whole, which have no such parts
 */
export function sliceTokens(tokens: TokenSequence, options: SliceOptions = {}): TokenSequence {
  const { start = 0, end = tokens.length, widths } = options;
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || start > end || end > tokens.length) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Rows ${start} to ${end} are not a part of ${tokens.length} tokens. Pass integers with 0 ≤ start ≤ end ≤ length.`,
      { details: { start, end, length: tokens.length } },
    );
  }
  return {
    ...tokens,
    ids: tokens.ids.subarray(start * tokens.codebooks, end * tokens.codebooks),
    length: end - start,
    alignment: alignmentAfter(tokens, start, widths),
  };
}

/**
 * Joins tokens of consecutive pieces of one signal.
 * @throws PolytokError `VOCABULARY_MISMATCH`; `INVALID_ARGUMENT` when there is nothing to join or a piece does
 * not start where the one before it ends; `UNSUPPORTED` for grids and wholes
 */
export function concatTokens(pieces: readonly TokenSequence[], options: WidthOptions = {}): TokenSequence {
  if (pieces.length === 0) {
    throw new PolytokError('INVALID_ARGUMENT', 'There are no tokens to join. Pass at least one sequence.');
  }
  const [first] = pieces;
  for (let i = 1; i < pieces.length; i++) {
    checkSameVocabulary(pieces[i], first);
    const expected = alignmentAfter(pieces[i - 1], pieces[i - 1].length, options.widths);
    if (!equalAlignments(pieces[i].alignment, expected)) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Piece ${i} is aligned as ${JSON.stringify(pieces[i].alignment)}, but the one before it ends at ${JSON.stringify(expected)}. Join consecutive pieces of one signal.`,
        { details: { piece: i, actual: pieces[i].alignment, expected } },
      );
    }
  }
  const parts = pieces.map((piece) => piece.ids);
  const wide = parts.some((ids) => ids.BYTES_PER_ELEMENT === 4);
  const ids = wide ? concatIds(Uint32Array, parts) : concatIds(Uint16Array, parts);
  return { ...first, ids, length: ids.length / first.codebooks };
}

/** Alignment of what follows the first `rows` rows. */
function alignmentAfter(tokens: TokenSequence, rows: number, widths?: ArrayLike<number>): Alignment {
  const { alignment, ids, codebooks } = tokens;
  if (alignment.kind === 'hop') return { ...alignment, offset: alignment.offset + rows * alignment.hop };
  if (alignment.kind !== 'widths') {
    throw new PolytokError(
      'UNSUPPORTED',
      `Tokens with alignment '${alignment.kind}' describe their signal in one piece; they can neither be cut nor joined. Cut or join the signal and encode that.`,
      { details: { kind: alignment.kind } },
    );
  }
  if (widths === undefined) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      "Where these tokens lie depends on their widths. Pass `widths`: each id's length in source units.",
    );
  }
  let start = alignment.start;
  for (let row = 0; row < rows; row++) start += widths[ids[row * codebooks]];
  return { kind: 'widths', start };
}
