/**
 * The losses of vector quantization with gradients (van den Oord et al., arXiv 1711.00937, equation 3). With q the code
 * of x, sg "held constant" and β the commitment weight,
 *
 *     standard   mean((sg x − q)²) + β·mean((x − sg q)²)
 *     legacy     β·mean((sg x − q)²) + mean((x − sg q)²)     as taming-transformers, SEED and MaskGIT have it
 *
 * Both have the value (1 + β)·mean((x − q)²); what they teach differs. Training by moving averages leaves the first
 * term out, the commitment loss is then `mean((x − sg q)²)`.
 *
 * The gradient of what comes after the quantizer is no part of it: straight-through passes that on to x unchanged, the
 * rotation trick turns it (rotation-trick.ts).
 */
import { requireChoice, requirePositive } from '../arguments.js';
import { checkLength } from '../kernels/check-values.js';
import { checkCodes } from './check-codes.js';
import { checkIdRows } from './check-id-rows.js';
import type { Vectors } from './contract.js';
import { type RowMask, trainingRows } from './training-rows.js';

export interface VqLossOptions {
  /** x, `(rows, dimension)`; under cosine unit vectors. */
  readonly vectors: Vectors;
  /** `(rows)` the code of each row. */
  readonly ids: ArrayLike<number>;
  /** `(count, dimension)`; under cosine unit vectors. */
  readonly codes: Float32Array;
  readonly dimension: number;
  /** `(rows)`; default: all rows count. */
  readonly mask?: RowMask;
  /** β, above 0. Default: 0.25. */
  readonly beta?: number;
  /** Which term β stands before. Default: 'standard'. */
  readonly form?: 'standard' | 'legacy';
}

export interface VqLoss {
  /** Mean over rows and dimensions of (x − q)²: the value of either term without its weight. */
  readonly squared: number;
  /** `(1 + β)·squared`. */
  readonly total: number;
  /** ∂total/∂x, `(rows, dimension)`; 0 in rows that do not count. */
  readonly vectorGradient: Float64Array;
  /** ∂total/∂codes, `(count, dimension)`; 0 for codes that no row has. */
  readonly codeGradient: Float64Array;
}

/**
 * See the top of this file.
 * @throws PolytokError `INVALID_ARGUMENT` for bad vectors, codes or options, or if no row counts; `ID_OUT_OF_RANGE`
 */
export function vqLoss(options: VqLossOptions): VqLoss {
  const { vectors, ids, codes, dimension, mask, beta = 0.25, form = 'standard' } = options;
  const count = checkCodes(codes, dimension);
  requirePositive(beta, 'beta');
  requireChoice(form, 'form', ['standard', 'legacy']);
  const starts = trainingRows(vectors, dimension, mask);
  checkIdRows(ids, [count]);
  checkLength('ids', ids, vectors.length / dimension, '(rows)');
  const vectorGradient = new Float64Array(vectors.length);
  const codeGradient = new Float64Array(codes.length);
  const [vectorWeight, codeWeight] = form === 'standard' ? [beta, 1] : [1, beta];
  const scale = 2 / (starts.length * dimension);
  let sum = 0;
  for (const start of starts) {
    const from = ids[start / dimension] * dimension;
    for (let j = 0; j < dimension; j++) {
      const difference = vectors[start + j] - codes[from + j];
      sum += difference ** 2;
      vectorGradient[start + j] = vectorWeight * scale * difference;
      codeGradient[from + j] -= codeWeight * scale * difference;
    }
  }
  const squared = sum / (starts.length * dimension);
  return { squared, total: (1 + beta) * squared, vectorGradient, codeGradient };
}
