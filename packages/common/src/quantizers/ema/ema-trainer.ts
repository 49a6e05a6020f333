import { requireChoice, requireInteger, requirePositive, requireShare } from '../../arguments.js';
import type { IdArray } from '../../contract.js';
import { PolytokError } from '../../errors.js';
import { narrowIds } from '../../id-array.js';
import { checkLength } from '../../kernels/check-values.js';
import type { AsyncKernels, Kernels } from '../../kernels/contract.js';
import { defaultKernels } from '../../kernels/default-kernels.js';
import { seededRandom } from '../../random.js';
import { awaitSteps, resultOf, runSteps, type Steps } from '../../steps.js';
import type { ComputeOptions } from '../codebook-quantizer.js';
import { checkConfig } from '../config-fields.js';
import type { QuantizerConfig, Vectors } from '../contract.js';
import { lloydSteps } from '../kmeans/lloyd.js';
import { VectorBatches } from '../kmeans/vector-batches.js';
import { meanSquaredDistance } from '../mean-squared-distance.js';
import { rowsAt } from '../rows-at.js';
import { type QuantizerTensors, takeTensors } from '../tensors.js';
import { type RowMask, trainingRows } from '../training-rows.js';
import { unitRows } from '../unit-rows.js';
import { VQ_VARIANTS, Vq, type VqVariant } from '../vq.js';
import { withoutZeroRows } from '../zero-rows.js';
import { type EmaState, initialState, reviveDeadCodes, storedState, updateEma } from './ema-state.js';
import { StepLock } from './step-lock.js';

const METRICS = { vq: 'euclidean', 'vq-cosine': 'cosine' } as const;

export interface EmaTrainerOptions extends ComputeOptions {
  /** Values per row. */
  readonly dimension: number;
  /** Number of codes. */
  readonly count: number;
  /** Default: 'vq'. */
  readonly variant?: VqVariant;
  /** Share of the past in every step, at least 0 and below 1. Default: 0.8. */
  readonly decay?: number;
  /** ε of the smoothed counts, above 0. Default: 1e-5. */
  readonly epsilon?: number;
  /** Codes that fewer rows choose, by the moving average, move to random rows of the batch; 0 lets them be. Default: 0. */
  readonly deadBelow?: number;
  /** `(count, dimension)` to start from. Default: k-means on the rows of the first step. */
  readonly codes?: Float32Array;
  /** Iterations of that k-means. Default: 10. */
  readonly kmeansIterations?: number;
  /** Integer, of k-means and of what becomes of dead codes. Default: 0. */
  readonly seed?: number;
}

export interface EmaStepOptions {
  /** `(rows)`; rows with 0 are quantized, but nothing is learnt from them. Default: all rows count. */
  readonly mask?: RowMask;
}

/** What a step makes of its rows, with the codes as they were before it. */
export interface EmaStep {
  /** `(rows)` */
  readonly ids: IdArray;
  /** `(rows, dimension)` */
  readonly quantized: Float32Array;
  /** Mean of (x − q)² over the rows that count, unweighted; under cosine x is the unit vector. */
  readonly commitmentLoss: number;
  /** Dead codes that moved to rows of the batch, after the step. */
  readonly revived: number;
}

/**
 * Trains the codes of a {@link Vq} with moving averages instead of gradients, as `VectorQuantize` of
 * vector-quantize-pytorch does: quantize with the codes as they are, then update them (the equations are in
 * ema-state.ts). What made the vectors learns from `commitmentLoss` and, through the quantizer, by straight-through or
 * the rotation trick.
 *
 * Where k-means starts the codes, N are its counts and S = N·e; otherwise N = 1 and S = e. The configuration and
 * `tensors()` are the whole state: a trainer restored from them goes on to the same bits.
 */
export class EmaTrainer {
  static readonly type = 'vq-ema';
  readonly variant: VqVariant;
  readonly dimension: number;
  readonly count: number;
  readonly decay: number;
  readonly epsilon: number;
  readonly deadBelow: number;
  readonly kmeansIterations: number;
  readonly seed: number;
  readonly #kernels: Kernels | undefined;
  #state: EmaState | undefined;
  #steps = 0;
  readonly #lock = new StepLock();

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link EmaTrainerOptions} says */
  constructor(options: EmaTrainerOptions) {
    const { dimension, count, variant = 'vq', decay = 0.8, epsilon = 1e-5, deadBelow = 0 } = options;
    const { codes, kmeansIterations = 10, seed = 0, kernels } = options;
    requireInteger(dimension, 'dimension', { minimum: 1 });
    requireInteger(count, 'count', { minimum: 1 });
    requireChoice(variant, 'variant', VQ_VARIANTS);
    requireShare(decay, 'decay');
    requirePositive(epsilon, 'epsilon');
    if (deadBelow !== 0) requirePositive(deadBelow, 'deadBelow');
    requireInteger(kmeansIterations, 'kmeansIterations');
    requireInteger(seed, 'seed', { minimum: Number.MIN_SAFE_INTEGER });
    this.dimension = dimension;
    this.count = count;
    this.variant = variant;
    this.decay = decay;
    this.epsilon = epsilon;
    this.deadBelow = deadBelow;
    this.kmeansIterations = kmeansIterations;
    this.seed = seed;
    this.#kernels = kernels;
    if (codes) {
      checkLength('codes', codes, count * dimension, '(count, dimension)');
      this.#state = initialState(codes, dimension, variant === 'vq-cosine');
    }
  }

  /** Steps taken. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Quantizes a batch and learns from it.
   * @param vectors `(rows, dimension)`, of which at least one counts
   * @throws PolytokError `INVALID_ARGUMENT`; the state is then as before
   */
  step(vectors: Vectors, options: EmaStepOptions = {}): EmaStep {
    const kernels = this.#kernels ?? defaultKernels();
    return runSteps(this.#lock.run(this.#learn(kernels, vectors, options)));
  }

  /**
   * {@link step} on other kernels. The next step has to wait for it.
   * @throws PolytokError what {@link step} throws, as a rejection, and what the kernels throw
   */
  async stepOn(
    kernels: Kernels | AsyncKernels,
    vectors: Vectors,
    options: EmaStepOptions = {},
  ): Promise<EmaStep> {
    return awaitSteps(this.#lock.run(this.#learn(kernels, vectors, options)));
  }

  /** What goes back to the state as it is now, from any later one. It holds that state for as long as it is kept. */
  restorePoint(): () => void {
    const state = this.#state;
    const steps = this.#steps;
    return () => {
      this.#state = state;
      this.#steps = steps;
    };
  }

  /**
   * The quantizer with the codes as they are now.
   * @throws PolytokError `INVALID_ARGUMENT` before there are codes
   */
  freeze(compute: ComputeOptions = {}): Vq {
    const { variant, dimension } = this;
    return new Vq({ variant, codes: this.#started().codes, dimension, ...compute });
  }

  toJSON(): QuantizerConfig {
    const { variant, dimension, count, decay, epsilon, deadBelow, kmeansIterations, seed, steps } = this;
    const options = { variant, dimension, count, decay, epsilon, deadBelow, kmeansIterations, seed };
    return { type: EmaTrainer.type, ...options, steps, started: this.#state !== undefined };
  }

  /** `codes` and `sums` `(count, dimension)`, `counts` `(count)`, as copies; none before there are codes. */
  tensors(): QuantizerTensors {
    if (this.#state === undefined) return {};
    const { codes, counts, sums } = this.#state;
    const shape = [this.count, this.dimension];
    return {
      codes: { shape, values: codes.slice() },
      counts: { shape: [this.count], values: counts.slice() },
      sums: { shape, values: sums.slice() },
    };
  }

  /** @throws PolytokError `INVALID_FORMAT`, and what the constructor throws */
  static fromJSON(config: unknown, tensors: QuantizerTensors = {}, compute: ComputeOptions = {}): EmaTrainer {
    checkConfig(config, [EmaTrainer.type], {
      variant: 'string',
      dimension: 'number',
      count: 'number',
      decay: 'number',
      epsilon: 'number',
      deadBelow: 'number',
      kmeansIterations: 'number',
      seed: 'number',
      steps: 'number',
      started: 'boolean',
    });
    const { steps = 0, started = false } = config as { steps?: number; started?: boolean };
    const trainer = new EmaTrainer({ ...(config as unknown as EmaTrainerOptions), ...compute });
    requireInteger(steps, 'steps');
    trainer.#steps = steps;
    const { count, dimension } = trainer;
    const shapes = { codes: [count, dimension], counts: [count], sums: [count, dimension] };
    if (started) trainer.#state = storedState(takeTensors(EmaTrainer.type, tensors, shapes), dimension);
    else takeTensors(EmaTrainer.type, tensors, {});
    return trainer;
  }

  *#learn(kernels: Kernels | AsyncKernels, vectors: Vectors, { mask }: EmaStepOptions): Steps<EmaStep> {
    const { dimension, count, decay, epsilon, variant } = this;
    const metric = METRICS[variant];
    const cosine = metric === 'cosine';
    const starts = trainingRows(vectors, dimension, mask);
    const single = vectors instanceof Float32Array ? vectors : Float32Array.from(vectors);
    const counting = mask === undefined ? single : rowsAt(single, starts, dimension);
    const state = this.#state ?? (yield* this.#kmeans(kernels, counting));
    const ids = new Uint32Array(single.length / dimension);
    const totals = { sums: new Float64Array(count * dimension), counts: new Uint32Array(count) };
    const codebook = kernels.prepareCodebook(state.codes, { dimensions: dimension, metric });
    try {
      yield* resultOf(
        kernels.kmeansStep(codebook, counting, mask === undefined ? { ...totals, ids } : totals),
      );
      if (mask !== undefined) yield kernels.nearest(codebook, single, ids);
    } finally {
      codebook.dispose();
    }
    const quantized = rowsAt(
      state.codes,
      ids.map((id) => id * dimension),
      dimension,
    );
    const compared = cosine ? unitRows(single, dimension) : single;
    const commitmentLoss = meanSquaredDistance(compared, quantized, dimension, mask);
    const next = updateEma(state, { totals, dimension, decay, epsilon, cosine });
    const revived = this.#revive(next, counting);
    this.#state = next;
    this.#steps++;
    return { ids: narrowIds(ids, count), quantized, commitmentLoss, revived };
  }

  *#kmeans(kernels: Kernels | AsyncKernels, rows: Float32Array): Steps<EmaState> {
    const { dimension, count, variant, kmeansIterations, seed } = this;
    const { codes, counts } = yield* lloydSteps({
      kernels,
      batches: new VectorBatches(rows, dimension),
      dimension,
      count,
      metric: METRICS[variant],
      init: 'random',
      initRows: count,
      iterations: kmeansIterations,
      tolerance: 0,
      empty: 'keep',
      seed,
    });
    return {
      codes,
      counts: Float32Array.from(counts),
      sums: codes.map((value, i) => value * counts[Math.floor(i / dimension)]),
    };
  }

  #revive(state: EmaState, counting: Float32Array): number {
    const { dimension, deadBelow, variant } = this;
    if (deadBelow === 0) return 0;
    // A generator of its own for every step, so that the number of steps is all there is to store.
    const next = seededRandom(this.seed + Math.imul(this.#steps + 1, 0x9e3779b1));
    const rows =
      variant === 'vq-cosine'
        ? Float32Array.from(unitRows(withoutZeroRows(counting, dimension), dimension))
        : counting;
    return reviveDeadCodes(state, { rows, dimension, deadBelow, next });
  }

  #started(): EmaState {
    if (this.#state !== undefined) return this.#state;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      "This trainer has no codes before its first step. Take a step, or give 'codes' to start from.",
    );
  }
}
