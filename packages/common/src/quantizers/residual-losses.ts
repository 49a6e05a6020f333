import { requireInteger } from '../arguments.js';
import type { Vectors } from './contract.js';
import { DROPPED } from './dropped-ids.js';
import { GroupedRvq } from './grouped-rvq.js';
import type { Rvq } from './rvq.js';
import { type RowMask, trainingRows } from './training-rows.js';

export interface ResidualLossOptions {
  readonly quantizer: Rvq | GroupedRvq;
  /** `(rows, dimension)`, at least one row that counts. */
  readonly vectors: Vectors;
  /** `(rows)`; default: all rows count. */
  readonly mask?: RowMask;
  /** Stages that take part, as `activeStages` draws them; the losses of the others are 0. Default: all. */
  readonly stages?: number;
  /** Default: 1. */
  readonly commitmentWeight?: number;
}

export interface ResidualLosses {
  /** For each codebook, in the order of ids: weight times the mean of (r − e)² over rows and features of its group. */
  readonly commitment: readonly number[];
  /** Their sum. */
  readonly total: number;
}

/**
 * The commitment losses of residual stages, each between what the stage is given and the code that it chooses, as
 * `ResidualVQ` and `GroupedResidualVQ` of vector-quantize-pytorch return them.
 * @throws PolytokError `INVALID_ARGUMENT` for bad vectors, no row that counts, or more stages than there are
 */
export function residualLosses(options: ResidualLossOptions): ResidualLosses {
  const { quantizer, vectors, mask, commitmentWeight = 1 } = options;
  const { dimension, codebookSizes } = quantizer;
  const { stages = quantizer.stages } = options;
  requireInteger(stages, 'stages', { minimum: 1, maximum: quantizer.stages });
  const starts = trainingRows(vectors, dimension, mask);
  const ids = quantizer.quantize(vectors);
  const residual = Float32Array.from(vectors);
  const width = quantizer instanceof GroupedRvq ? dimension / quantizer.groups : dimension;
  const commitment = codebookSizes.map((_, codebook) => {
    if (codebook % quantizer.stages >= stages) return 0;
    const alone = Int32Array.from(ids, (id, i) => (i % codebookSizes.length === codebook ? id : DROPPED));
    const codes = quantizer.dequantize(alone);
    for (let i = 0; i < residual.length; i++) residual[i] -= codes[i];
    const first = Math.floor(codebook / quantizer.stages) * width;
    return commitmentWeight * meanSquare(residual, starts, { first, width });
  });
  return { commitment, total: commitment.reduce((sum, loss) => sum + loss, 0) };
}

function meanSquare(
  values: Float32Array,
  starts: Float64Array,
  { first, width }: { readonly first: number; readonly width: number },
): number {
  let sum = 0;
  for (const start of starts) {
    for (let i = start + first; i < start + first + width; i++) sum += values[i] ** 2;
  }
  return sum / (starts.length * width);
}
