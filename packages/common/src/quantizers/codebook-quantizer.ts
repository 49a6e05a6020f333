import type { IdArray, Modality } from '../contract.js';
import { checkStoredFingerprint } from '../fingerprint.js';
import { narrowIds } from '../id-array.js';
import type { AsyncKernels, Kernels } from '../kernels/contract.js';
import { defaultKernels } from '../kernels/default-kernels.js';
import { awaitSteps, runSteps, type Steps } from '../steps.js';
import type { Vocabulary } from '../vocabulary.js';
import { checkIdRows } from './check-id-rows.js';
import { checkTarget, checkVectors } from './check-vectors.js';
import type { Quantizer, QuantizerConfig, Vectors } from './contract.js';
import { type OperandSource, PreparedOperands } from './prepared-operands.js';
import { quantizerVocabulary } from './quantizer-vocabulary.js';
import { fingerprintOfTensors, type QuantizerTensors } from './tensors.js';

/** How a {@link CodebookQuantizer} computes, which changes no id's meaning and is not stored. */
export interface ComputeOptions {
  /** What {@link CodebookQuantizer.quantize} runs on. Default: WebAssembly kernels that all quantizers share. */
  readonly kernels?: Kernels;
}

/** What a {@link CodebookQuantizer} is built on. */
export interface CodebookQuantizerShape extends ComputeOptions {
  readonly dimension: number;
  /** Default: `dimension`. */
  readonly codeDimension?: number;
  readonly codebookSizes: readonly number[];
  /** Names the id layout in the vocabulary. Default: 'plain'. */
  readonly layoutName?: string;
}

/**
 * A quantizer that looks its codes up. A subclass holds the codebooks, prepares them for kernels, and writes its
 * algorithm once, as steps, for synchronous and asynchronous kernels; checks, ids, operands and identity are here.
 *
 * Arithmetic is single precision: doubles are rounded once, before anything else.
 */
export abstract class CodebookQuantizer<Prepared> implements Quantizer {
  abstract readonly type: string;
  readonly dimension: number;
  readonly codeDimension: number;
  readonly codebookSizes: readonly number[];
  readonly #layoutName: string;
  readonly #kernels: Kernels | undefined;
  readonly #operands = new PreparedOperands((source) => this.prepare(source));
  #fingerprint: string | undefined;

  constructor(shape: CodebookQuantizerShape) {
    const { dimension, codeDimension = dimension, codebookSizes, layoutName = 'plain', kernels } = shape;
    this.dimension = dimension;
    this.codeDimension = codeDimension;
    this.codebookSizes = Object.freeze([...codebookSizes]);
    this.#layoutName = layoutName;
    this.#kernels = kernels;
  }

  /** The arrays that {@link toJSON} leaves out, by name, as copies. With the configuration they are the quantizer. */
  abstract tensors(): QuantizerTensors;

  /** The configuration, with {@link fingerprint} as `fingerprint`. */
  abstract toJSON(): QuantizerConfig;

  /** The operands of {@link quantizeSteps}; all that `source` prepared is freed when the quantizer goes. */
  protected abstract prepare(source: OperandSource): Prepared;

  /**
   * The algorithm.
   * @param prepared what {@link prepare} made for these kernels
   * @param vectors `(rows, dimension)`, finite; the caller's own: not to be changed
   * @param ids `(rows, codebooks)` receives the ids
   */
  protected abstract quantizeSteps(
    kernels: Kernels | AsyncKernels,
    prepared: Prepared,
    vectors: Float32Array,
    ids: Uint32Array,
  ): Steps;

  /** Writes the vector that the ids from `codes[at]` stand for to `vectors[start …]`. */
  protected abstract codesToRow(codes: ArrayLike<number>, at: number, vectors: Vectors, start: number): void;

  /** Identity of the tensors: 16 hexadecimal digits. */
  get fingerprint(): string {
    this.#fingerprint ??= fingerprintOfTensors(this.tensors());
    return this.#fingerprint;
  }

  /** What synchronous methods run on. */
  protected get kernels(): Kernels {
    return this.#kernels ?? defaultKernels();
  }

  /** What {@link prepare} made for these kernels, now or before. */
  protected preparedOn(kernels: Kernels | AsyncKernels): Prepared {
    return this.#operands.on(kernels);
  }

  quantize(vectors: Vectors): IdArray {
    return runSteps(this.#quantize(this.kernels, vectors));
  }

  /**
   * {@link quantize} on other kernels: WebGPU, TensorFlow.js, threads. They hold the prepared codebooks until
   * {@link dispose}, so that further calls find them there.
   * @throws PolytokError what {@link quantize} throws, as a rejection, and what the kernels throw
   */
  async quantizeOn(kernels: Kernels | AsyncKernels, vectors: Vectors): Promise<IdArray> {
    return awaitSteps(this.#quantize(kernels, vectors));
  }

  *#quantize(kernels: Kernels | AsyncKernels, vectors: Vectors): Steps<IdArray> {
    const rows = checkVectors(vectors, this.dimension);
    const ids = new Uint32Array(rows * this.codebookSizes.length);
    const single = vectors instanceof Float32Array ? vectors : Float32Array.from(vectors);
    yield* this.quantizeSteps(kernels, this.preparedOn(kernels), single, ids);
    return narrowIds(ids, Math.max(...this.codebookSizes));
  }

  dequantize(codes: ArrayLike<number>): Float32Array;
  dequantize<Into extends Vectors>(codes: ArrayLike<number>, into: Into): Into;
  dequantize(codes: ArrayLike<number>, into?: Vectors): Vectors {
    const { codeDimension, codebookSizes } = this;
    const rows = this.checkCodes(codes);
    const vectors = into ?? new Float32Array(rows * codeDimension);
    checkTarget(vectors, rows, codeDimension);
    for (let row = 0; row < rows; row++) {
      this.codesToRow(codes, row * codebookSizes.length, vectors, row * codeDimension);
    }
    return vectors;
  }

  /**
   * Frees what kernels hold for this quantizer, which stays usable: the next call prepares it again. Not while
   * {@link quantizeOn} is under way. Quantizers that are garbage do this themselves, sooner or later.
   */
  dispose(): void {
    this.#operands.dispose();
  }

  vocabulary(modality: Modality): Vocabulary {
    return quantizerVocabulary(this, modality, this.#layoutName);
  }

  /**
   * Rows in `codes`. Quantizers that may leave codebooks out override it.
   * @throws PolytokError `INVALID_ARGUMENT`, `ID_OUT_OF_RANGE`
   */
  protected checkCodes(codes: ArrayLike<number>): number {
    return checkIdRows(codes, this.codebookSizes);
  }

  /** Returns `quantizer` if its tensors are those that `config` was written with. @throws PolytokError `VOCABULARY_MISMATCH` */
  protected static verified<Made extends { readonly fingerprint: string }>(
    quantizer: Made,
    config: Readonly<Record<string, unknown>>,
  ): Made {
    checkStoredFingerprint('quantizer', config.fingerprint, quantizer.fingerprint);
    return quantizer;
  }
}
