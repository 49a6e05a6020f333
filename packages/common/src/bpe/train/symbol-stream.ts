import { PolytokError } from '../../errors.js';

/** One piece of training data. Merges never cross its ends nor its `borders`. */
export interface TrainingSequence {
  /** Bytes, or integer symbols below the alphabet's size. */
  readonly symbols: Uint8Array | Uint16Array | Uint32Array;
  /** Ascending offsets at which a new segment starts (sections of a file, words). Default: none. */
  readonly borders?: ArrayLike<number>;
  /** How many times this sequence counts; 0 for data that is only tokenized along. Counts of fractions are rounded. Default: 1. */
  readonly weight?: number;
  /** Index of the group (language, architecture) whose counts it feeds. Default: 0. */
  readonly group?: number;
  /** True when its length in tokens measures how well its group is served. Default: false. */
  readonly measured?: boolean;
}

/** A contiguous part of the stream with one weight and one group. */
export interface Span {
  /** First position after the span. */
  readonly end: number;
  readonly weight: number;
  readonly group: number;
  readonly measured: boolean;
}

/** Symbols the stream can hold: positions are stored in 32 bits. */
export const MAX_STREAM = 2 ** 32 - 1;

/**
 * The training data as one array, addressed by position. A token that covers `[p, p+n)` has its id at its
 * first and at its last position, so that both neighbours of any token are one read away and no links are
 * stored: two bytes per input byte while the vocabulary is below 65,534 (four above).
 * A border between segments takes one position.
 */
export interface SymbolStream {
  readonly ids: Uint16Array | Uint32Array;
  /** Id that stands between segments. */
  readonly border: number;
  /** Id written where a token used to start and no longer does. */
  readonly interior: number;
  readonly spans: readonly Span[];
  /** Symbols, borders not counted. */
  readonly symbols: number;
}

/** Lays sequences out, ordered by span so that each group and weight is one stretch. @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED` */
export function layOutStream(
  sequences: readonly TrainingSequence[],
  alphabetSize: number,
  maxVocabulary: number,
): SymbolStream {
  const border = maxVocabulary;
  const interior = maxVocabulary + 1;
  let symbols = 0;
  let borders = 1;
  for (const s of sequences) {
    symbols += s.symbols.length;
    borders += 1 + (s.borders?.length ?? 0);
  }
  if (symbols + borders > MAX_STREAM) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `Training data holds ${symbols} symbols; at most ${MAX_STREAM} fit. Train on a sample.`,
      {
        details: { symbols, limit: MAX_STREAM },
      },
    );
  }
  const ids = interior <= 0xffff ? new Uint16Array(symbols + borders) : new Uint32Array(symbols + borders);
  const ordered = sequences
    .map((sequence, index) => ({ sequence, index }))
    .sort((a, b) => compareSpans(a.sequence, b.sequence) || a.index - b.index);
  const spans: Span[] = [];
  ids[0] = border;
  let at = 1;
  for (const { sequence, index } of ordered) {
    at = copySegments(ids, at, sequence, index, alphabetSize, border);
    const span = {
      end: at,
      weight: sequence.weight ?? 1,
      group: sequence.group ?? 0,
      measured: sequence.measured ?? false,
    };
    const last = spans.at(-1);
    if (last && last.weight === span.weight && last.group === span.group && last.measured === span.measured)
      spans[spans.length - 1] = span;
    else spans.push(span);
  }
  return { ids: ids.subarray(0, at), border, interior, spans, symbols };
}

function compareSpans(a: TrainingSequence, b: TrainingSequence): number {
  return (
    (a.group ?? 0) - (b.group ?? 0) ||
    Number(a.measured ?? false) - Number(b.measured ?? false) ||
    (a.weight ?? 1) - (b.weight ?? 1)
  );
}

/** Copies one sequence with its borders to position `at`; returns the position after its closing border. */
function copySegments(
  ids: Uint16Array | Uint32Array,
  at: number,
  sequence: TrainingSequence,
  index: number,
  alphabetSize: number,
  border: number,
): number {
  const { symbols, borders = [] } = sequence;
  if (alphabetSize < 2 ** (8 * symbols.BYTES_PER_ELEMENT)) {
    const bad = symbols.findIndex((symbol) => symbol >= alphabetSize);
    if (bad >= 0) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Sequence ${index} has symbol ${symbols[bad]} at ${bad}; symbols must be below the alphabet's size ${alphabetSize}.`,
        {
          details: { sequence: index, position: bad, symbol: symbols[bad], alphabetSize },
        },
      );
    }
  }
  let from = 0;
  for (let k = 0; k <= borders.length; k++) {
    const to = k < borders.length ? borders[k] : symbols.length;
    if (!(Number.isInteger(to) && to >= from && to <= symbols.length)) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Border ${k} of sequence ${index} is ${to}; borders must ascend from 0 to the length ${symbols.length}.`,
        {
          details: { sequence: index, border: to, length: symbols.length },
        },
      );
    }
    if (to === from) continue;
    ids.set(symbols.subarray(from, to), at);
    at += to - from;
    ids[at++] = border;
    from = to;
  }
  return at;
}
