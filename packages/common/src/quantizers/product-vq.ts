/**
 * Product quantization (Jégou, Douze, Schmid 2011, IEEE TPAMI 33:117): the features of a vector are cut into parts of
 * equal width, and each part is looked up in a codebook of its own.
 *
 *     y = x·R,   id_m = argmin |y_m − e|² over the codes e of part m,   decoded: (e_1, …, e_M)·Rᵀ
 *
 * R is orthogonal. It mixes features before they are cut, so that parts weigh about equally: `randomRotation`,
 * or one learnt elsewhere, such as that of OPQ. Without it y = x.
 */

import { PolytokError } from '../errors.js';
import { checkLength, checkValues } from '../kernels/check-values.js';
import type { AsyncKernels, Codebook, Kernels, Matrix } from '../kernels/contract.js';
import type { Steps } from '../steps.js';
import { chunkedNearest } from './chunked-nearest.js';
import { CodebookQuantizer, type ComputeOptions } from './codebook-quantizer.js';
import { checkConfig } from './config-fields.js';
import type { QuantizerConfig, Vectors } from './contract.js';
import { groupWidth } from './grouped-rvq.js';
import type { OperandSource } from './prepared-operands.js';
import { isRotation, rotateBack } from './rotation.js';
import {
  checkStageLayout,
  StageCodebooks,
  type StageLayout,
  stageOptions,
  stageShapes,
} from './stage-codebooks.js';
import { type QuantizerTensors, takeTensors } from './tensors.js';

export interface ProductVqOptions extends ComputeOptions {
  /** One for each part, `(count, dimension / parts)`, of any counts. Of magnitude at most 1e15. Copied. */
  readonly codebooks: readonly Float32Array[];
  /** Numbers per vector, a multiple of the number of parts. */
  readonly dimension: number;
  /** R, `(dimension, dimension)`, orthogonal; vectors are multiplied by it from the left. Copied. Default: none. */
  readonly rotation?: Float32Array;
}

/** What {@link ProductVq} prepares. */
export interface PreparedProduct {
  readonly rotation: Matrix | undefined;
  readonly parts: readonly (readonly Codebook[])[];
}

/** See the top of this file. A row of ids has one for each part. */
export class ProductVq extends CodebookQuantizer<PreparedProduct> {
  static readonly type = 'product-vq';
  readonly type = ProductVq.type;
  /** Number of parts. */
  readonly parts: number;
  /** The codebook of each part is one list of stages with one entry. */
  readonly #codebooks: StageCodebooks;
  readonly #rotation: Float32Array | undefined;

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link ProductVqOptions} says */
  constructor({ codebooks, dimension, rotation, kernels }: ProductVqOptions) {
    const width = groupWidth(dimension, codebooks.length);
    const own = new StageCodebooks({ codebooks, dimension: width });
    if (rotation) checkRotation(rotation, dimension);
    super({ dimension, codebookSizes: own.counts, layoutName: ProductVq.type, kernels });
    this.parts = codebooks.length;
    this.#codebooks = own;
    this.#rotation = rotation?.slice();
  }

  protected prepare(source: OperandSource): PreparedProduct {
    const rotation = this.#rotation && source.prepareMatrix(this.#rotation, { inner: this.dimension });
    return { rotation, parts: this.#codebooks.prepare(source).map((codebook) => [codebook]) };
  }

  protected *quantizeSteps(
    kernels: Kernels | AsyncKernels,
    { rotation, parts }: PreparedProduct,
    vectors: Float32Array,
    ids: Uint32Array,
  ): Steps {
    let rotated = vectors;
    if (rotation) {
      rotated = new Float32Array(vectors.length);
      yield kernels.matmul(rotation, vectors, rotated);
    }
    yield* chunkedNearest(kernels, parts, rotated, ids);
  }

  protected codesToRow(codes: ArrayLike<number>, at: number, vectors: Vectors, start: number): void {
    const width = this.#codebooks.dimension;
    for (let part = 0; part < this.parts; part++) {
      this.#codebooks.copyCode(part, codes[at + part], vectors, start + part * width);
    }
    if (this.#rotation) rotateBack(this.#rotation, vectors, start, this.dimension);
  }

  /** `codes.<part>`: `(count, dimension / parts)`; and `rotation`, `(dimension, dimension)`, where there is one. */
  tensors(): QuantizerTensors {
    const { dimension } = this;
    const rotation = this.#rotation && { shape: [dimension, dimension], values: this.#rotation.slice() };
    return { ...this.#codebooks.tensors('codes'), ...(rotation ? { rotation } : {}) };
  }

  toJSON(): QuantizerConfig {
    const { type, codebookSizes: counts, dimension, fingerprint } = this;
    return { type, counts, dimension, rotated: this.#rotation !== undefined, fingerprint };
  }

  /** @throws PolytokError `INVALID_FORMAT`, `VOCABULARY_MISMATCH` for other tensors than stored, and what the constructor throws */
  static fromJSON(config: unknown, tensors: QuantizerTensors = {}, compute: ComputeOptions = {}): ProductVq {
    checkConfig(config, [ProductVq.type], {
      counts: 'numbers',
      dimension: 'number',
      rotated: 'boolean',
      fingerprint: 'string',
    });
    const { counts, dimension, rotated = false } = config as unknown as StageLayout & { rotated?: boolean };
    checkStageLayout({ counts, dimension });
    const layout = { counts, dimension: groupWidth(dimension, counts.length), shared: false };
    const shapes = stageShapes(layout, 'codes');
    if (rotated) shapes.rotation = [dimension, dimension];
    const values = takeTensors(ProductVq.type, tensors, shapes);
    const { codebooks } = stageOptions(layout, 'codes', values);
    return CodebookQuantizer.verified(
      new ProductVq({ codebooks, dimension, rotation: values.rotation, ...compute }),
      config,
    );
  }
}

function checkRotation(rotation: Float32Array, dimension: number): void {
  checkLength('rotation', rotation, dimension * dimension, '(dimension, dimension)');
  checkValues('rotation', rotation, dimension);
  if (isRotation(rotation, dimension)) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    "'rotation' is not orthogonal, so that vectors could not be turned back. Make one with randomRotation(), or orthogonalize its rows.",
    { details: { dimension } },
  );
}
