import { requireInteger, requireIntegers } from '../../arguments.js';
import { breather } from '../../breathe.js';
import { PolytokError } from '../../errors.js';
import { defaultKernels } from '../../kernels/default-kernels.js';
import { MAX_CODEBOOKS } from '../../vocabulary.js';
import { Rvq } from '../rvq.js';
import { fitKmeans, type KmeansOptions } from './fit-kmeans.js';
import type { KmeansProgress, KmeansResult } from './lloyd.js';
import { ResidualSource } from './residual-source.js';
import type { VectorSource } from './vector-batches.js';

export interface FitRvqOptions extends Omit<KmeansOptions, 'count' | 'metric' | 'init' | 'onProgress'> {
  /** Codes of each stage, coarse to fine. */
  readonly counts: readonly number[];
  /** Where the codes of every stage start. Default: 'random'. */
  readonly init?: 'random' | 'k-means++';
  /** Integer; stage i draws with `seed + i`. Default: 0. */
  readonly seed?: number;
  /** A quantizer whose stages are kept: the first of `counts`. Only the others are fitted. Default: none. */
  readonly from?: Rvq;
  /**
   * Called when a stage is fitted, with the quantizer so far and what k-means found. Store the quantizer to go on
   * {@link FitRvqOptions.from} it later; the result is the same.
   */
  readonly onStage?: (rvq: Rvq, result: KmeansResult) => void | Promise<void>;
  /** Called after every pass. */
  readonly onProgress?: (progress: RvqProgress) => void;
}

export interface RvqProgress extends KmeansProgress {
  readonly stage: number;
}

/**
 * A residual quantizer fitted stage by stage: each by {@link fitKmeans} to what the stages before it leave over. Rows
 * in one array are copied once; a stream is never held, and quantized anew in every pass.
 *
 * Stages of their own codebooks only: a shared one is trained, not fitted.
 * @param vectors `(rows, dimension)`, at least one row
 * @throws PolytokError `INVALID_ARGUMENT`, `ABORTED`, and what the source throws
 */
export async function fitRvq(vectors: VectorSource, options: FitRvqOptions): Promise<Rvq> {
  const { counts, from, onStage, onProgress, seed = 0, ...kmeans } = options;
  const { dimension, kernels = defaultKernels(), signal } = kmeans;
  requireInteger(dimension, 'dimension', { minimum: 1 });
  requireIntegers(counts, 'counts', { minimum: 1 });
  requireInteger(counts.length, 'the number of stages', { maximum: MAX_CODEBOOKS });
  if (from) checkStart(from, options);
  const codebooks = from ? Object.values(from.tensors()).map(({ values }) => values) : [];
  const source = new ResidualSource(vectors, { dimension, kernels, breathe: breather('fitRvq', signal) });
  try {
    for (const codes of codebooks) await source.quantize(codes);
    let rvq = from;
    for (let stage = codebooks.length; stage < counts.length; stage++) {
      const result = await fitKmeans(source.rows, {
        ...kmeans,
        count: counts[stage],
        seed: seed + stage,
        onProgress: onProgress && ((progress) => onProgress({ stage, ...progress })),
      });
      codebooks.push(result.codes);
      rvq = new Rvq({ codebooks, dimension });
      await onStage?.(rvq, result);
      if (stage < counts.length - 1) await source.quantize(result.codes);
    }
    return rvq as Rvq;
  } finally {
    source.dispose();
  }
}

function checkStart(from: Rvq, { counts, dimension }: FitRvqOptions): void {
  const { codebookSizes, dimension: fitted, shared } = from;
  const fits =
    fitted === dimension && !shared && codebookSizes.every((size, stage) => size === counts[stage]);
  if (fits) return;
  const details = { counts: codebookSizes, dimension: fitted, shared, expected: { counts, dimension } };
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'from' must have the first stages of [${counts}] codes of dimension ${dimension}, none shared; it has [${codebookSizes}] of dimension ${fitted}${shared ? ', shared' : ''}.`,
    { details },
  );
}
