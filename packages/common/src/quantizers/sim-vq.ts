/**
 * SimVQ (Zhu et al., arXiv 2411.02038): the codes are a frozen random codebook C seen through one learned linear layer W,
 * so that a step of training moves all of them and none dies.
 *
 *     code_k = W·c_k,   id = argmin |x − code_k|²
 *
 * C is drawn from N(0, 1)/√f, f being the length of its codes. Tensors have the names and shapes of
 * vector-quantize-pytorch (`SimVQ` with its default transform).
 */

import { requireInteger } from '../arguments.js';
import { defaultKernels } from '../kernels/default-kernels.js';
import { seededRandom } from '../random.js';
import { checkCodes } from './check-codes.js';
import { checkIdRows } from './check-id-rows.js';
import { checkTarget, checkVectors } from './check-vectors.js';
import { CodebookQuantizer, type ComputeOptions } from './codebook-quantizer.js';
import { checkConfig } from './config-fields.js';
import type { QuantizerConfig, Vectors } from './contract.js';
import { normalValues } from './seeded-normal.js';
import { SingleCodebookQuantizer } from './single-codebook-quantizer.js';
import { type QuantizerTensors, takeTensors } from './tensors.js';

export interface SimVqOptions extends ComputeOptions {
  /** C, `(count, frozenDimension)`. Copied. */
  readonly frozen: Float32Array;
  /** W, `(dimension, frozenDimension)`, the weight of a linear layer without bias. Copied. */
  readonly transform: Float32Array;
  readonly dimension: number;
  /** Values of a frozen code. Default: `dimension`. */
  readonly frozenDimension?: number;
}

export interface RandomSimVqOptions extends ComputeOptions {
  /** Number of codes, at least 1. */
  readonly count: number;
  readonly dimension: number;
  /** Default: `dimension`. */
  readonly frozenDimension?: number;
  /** Integer; its low 32 bits decide C and the first W. */
  readonly seed: number;
}

/** See the top of this file. Quantizing a dequantized vector gives the same id, or that of an equal code. */
export class SimVq extends SingleCodebookQuantizer {
  static readonly type = 'simvq';
  readonly type = SimVq.type;
  readonly frozenDimension: number;
  readonly #frozen: Float32Array;
  readonly #transform: Float32Array;
  readonly #compute: ComputeOptions;

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link SimVqOptions} says, or codes beyond ±1e15 */
  constructor({ frozen, transform, dimension, frozenDimension = dimension, kernels }: SimVqOptions) {
    checkCodes(frozen, frozenDimension);
    requireInteger(dimension, 'dimension', { minimum: 1 });
    requireInteger(checkCodes(transform, frozenDimension), "the rows of 'transform'", {
      minimum: dimension,
      maximum: dimension,
    });
    // On the default kernels, so that the codes are the same on every machine.
    const compared = transformed(frozen, transform, frozenDimension);
    checkCodes(compared, dimension);
    super({ compared, dimension, metric: 'euclidean', layoutName: SimVq.type, kernels });
    this.frozenDimension = frozenDimension;
    this.#frozen = frozen.slice();
    this.#transform = transform.slice();
    this.#compute = { kernels };
  }

  /**
   * An untrained quantizer, the same on every machine: C from N(0, 1/frozenDimension), W uniform in
   * ±1/√frozenDimension as PyTorch's linear layers start.
   * @throws PolytokError `INVALID_ARGUMENT`
   */
  static random(options: RandomSimVqOptions): SimVq {
    const { count, dimension, frozenDimension = dimension, seed, kernels } = options;
    requireInteger(count, 'count', { minimum: 1 });
    requireInteger(dimension, 'dimension', { minimum: 1 });
    requireInteger(frozenDimension, 'frozenDimension', { minimum: 1 });
    const bound = 1 / Math.sqrt(frozenDimension);
    // Another seed than that of C, whose generator draws the same integers.
    const next = seededRandom(~seed);
    return new SimVq({
      frozen: normalValues(count * frozenDimension, seed, bound),
      transform: Float32Array.from(
        { length: dimension * frozenDimension },
        () => (next() / 2 ** 31 - 1) * bound,
      ),
      dimension,
      frozenDimension,
      kernels,
    });
  }

  /** The codes in effect, `(count, dimension)`, a copy: what a plain `Vq` with the same ids has. */
  get codes(): Float32Array {
    return this.compared.slice();
  }

  /** The same frozen codebook seen through another W, `(dimension, frozenDimension)`: one step of training. */
  withTransform(transform: Float32Array): SimVq {
    const { dimension, frozenDimension } = this;
    return new SimVq({ frozen: this.#frozen, transform, dimension, frozenDimension, ...this.#compute });
  }

  /**
   * Gradient with respect to W of a loss, given that with respect to the decoded vectors: `∂L/∂W = Σ ∂L/∂q ⊗ c`.
   * @param codes `(rows)`: the ids that were decoded
   * @param gradient ∂L/∂q, `(rows, dimension)`
   * @returns `(dimension, frozenDimension)`
   * @throws PolytokError `ID_OUT_OF_RANGE`, `INVALID_ARGUMENT`
   */
  transformGradient(codes: ArrayLike<number>, gradient: Vectors): Float64Array {
    const { dimension, frozenDimension } = this;
    const rows = checkIdRows(codes, this.codebookSizes);
    checkTarget(gradient, rows, dimension, 'gradient');
    checkVectors(gradient, dimension);
    const result = new Float64Array(dimension * frozenDimension);
    for (let row = 0; row < rows; row++) {
      const from = codes[row] * frozenDimension;
      for (let i = 0; i < dimension; i++) {
        const slope = gradient[row * dimension + i];
        for (let j = 0; j < frozenDimension; j++) {
          result[i * frozenDimension + j] += slope * this.#frozen[from + j];
        }
      }
    }
    return result;
  }

  /** `frozen_codebook` `(count, frozenDimension)` and `code_transform.weight` `(dimension, frozenDimension)`. */
  tensors(): QuantizerTensors {
    const { count, dimension, frozenDimension } = this;
    return {
      [FROZEN]: { shape: [count, frozenDimension], values: this.#frozen.slice() },
      [TRANSFORM]: { shape: [dimension, frozenDimension], values: this.#transform.slice() },
    };
  }

  toJSON(): QuantizerConfig {
    const { type, count, dimension, frozenDimension, fingerprint } = this;
    return { type, count, dimension, frozenDimension, fingerprint };
  }

  /** @throws PolytokError `INVALID_FORMAT`, `VOCABULARY_MISMATCH` for other tensors than stored, and what the constructor throws */
  static fromJSON(config: unknown, tensors: QuantizerTensors = {}, compute: ComputeOptions = {}): SimVq {
    checkConfig(config, [SimVq.type], {
      count: 'number',
      dimension: 'number',
      frozenDimension: 'number',
      fingerprint: 'string',
    });
    const { count, dimension, frozenDimension = dimension } = config as Record<string, number>;
    const values = takeTensors(SimVq.type, tensors, {
      [FROZEN]: [count, frozenDimension],
      [TRANSFORM]: [dimension, frozenDimension],
    });
    return CodebookQuantizer.verified(
      new SimVq({
        frozen: values[FROZEN],
        transform: values[TRANSFORM],
        dimension,
        frozenDimension,
        ...compute,
      }),
      config,
    );
  }
}

const FROZEN = 'frozen_codebook';
const TRANSFORM = 'code_transform.weight';

function transformed(frozen: Float32Array, transform: Float32Array, inner: number): Float32Array {
  const kernels = defaultKernels();
  const matrix = kernels.prepareMatrix(transform, { inner, transposed: true });
  try {
    const codes = new Float32Array((frozen.length / inner) * matrix.columns);
    kernels.matmul(matrix, frozen, codes);
    return codes;
  } finally {
    matrix.dispose();
  }
}
