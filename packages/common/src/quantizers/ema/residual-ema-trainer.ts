import { requireInteger, requireIntegers } from '../../arguments.js';
import { PolytokError } from '../../errors.js';
import type { AsyncKernels, Kernels } from '../../kernels/contract.js';
import { awaitSteps, resultOf, runSteps, type Steps } from '../../steps.js';
import { MAX_CODEBOOKS } from '../../vocabulary.js';
import { checkVectors } from '../check-vectors.js';
import type { ComputeOptions } from '../codebook-quantizer.js';
import { putColumns } from '../columns.js';
import { checkConfig } from '../config-fields.js';
import type { QuantizerConfig, Vectors } from '../contract.js';
import { DROPPED } from '../dropped-ids.js';
import { activeStages, type QuantizeDropoutOptions } from '../quantize-dropout.js';
import { Rvq } from '../rvq.js';
import type { QuantizerTensors } from '../tensors.js';
import { type EmaStep, type EmaStepOptions, EmaTrainer, type EmaTrainerOptions } from './ema-trainer.js';
import { joinTensors, splitTensors } from './stage-tensors.js';
import { StepLock } from './step-lock.js';

export interface ResidualEmaTrainerOptions extends Omit<EmaTrainerOptions, 'count' | 'variant' | 'codes'> {
  /** Codes of each stage, coarse to fine. */
  readonly counts: readonly number[];
  /** For each stage `(count, dimension)` to start from. Default: k-means on what the stage is given in its first step. */
  readonly codebooks?: readonly Float32Array[];
  /** Quantize dropout: how many stages take part in a step. Default: all in every step. */
  readonly dropout?: Omit<QuantizeDropoutOptions, 'stages'>;
  /** Integer; stage i draws with `seed + i`. Default: 0. */
  readonly seed?: number;
}

/** What a step makes of its rows, with the codes as they were before it. */
export interface ResidualEmaStep {
  /** `(rows, stages)`; {@link DROPPED} where a stage took no part. */
  readonly ids: Int32Array;
  /** `(rows, dimension)`: the sum of the codes, as `Rvq` decodes them. */
  readonly quantized: Float32Array;
  /** For each stage the unweighted mean of (r − e)² over the rows that count; 0 where it took no part. */
  readonly commitmentLosses: readonly number[];
  /** Stages that took part. */
  readonly stages: number;
  /** Dead codes that moved, over all stages. */
  readonly revived: number;
}

/**
 * Trains the codes of an {@link Rvq} with moving averages: an {@link EmaTrainer} for each stage, which learns from what
 * the stages before it left over, as `ResidualVQ` of vector-quantize-pytorch does. Not with a shared codebook.
 *
 * For a grouped quantizer take one trainer per group, with the same `dropout`: its draw depends on nothing but its seed
 * and the number of the step, so that all groups drop the same stages.
 */
export class ResidualEmaTrainer {
  static readonly type = 'rvq-ema';
  readonly dimension: number;
  readonly counts: readonly number[];
  #trainers: readonly EmaTrainer[];
  readonly #dropout: Required<QuantizeDropoutOptions> | undefined;
  #steps = 0;
  readonly #lock = new StepLock();

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link ResidualEmaTrainerOptions} says */
  constructor({ counts, codebooks, dropout, seed = 0, ...options }: ResidualEmaTrainerOptions) {
    requireIntegers(counts, 'counts', { minimum: 1 });
    requireInteger(counts.length, 'the number of stages', { maximum: MAX_CODEBOOKS });
    const given = codebooks?.length ?? counts.length;
    requireInteger(given, 'the number of codebooks', { minimum: counts.length, maximum: counts.length });
    this.dimension = options.dimension;
    this.counts = Object.freeze([...counts]);
    this.#dropout = checkDropout(dropout, counts.length);
    this.#trainers = counts.map(
      (count, stage) => new EmaTrainer({ ...options, count, codes: codebooks?.[stage], seed: seed + stage }),
    );
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
  step(vectors: Vectors, options: EmaStepOptions = {}): ResidualEmaStep {
    return runSteps(
      this.#lock.run(this.#step(vectors, (trainer, residual) => trainer.step(residual, options))),
    );
  }

  /**
   * {@link step} on other kernels. The next step has to wait for it. Where the kernels fail, in whichever stage, the state
   * is as before.
   * @throws PolytokError what {@link step} throws, as a rejection, and what the kernels throw
   */
  async stepOn(
    kernels: Kernels | AsyncKernels,
    vectors: Vectors,
    options: EmaStepOptions = {},
  ): Promise<ResidualEmaStep> {
    return awaitSteps(
      this.#lock.run(this.#step(vectors, (trainer, residual) => trainer.stepOn(kernels, residual, options))),
    );
  }

  /**
   * The quantizer with the codes as they are now.
   * @throws PolytokError `INVALID_ARGUMENT` before every stage has codes
   */
  freeze(compute: ComputeOptions = {}): Rvq {
    const codebooks = this.#trainers.map((trainer) => trainer.freeze().tensors().codes.values);
    return new Rvq({ codebooks, dimension: this.dimension, ...compute });
  }

  toJSON(): QuantizerConfig {
    const { type } = ResidualEmaTrainer;
    const { cutoff, multipleOf, seed } = this.#dropout ?? {};
    const dropout = this.#dropout && { dropout: true, cutoff, multipleOf, dropoutSeed: seed };
    return {
      type,
      steps: this.#steps,
      ...dropout,
      stages: this.#trainers.map((trainer) => trainer.toJSON()),
    };
  }

  /** `stages.<stage>.codes`, `….counts` and `….sums` of the stages that have codes, as {@link EmaTrainer} gives them. */
  tensors(): QuantizerTensors {
    return joinTensors(this.#trainers.map((trainer) => trainer.tensors()));
  }

  /** @throws PolytokError `INVALID_FORMAT`, and what the constructor throws */
  static fromJSON(
    config: unknown,
    tensors: QuantizerTensors = {},
    compute: ComputeOptions = {},
  ): ResidualEmaTrainer {
    checkConfig(config, [ResidualEmaTrainer.type], {
      steps: 'number',
      dropout: 'boolean',
      cutoff: 'number',
      multipleOf: 'number',
      dropoutSeed: 'number',
      stages: 'numbers',
    });
    const { steps = 0, stages = [], ...rest } = config as unknown as StoredTrainer;
    requireInteger(steps, 'steps');
    requireInteger(stages.length, 'the number of stages', { minimum: 1, maximum: MAX_CODEBOOKS });
    const ofStages = splitTensors(tensors, stages.length);
    const trainers = stages.map((stage, index) => EmaTrainer.fromJSON(stage, ofStages[index], compute));
    const [{ dimension }] = trainers;
    if (trainers.some((trainer) => trainer.dimension !== dimension || trainer.variant !== 'vq')) {
      throw new PolytokError(
        'INVALID_FORMAT',
        `Every stage of a stored '${ResidualEmaTrainer.type}' must be of variant 'vq' and have the dimension of the first, ${dimension}.`,
        { details: { dimension } },
      );
    }
    const { cutoff, multipleOf, dropoutSeed: seed } = rest;
    const counts = trainers.map(({ count }) => count);
    const dropout = rest.dropout ? { cutoff, multipleOf, seed } : undefined;
    const restored = new ResidualEmaTrainer({ dimension, counts, dropout });
    restored.#trainers = trainers;
    restored.#steps = steps;
    return restored;
  }

  /** All stages take the step, or none. */
  *#step(vectors: Vectors, take: TakeStep): Steps<ResidualEmaStep> {
    const restore = this.#trainers.map((trainer) => trainer.restorePoint());
    try {
      return yield* this.#learn(vectors, take);
    } catch (error) {
      for (const back of restore) back();
      throw error;
    }
  }

  *#learn(vectors: Vectors, take: TakeStep): Steps<ResidualEmaStep> {
    const { dimension, counts } = this;
    const stages = this.#dropout ? activeStages(this.#dropout, this.#steps) : counts.length;
    const rows = checkVectors(vectors, dimension);
    const residual = Float32Array.from(vectors);
    const quantized = new Float32Array(vectors.length);
    const ids = new Int32Array(rows * counts.length).fill(DROPPED);
    const commitmentLosses = new Array<number>(counts.length).fill(0);
    let revived = 0;
    for (const [stage, trainer] of this.#trainers.slice(0, stages).entries()) {
      const step = yield* resultOf(take(trainer, residual));
      putColumns(step.ids, ids, { first: stage, count: 1, width: counts.length });
      for (let i = 0; i < residual.length; i++) {
        residual[i] -= step.quantized[i];
        quantized[i] += step.quantized[i];
      }
      commitmentLosses[stage] = step.commitmentLoss;
      revived += step.revived;
    }
    this.#steps++;
    return { ids, quantized, commitmentLosses, stages, revived };
  }
}

/** One stage's step, done or under way. */
type TakeStep = (trainer: EmaTrainer, residual: Float32Array) => EmaStep | Promise<EmaStep>;

interface StoredTrainer {
  readonly steps?: number;
  readonly stages?: readonly unknown[];
  readonly dropout?: boolean;
  readonly cutoff?: number;
  readonly multipleOf?: number;
  readonly dropoutSeed?: number;
}

function checkDropout(
  dropout: ResidualEmaTrainerOptions['dropout'],
  stages: number,
): Required<QuantizeDropoutOptions> | undefined {
  if (dropout === undefined) return undefined;
  const { cutoff = 0, multipleOf = 1, seed = 0 } = dropout;
  const options = { stages, cutoff, multipleOf, seed };
  activeStages(options, 0);
  return options;
}
