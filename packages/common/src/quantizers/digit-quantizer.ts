import type { IdArray, Modality } from '../contract.js';
import { idArrayClass } from '../id-array.js';
import type { Vocabulary } from '../vocabulary.js';
import { checkIdRows } from './check-id-rows.js';
import { checkTarget, checkVectors } from './check-vectors.js';
import type { Quantizer, QuantizerConfig, Vectors } from './contract.js';
import type { DigitLayout } from './digit-layout.js';
import { quantizerVocabulary } from './quantizer-vocabulary.js';
import type { QuantizerTensors } from './tensors.js';

/** What a {@link DigitQuantizer} is built on. */
export interface DigitQuantizerShape {
  readonly dimension: number;
  /** Default: `dimension`. */
  readonly codeDimension?: number;
  readonly layout: DigitLayout;
  /** Names the id layout in the vocabulary, for example 'lsb-first'. */
  readonly layoutName: string;
}

/**
 * A quantizer without a stored codebook: a vector becomes a row of small integers, and these become ids by a
 * {@link DigitLayout}. A subclass says how one row becomes digits and back; checks, loops and ids are here.
 */
export abstract class DigitQuantizer implements Quantizer {
  abstract readonly type: string;
  readonly dimension: number;
  readonly codeDimension: number;
  protected readonly layout: DigitLayout;
  readonly #layoutName: string;

  constructor({ dimension, codeDimension = dimension, layout, layoutName }: DigitQuantizerShape) {
    this.dimension = dimension;
    this.codeDimension = codeDimension;
    this.layout = layout;
    this.#layoutName = layoutName;
  }

  abstract toJSON(): QuantizerConfig;

  /** Digits of the row that starts at `vectors[at]`. */
  protected abstract rowToDigits(vectors: Vectors, at: number, digits: Uint32Array): void;

  /** Writes the row that `digits` stand for to `vectors[at …]`. */
  protected abstract digitsToRow(digits: Uint32Array, vectors: Vectors, at: number): void;

  get codebookSizes(): readonly number[] {
    return this.layout.codebookSizes;
  }

  quantize(vectors: Vectors): IdArray {
    const { layout, dimension } = this;
    const { codebooks } = layout;
    const rows = checkVectors(vectors, dimension);
    const codes = new (idArrayClass(layout.codebookSizes[0]))(rows * codebooks);
    const digits = new Uint32Array(layout.digits);
    for (let row = 0; row < rows; row++) {
      this.rowToDigits(vectors, row * dimension, digits);
      layout.pack(digits, codes, row * codebooks);
    }
    return codes;
  }

  dequantize(codes: ArrayLike<number>): Float32Array;
  dequantize<Into extends Vectors>(codes: ArrayLike<number>, into: Into): Into;
  dequantize(codes: ArrayLike<number>, into?: Vectors): Vectors {
    const { layout, codeDimension } = this;
    const { codebooks } = layout;
    const rows = checkIdRows(codes, layout.codebookSizes);
    const vectors = into ?? new Float32Array(rows * codeDimension);
    checkTarget(vectors, rows, codeDimension);
    const digits = new Uint32Array(layout.digits);
    for (let row = 0; row < rows; row++) {
      layout.unpack(codes, row * codebooks, digits);
      this.digitsToRow(digits, vectors, row * codeDimension);
    }
    return vectors;
  }

  /** None: the configuration says all. */
  tensors(): QuantizerTensors {
    return {};
  }

  vocabulary(modality: Modality): Vocabulary {
    return quantizerVocabulary(this, modality, this.#layoutName);
  }
}
