import { PolytokError, requireChoice, requireInteger, requirePositive } from '@polytok/common';
import { BpeModel, type TrainingProgress, trainBpe } from '@polytok/common/bpe';
import { requireFinite, requireLength } from '../check-chunk.js';
import type { ActionChunk } from '../contract.js';
import { Reservoir } from '../reservoir.js';
import { characterOf } from './byte-alphabet.js';
import { ByteLevelCoder } from './byte-level-coder.js';
import type { CoefficientCoder } from './coefficient-coder.js';
import { Dct } from './dct.js';
import { FastTokenizer } from './fast-tokenizer.js';
import { pieceEnd } from './gpt2-split.js';
import { IntegerCoder } from './integer-coder.js';

export interface FastFitOptions {
  /** T: steps of a chunk. */
  readonly steps: number;
  /** D: numbers per step. */
  readonly columns: number;
  /**
   * `integer`: BPE over the coefficients. `bytelevel`: over the text that published processors make of them, whose files it
   * can be written to. Default: 'integer'.
   */
  readonly mode?: 'integer' | 'bytelevel';
  /** Levels per unit of a coefficient; see {@link FastFitter.suggestScale}. Default: 10. */
  readonly scale?: number;
  /** Tokens, at least as many as there are different coefficients. Default: 1024. */
  readonly vocabularySize?: number;
  /** Coefficients added below and above those that were seen, for chunks to come. Default: 0. */
  readonly margin?: number;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly signal?: AbortSignal;
}

/** Chunks whose coefficients are held to train on, a uniform sample of all; 4 bytes for each coefficient. */
export const MAX_TRAINING_CHUNKS = 1 << 13;

/** Codes end below the surrogates, which are no text. */
const MAX_CODES = 0xd800;

/**
 * A FAST tokenizer for normalised chunks.
 * @param chunks each `(steps, columns)`
 * @throws PolytokError `INVALID_ARGUMENT` for no chunks, bad ones (naming them), or a vocabulary below the coefficients
 */
export async function fitFast(
  chunks: Iterable<ActionChunk>,
  options: FastFitOptions,
): Promise<FastTokenizer> {
  const fitter = new FastFitter(options);
  for (const chunk of chunks) fitter.add(chunk);
  return fitter.finish();
}

/** {@link fitFast} for data that come bit by bit, in constant memory. */
export class FastFitter {
  readonly #options: Required<Omit<FastFitOptions, 'onProgress' | 'signal'>> &
    Pick<FastFitOptions, 'onProgress' | 'signal'>;
  readonly #dct: Dct;
  readonly #held = new Reservoir<Int32Array>(MAX_TRAINING_CHUNKS);
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  #least = Infinity;
  #most = -Infinity;

  /** @throws PolytokError `INVALID_ARGUMENT` */
  constructor(options: FastFitOptions) {
    const { steps, columns, mode = 'integer', scale = 10, vocabularySize = 1024, margin = 0 } = options;
    requireInteger(steps, 'steps', { minimum: 1, maximum: 4096 });
    requireInteger(columns, 'columns', { minimum: 1, maximum: 1024 });
    requireChoice(mode, 'mode', ['integer', 'bytelevel']);
    requirePositive(scale, 'scale');
    requireInteger(vocabularySize, 'vocabularySize', { minimum: 2 });
    requireInteger(margin, 'margin', { maximum: MAX_CODES });
    this.#options = { ...options, mode, scale, vocabularySize, margin };
    this.#dct = new Dct(steps, columns);
    this.#low = new Float64Array(columns).fill(Infinity);
    this.#high = new Float64Array(columns).fill(-Infinity);
  }

  /** @param chunk `(steps, columns)` @throws PolytokError `INVALID_ARGUMENT`; the chunk then does not count */
  add(chunk: ActionChunk): void {
    const { steps, columns, scale } = this.#options;
    requireLength(chunk, `chunk ${this.#held.seen}`, steps, columns);
    requireFinite(chunk, columns);
    for (let at = 0; at < chunk.length; at++) {
      const column = at % columns;
      this.#low[column] = Math.min(this.#low[column], chunk[at]);
      this.#high[column] = Math.max(this.#high[column], chunk[at]);
    }
    const { coefficients } = this.#dct;
    this.#dct.chunk.set(chunk);
    this.#dct.forward();
    this.#dct.round(scale);
    for (const coefficient of coefficients) {
      if (coefficient < this.#least) this.#least = coefficient;
      if (coefficient > this.#most) this.#most = coefficient;
    }
    this.#held.offer(() => Int32Array.from(coefficients));
  }

  /** @throws PolytokError `INVALID_ARGUMENT`, `ABORTED` */
  async finish(): Promise<FastTokenizer> {
    const { steps, columns, mode, scale, vocabularySize, margin, onProgress, signal } = this.#options;
    if (this.#held.seen === 0) {
      throw new PolytokError('INVALID_ARGUMENT', 'FAST is fitted to at least one chunk; got none.');
    }
    const minToken = this.#least - margin;
    const codes = this.#most + margin - minToken + 1;
    if (codes > Math.min(vocabularySize, MAX_CODES)) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `These chunks have coefficients from ${this.#least} to ${this.#most}: ${codes} tokens at least, more than 'vocabularySize' ${vocabularySize} or the ${MAX_CODES} there can be. Normalise the actions, lower the scale, or ask for more tokens.`,
        { details: { codes, vocabularySize, least: this.#least, most: this.#most } },
      );
    }
    const rows = this.#held.items.map((row) =>
      Uint32Array.from(row, (coefficient) => coefficient - minToken),
    );
    const train = mode === 'integer' ? trainInteger : trainByteLevel;
    const coder = await train(rows, codes, { vocabularySize, onProgress, signal });
    const [low, high] = [[...this.#low], [...this.#high]];
    return new FastTokenizer({ steps, columns, scale, minToken, coder, low, high });
  }

  /**
   * The scale at which rounding alone costs about `tolerance` (root mean square, in the units of the chunks): a level is
   * 1/scale, so that each coefficient, and with it each action, is off by 1/(scale·√12).
   */
  static suggestScale(tolerance: number): number {
    requirePositive(tolerance, 'tolerance');
    return 1 / (tolerance * Math.sqrt(12));
  }
}

type TrainOptions = Pick<FastFitOptions, 'onProgress' | 'signal'> & { readonly vocabularySize: number };

async function trainInteger(
  rows: readonly Uint32Array[],
  codes: number,
  options: TrainOptions,
): Promise<CoefficientCoder> {
  const sequences = rows.map((symbols) => ({ symbols }));
  const { table } = await trainBpe(sequences, { ...options, alphabetSize: codes });
  return new IntegerCoder(new BpeModel({ table }));
}

/**
 * As the published processor trains: the alphabet holds chr(0) … of all codes, which byte-level tokens never use, and the
 * bytes that occur. Ties and counts are those of `trainBpe`, not of HuggingFace, which counts `aaa` as two pairs.
 */
async function trainByteLevel(
  rows: readonly Uint32Array[],
  codes: number,
  options: TrainOptions,
): Promise<CoefficientCoder> {
  const texts = rows.map((row) => encodeText(row));
  const present = new Set<number>();
  for (const { bytes } of texts) for (const byte of bytes) present.add(byte);
  const inOrder = [...present].map((byte) => ({ byte, character: characterOf(byte) })).sort(byCharacter);
  const symbolOf = new Map(inOrder.map(({ byte }, symbol) => [byte, symbol]));
  const raw = Array.from({ length: codes }, (_, code) => String.fromCodePoint(code));
  const alphabet = [...new Set([...raw, ...inOrder.map(({ character }) => character)])].sort(byText);
  const unused = alphabet.length - inOrder.length;
  const sequences = texts.map(({ bytes, borders }) => ({
    symbols: Uint16Array.from(bytes, (byte) => symbolOf.get(byte)!),
    borders,
  }));
  const { table } = await trainBpe(sequences, {
    ...options,
    alphabetSize: inOrder.length,
    vocabularySize: Math.max(options.vocabularySize - unused, inOrder.length),
  });
  const spelled = inOrder.map(({ character }) => character);
  const merges = Array.from(table.left, (left, merge) => {
    const pair = [spelled[left], spelled[table.right[merge]]] as const;
    spelled.push(pair[0] + pair[1]);
    return pair;
  });
  const tokens = [...new Set([...alphabet, ...spelled])];
  return new ByteLevelCoder({ tokens, merges });
}

/** UTF-8 of codes, and where its pieces start. */
function encodeText(codes: Uint32Array): { bytes: Uint8Array; borders: number[] } {
  const pieces: Uint8Array[] = [];
  const borders: number[] = [];
  let length = 0;
  for (let at = 0; at < codes.length; ) {
    const end = pieceEnd(codes, at, codes.length);
    const piece = new TextEncoder().encode(String.fromCodePoint(...codes.subarray(at, end)));
    borders.push(length);
    length += piece.length;
    pieces.push(piece);
    at = end;
  }
  const bytes = new Uint8Array(length);
  for (const [index, piece] of pieces.entries()) bytes.set(piece, borders[index]);
  return { bytes, borders };
}

function byCharacter(a: { readonly character: string }, b: { readonly character: string }): number {
  return byText(a.character, b.character);
}

function byText(a: string, b: string): number {
  return a.codePointAt(0)! - b.codePointAt(0)!;
}
