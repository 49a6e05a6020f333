/**
 * The random-projection quantizer of BEST-RQ (Chiu et al., arXiv 2202.01855): targets for masked prediction from a
 * projection and a codebook that are drawn once and never trained.
 *
 *     id = argmax cos(P·n(x), c),   n(x) = (x − mean)/√(variance + 1e-5) over the numbers of the row
 *
 * P is drawn from Xavier's normal distribution, codes uniform in direction. Several codebooks, each with a projection of
 * its own, give several targets per row. vector-quantize-pytorch is the same (`RandomProjectionQuantizer`) with one
 * codebook; with several it puts a second layer behind the projections, which mixes them.
 */

import { requireInteger } from '../arguments.js';
import { PolytokError } from '../errors.js';
import { blocks } from '../kernels/blocks.js';
import type { AsyncKernels, Codebook, Kernels, Matrix } from '../kernels/contract.js';
import type { Steps } from '../steps.js';
import { MAX_CODEBOOKS } from '../vocabulary.js';
import { checkCodes, refuseZeroCode } from './check-codes.js';
import { CodebookQuantizer, type ComputeOptions } from './codebook-quantizer.js';
import { putColumns } from './columns.js';
import { checkConfig } from './config-fields.js';
import type { QuantizerConfig, Vectors } from './contract.js';
import type { OperandSource } from './prepared-operands.js';
import { normalValues } from './seeded-normal.js';
import { standardizedRows } from './standardized-rows.js';
import { type QuantizerTensors, takeTensors } from './tensors.js';
import { unitRows } from './unit-rows.js';

interface RandomProjectionShape extends ComputeOptions {
  readonly dimension: number;
  /** Values of a code: what a row is projected to. */
  readonly projectedDimension: number;
  /** Default: 1. */
  readonly codebooks?: number;
  /** Rows are brought to mean 0 and variance 1 first, as the paper needs to use its codes. Default: true. */
  readonly standardize?: boolean;
}

export interface RandomProjectionOptions extends RandomProjectionShape {
  /** P, `(codebooks, dimension, projectedDimension)`. Copied. */
  readonly projections: Float32Array;
  /** `(codebooks, count, projectedDimension)`, none of them zero. Copied. */
  readonly codes: Float32Array;
}

export interface SeededProjectionOptions extends RandomProjectionShape {
  /** Codes of each codebook, at least 1. The paper: 8192. */
  readonly count: number;
  /** Integer; its low 32 bits decide everything. */
  readonly seed: number;
}

/** One codebook, prepared. */
interface Head {
  readonly projection: Matrix;
  readonly codebook: Codebook;
}

/**
 * See the top of this file. Decodes to the codes, side by side: `codeDimension` is `codebooks · projectedDimension`. The
 * way back to vectors is lost, as the projection drops dimensions. A row of equal numbers is 0 when standardized, and
 * gets id 0.
 */
export class RandomProjection extends CodebookQuantizer<readonly Head[]> {
  static readonly type = 'random-projection';
  readonly type = RandomProjection.type;
  readonly codebooks: number;
  /** Codes of each codebook. */
  readonly count: number;
  readonly projectedDimension: number;
  readonly standardize: boolean;
  readonly #projections: Float32Array;
  readonly #codes: Float32Array;

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link RandomProjectionOptions} says */
  constructor(options: RandomProjectionOptions) {
    const { projections, codes, dimension, projectedDimension, kernels } = options;
    const { codebooks = 1, standardize = true } = options;
    requireInteger(dimension, 'dimension', { minimum: 1 });
    requireInteger(codebooks, 'codebooks', { minimum: 1, maximum: MAX_CODEBOOKS });
    const rows = checkCodes(projections, projectedDimension);
    if (rows !== codebooks * dimension) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `'projections' must be (codebooks, dimension, projectedDimension) = [${[codebooks, dimension, projectedDimension]}]; it has ${rows} rows of ${projectedDimension}.`,
        { details: { rows, codebooks, dimension, projectedDimension } },
      );
    }
    const count = checkCodes(codes, codebooks * projectedDimension);
    refuseZeroCode(codes, projectedDimension);
    super({
      dimension,
      codeDimension: codebooks * projectedDimension,
      codebookSizes: new Array<number>(codebooks).fill(count),
      layoutName: RandomProjection.type,
      kernels,
    });
    this.codebooks = codebooks;
    this.count = count;
    this.projectedDimension = projectedDimension;
    this.standardize = standardize;
    this.#projections = projections.slice();
    this.#codes = codes.slice();
  }

  /**
   * The quantizer that a seed stands for, the same on every machine: projections from N(0, 2/(dimension +
   * projectedDimension)), codes from N(0, 1) brought to length 1.
   * @throws PolytokError `INVALID_ARGUMENT`
   */
  static random(options: SeededProjectionOptions): RandomProjection {
    const { count, seed, ...shape } = options;
    const { dimension, projectedDimension, codebooks = 1 } = shape;
    requireInteger(count, 'count', { minimum: 1 });
    requireInteger(dimension, 'dimension', { minimum: 1 });
    requireInteger(projectedDimension, 'projectedDimension', { minimum: 1 });
    requireInteger(codebooks, 'codebooks', { minimum: 1, maximum: MAX_CODEBOOKS });
    const deviation = Math.sqrt(2 / (dimension + projectedDimension));
    const drawn = normalValues(codebooks * count * projectedDimension, ~seed, 1);
    return new RandomProjection({
      ...shape,
      projections: normalValues(codebooks * dimension * projectedDimension, seed, deviation),
      codes: Float32Array.from(unitRows(drawn, projectedDimension)),
    });
  }

  protected prepare(source: OperandSource): readonly Head[] {
    const { codebooks, dimension, count, projectedDimension } = this;
    return Array.from({ length: codebooks }, (_, head) => ({
      projection: source.prepareMatrix(part(this.#projections, head, dimension * projectedDimension), {
        inner: dimension,
      }),
      codebook: source.prepareCodebook(part(this.#codes, head, count * projectedDimension), {
        dimensions: projectedDimension,
        metric: 'cosine',
      }),
    }));
  }

  protected *quantizeSteps(
    kernels: Kernels | AsyncKernels,
    heads: readonly Head[],
    vectors: Float32Array,
    ids: Uint32Array,
  ): Steps {
    const { codebooks, dimension, projectedDimension, standardize } = this;
    const rows = vectors.length / dimension;
    for (const [from, end] of blocks(rows, dimension + projectedDimension)) {
      const given = vectors.subarray(from * dimension, end * dimension);
      const block = standardize ? standardizedRows(given, dimension) : given;
      const projected = new Float32Array((end - from) * projectedDimension);
      const found = new Uint32Array(end - from);
      for (const [head, { projection, codebook }] of heads.entries()) {
        yield kernels.matmul(projection, block, projected);
        yield kernels.nearest(codebook, projected, found);
        putColumns(found, ids.subarray(from * codebooks, end * codebooks), {
          first: head,
          count: 1,
          width: codebooks,
        });
      }
    }
  }

  protected codesToRow(codes: ArrayLike<number>, at: number, vectors: Vectors, start: number): void {
    const { codebooks, count, projectedDimension } = this;
    for (let head = 0, to = start; head < codebooks; head++) {
      const from = (head * count + codes[at + head]) * projectedDimension;
      for (let j = 0; j < projectedDimension; j++) vectors[to++] = this.#codes[from + j];
    }
  }

  /** `projections` `(codebooks, dimension, projectedDimension)` and `codes` `(codebooks, count, projectedDimension)`. */
  tensors(): QuantizerTensors {
    const { codebooks, dimension, count, projectedDimension } = this;
    return {
      projections: { shape: [codebooks, dimension, projectedDimension], values: this.#projections.slice() },
      codes: { shape: [codebooks, count, projectedDimension], values: this.#codes.slice() },
    };
  }

  toJSON(): QuantizerConfig {
    const { type, codebooks, count, dimension, projectedDimension, standardize, fingerprint } = this;
    return { type, codebooks, count, dimension, projectedDimension, standardize, fingerprint };
  }

  /** @throws PolytokError `INVALID_FORMAT`, `VOCABULARY_MISMATCH` for other tensors than stored, and what the constructor throws */
  static fromJSON(
    config: unknown,
    tensors: QuantizerTensors = {},
    compute: ComputeOptions = {},
  ): RandomProjection {
    checkConfig(config, [RandomProjection.type], {
      codebooks: 'number',
      count: 'number',
      dimension: 'number',
      projectedDimension: 'number',
      standardize: 'boolean',
      fingerprint: 'string',
    });
    const { codebooks = 1, count, dimension, projectedDimension } = config as Record<string, number>;
    const { standardize } = config as { standardize?: boolean };
    const values = takeTensors(RandomProjection.type, tensors, {
      projections: [codebooks, dimension, projectedDimension],
      codes: [codebooks, count, projectedDimension],
    });
    return CodebookQuantizer.verified(
      new RandomProjection({
        ...values,
        codebooks,
        dimension,
        projectedDimension,
        standardize,
        ...compute,
      }),
      config,
    );
  }
}

function part(values: Float32Array, index: number, length: number): Float32Array {
  return values.subarray(index * length, (index + 1) * length);
}
