import { requireInteger, requirePositive } from '../../arguments.js';
import { PolytokError } from '../../errors.js';
import { joinBytes } from '../../io/join-bytes.js';
import type { Tensor } from '../../io/safetensors.js';
import { isFloat } from '../graph/data-type.js';
import type { Graph, Value } from '../graph/graph.js';
import { checkInputs } from '../network/check-inputs.js';
import type { NetworkTensor } from '../network/network.js';
import { runFailure } from '../network/run-failure.js';
import {
  createOnnxTensor,
  loadOnnxRuntime,
  type OnnxRuntime,
  type OnnxSession,
  type OnnxTensor,
} from '../network/runtime.js';
import { bindWeights } from '../weights/bind-weights.js';
import { weightsOf } from '../weights/weight-store.js';
import { OPTIMIZER_NAMES } from './adam-w.js';
import type { CheckpointStore, TrainingCheckpoint } from './checkpoint.js';
import { type EvaluateOptions, evaluateBatches } from './evaluate-batches.js';
import { constantRate, type Schedule } from './schedules.js';
import { lossOf, noAverages, requireRate, requireSingle } from './trainer-checks.js';
import type {
  RestoreOptions,
  TrainerOptions,
  TrainingBatch,
  TrainingBatches,
  TrainingStep,
} from './trainer-options.js';
import { runTraining, type TrainOptions } from './training-loop.js';
import {
  encodeFedModel,
  openAccumulatedStep,
  openFedSession,
  openSingleStep,
  type StepModel,
} from './training-models.js';
import { TrainingState } from './training-state.js';

/** What is needed of the options later on. The options themselves would keep the first weights in memory. */
interface Settings {
  readonly accumulate: number;
  readonly beta1: number;
  readonly beta2: number;
  /** Whether a moving average of the weights is kept. */
  readonly averaged: boolean;
  readonly threads: number | undefined;
}

/** What the graph had before training added to it. */
interface TrainedGraph {
  readonly loss: string;
  readonly inputs: ReadonlyMap<string, Value>;
  readonly outputs: ReadonlyMap<string, Value>;
  /** The forward pass alone, its parameters fed. */
  readonly model: Uint8Array;
}

/**
 * Trains the parameters of a graph with AdamW, on ONNX Runtime: forward pass, gradients and update are one model, and a
 * step is one run. The same weights, batches and threads give the same result, so that training which goes on from a
 * checkpoint ends as if it had never stopped.
 */
export class Trainer {
  readonly #runtime: OnnxRuntime;
  readonly #settings: Settings;
  readonly #rate: Schedule;
  readonly #graph: TrainedGraph;
  readonly #model: StepModel;
  readonly #state: TrainingState;
  #evaluation: Promise<OnnxSession> | undefined;
  #step = 0;
  #batches = 0;
  #lastCheckpoint: string | undefined;
  #status: 'open' | 'within a run' | 'closed' = 'open';

  private constructor(
    runtime: OnnxRuntime,
    options: TrainerOptions,
    parts: { readonly graph: TrainedGraph; readonly model: StepModel; readonly state: TrainingState },
  ) {
    this.#runtime = runtime;
    const { accumulate = 1, beta1 = 0.9, beta2 = 0.999, averageDecay, threads } = options;
    this.#settings = { accumulate, beta1, beta2, averaged: averageDecay !== undefined, threads };
    this.#rate = typeof options.rate === 'number' ? constantRate(options.rate) : options.rate;
    this.#graph = parts.graph;
    this.#model = parts.model;
    this.#state = parts.state;
  }

  /**
   * Adds gradients and updates to the graph, which belongs to the trainer from then on, and opens it.
   * @throws PolytokError `INVALID_ARGUMENT` for options, a loss that is no output or no number, or parameters that it does
   *   not depend on; `INVALID_FORMAT` for weights that do not fit (all named); `UNSUPPORTED` for parameters that are not
   *   float32; `UNAVAILABLE` when no provider works (each with its reason)
   */
  static async open(graph: Graph, options: TrainerOptions): Promise<Trainer> {
    const { weights, threads, rate, accumulate = 1, frozen = () => false, averageDecay } = options;
    const { providers = ['cpu'] } = options;
    if (threads !== undefined) requireInteger(threads, 'threads', { minimum: 1 });
    if (typeof rate === 'number') requirePositive(rate, 'rate');
    requireInteger(accumulate, 'accumulate', { minimum: 1 });
    const { runtime = await loadOnnxRuntime() } = options;
    const loss = lossOf(graph, options.loss);
    const parameters = [...graph.parameters.values()];
    const trained = parameters.filter(({ name }) => !frozen(name));
    if (trained.length === 0) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        'No parameter is left to train: all are frozen, or there are none.',
      );
    }
    requireSingle(parameters);
    const before: TrainedGraph = {
      loss: options.loss,
      inputs: new Map(graph.inputs),
      outputs: new Map(graph.outputs),
      model: encodeFedModel(graph),
    };
    const store = 'entries' in weights && 'read' in weights ? weights : weightsOf(weights);
    const state = await TrainingState.start({
      runtime,
      parameters,
      trained: new Set(trained.map(({ name }) => name)),
      weights: store,
      names: bindWeights(graph, store, options),
      averaged: averageDecay !== undefined,
    });
    const openStep = accumulate === 1 ? openSingleStep : openAccumulatedStep;
    const model = await openStep(graph, { runtime, providers, threads, loss, trained, optimizer: options });
    return new Trainer(runtime, options, { graph: before, model, state });
  }

  /** The execution provider that was found. */
  get provider(): string {
    return this.#model.provider;
  }

  /** Steps done, those before a checkpoint included. */
  get step(): number {
    return this.#step;
  }

  /** Batches taken, those before a checkpoint included: where a seeded order of batches goes on. */
  get batches(): number {
    return this.#batches;
  }

  /** Name of the newest checkpoint that this training was stored as, or goes on from. */
  get lastCheckpoint(): string | undefined {
    return this.#lastCheckpoint;
  }

  /**
   * Step by step, until there are no more batches or `until` is reached; the last step may have fewer batches than the
   * others. Evaluates and stores checkpoints on the way, if asked to.
   * @throws PolytokError `INVALID_ARGUMENT` when the loss is not finite any more: that step is not taken, and the error
   *   names it and the last checkpoint; `ABORTED` between two steps; what batches, hooks and the store throw
   */
  async train(batches: TrainingBatches, options: TrainOptions = {}): Promise<void> {
    const { accumulate } = this.#settings;
    await runTraining(this, batches, { ...options, accumulate });
  }

  /** One step, on at least 1 batch and at most `accumulate`. @throws PolytokError as {@link train} */
  async trainBatch(...batches: readonly TrainingBatch[]): Promise<TrainingStep> {
    const { accumulate } = this.#settings;
    requireInteger(batches.length, 'batches', { minimum: 1, maximum: accumulate });
    for (const batch of batches) checkInputs(this.#graph.inputs, batch);
    return this.#exclusively(() => this.#takeStep(batches));
  }

  /**
   * Runs the forward pass on batches, with the weights as they are.
   * @returns every output of the graph that is one floating-point number, averaged over the batches, weighted by their
   *   examples (see {@link TrainingStep})
   * @throws PolytokError `INVALID_ARGUMENT` for no batches, or a number that is not finite; `ABORTED` between two batches
   */
  async evaluate(batches: TrainingBatches, options: EvaluateOptions = {}): Promise<Record<string, number>> {
    const { averaged = false } = options;
    if (averaged && !this.#settings.averaged) throw noAverages();
    const scalars = [...this.#graph.outputs].filter(
      ([, { shape, type }]) => shape.length === 0 && isFloat(type),
    );
    return this.#exclusively(async () => {
      const session = await this.#evaluationSession();
      const run = async (batch: TrainingBatch) => {
        checkInputs(this.#graph.inputs, batch);
        const feeds = { ...this.#state.feeds({ averaged }), ...this.#tensors(batch) };
        const results = await session.run(feeds).catch((cause: unknown) => {
          throw runFailure(cause, 'an evaluation', this.provider);
        });
        return this.#outputs(results);
      };
      const names = scalars.map(([name]) => name);
      return evaluateBatches(batches, {
        ...options,
        run,
        names,
        examplesOf: (batch) => this.#examples(batch),
      });
    });
  }

  /** Copies of all parameters as they are now, frozen ones too, for {@link Network.open} or a file. */
  weights(): Map<string, Tensor> {
    return this.#state.tensors();
  }

  /** {@link weights}, averaged over the steps. @throws PolytokError `INVALID_ARGUMENT` without `averageDecay` */
  averagedWeights(): Map<string, Tensor> {
    if (!this.#settings.averaged) throw noAverages();
    return this.#state.tensors({ averaged: true });
  }

  /**
   * The state for a {@link CheckpointStore}, without a copy: it is to be stored before the next step.
   * @param about `metrics` of an evaluation; `metadata` to find again, such as a position in a stream of batches
   */
  snapshot(
    about: {
      readonly metrics?: Readonly<Record<string, number>>;
      readonly metadata?: Readonly<Record<string, string>>;
    } = {},
  ): TrainingCheckpoint {
    const { metrics = {}, metadata } = about;
    const facts = { step: this.#step, batches: this.#batches, metrics };
    return { step: this.#step, metrics, parts: this.#state.encode(facts, metadata) };
  }

  /** Stores a {@link snapshot}. @returns what names it @throws what the store throws */
  async save(store: CheckpointStore, about?: Parameters<Trainer['snapshot']>[0]): Promise<string> {
    this.#lastCheckpoint = await this.#exclusively(() => store.save(this.snapshot(about)));
    return this.#lastCheckpoint;
  }

  /** A safetensors file with all that training changes, see checkpoint.ts. */
  checkpoint(about?: Parameters<Trainer['snapshot']>[0]): Uint8Array {
    return joinBytes(this.snapshot(about).parts);
  }

  /**
   * Goes on from a checkpoint; the state is as before when it is refused.
   * @returns the `metadata` that it was made with
   * @throws PolytokError `INVALID_FORMAT` for a checkpoint of another network, naming what does not fit
   */
  restore(checkpoint: Uint8Array, { name }: RestoreOptions = {}): Record<string, string> {
    this.#requireOpen();
    const { facts, metadata } = this.#state.restore(checkpoint);
    this.#step = facts.step;
    this.#batches = facts.batches;
    this.#lastCheckpoint = name;
    return metadata;
  }

  /** Frees what the runtime holds. The weights can still be read. */
  async close(): Promise<void> {
    if (this.#status === 'closed') return;
    this.#requireOpen();
    this.#status = 'closed';
    await this.#model.release();
    await (await this.#evaluation)?.release();
    this.#evaluation = undefined;
  }

  async #takeStep(batches: readonly TrainingBatch[]): Promise<TrainingStep> {
    const step = this.#step + 1;
    const { beta1, beta2 } = this.#settings;
    const { rate: rateName, correction1, correction2, norm: normName } = OPTIMIZER_NAMES;
    const rate = requireRate(this.#rate(step), step);
    const start = performance.now();
    const feeds = batches.map((batch) => this.#tensors(batch));
    const scalars = {
      [rateName]: this.#state.scalar(rate),
      [correction1]: this.#state.scalar(1 - beta1 ** step),
      [correction2]: this.#state.scalar(1 - beta2 ** step),
    };
    const { outputs, update } = await this.#model.run(this.#state, feeds, scalars).catch((cause: unknown) => {
      throw runFailure(cause, `step ${step}`, this.provider);
    });
    const loss =
      outputs.reduce((sum, results) => sum + numberOf(results[this.#graph.loss]), 0) / batches.length;
    const norm = numberOf(update[normName]);
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) throw this.#diverged(step, loss, norm);
    this.#state.replace(update);
    this.#step = step;
    this.#batches += batches.length;
    const seconds = (performance.now() - start) / 1000;
    const examples = batches.reduce((sum, batch) => sum + this.#examples(batch), 0);
    return {
      step,
      loss,
      norm,
      rate,
      examples,
      seconds,
      examplesPerSecond: examples / seconds,
      outputs: this.#outputs(outputs[outputs.length - 1]),
    };
  }

  #evaluationSession(): Promise<OnnxSession> {
    const { provider } = this.#model;
    const options = { runtime: this.#runtime, providers: [provider], threads: this.#settings.threads };
    this.#evaluation ??= openFedSession(this.#graph.model, options).then(({ session }) => session);
    return this.#evaluation;
  }

  #diverged(step: number, loss: number, norm: number): PolytokError {
    const checkpoint = this.#lastCheckpoint;
    const last =
      checkpoint === undefined ? 'No checkpoint was stored.' : `The last good checkpoint is '${checkpoint}'.`;
    return new PolytokError(
      'INVALID_ARGUMENT',
      `In step ${step} the loss is ${loss} and the norm of the gradients ${norm}. The step was not taken. ${last} Lower the learning rate, or look at the batch.`,
      { details: { step, loss, norm, checkpoint } },
    );
  }

  #tensors(batch: TrainingBatch): Record<string, OnnxTensor> {
    const entries = Object.entries(batch);
    return Object.fromEntries(
      entries.map(([name, tensor]) => [name, createOnnxTensor(this.#runtime, tensor)]),
    );
  }

  #outputs(results: Readonly<Record<string, OnnxTensor>>): Record<string, NetworkTensor> {
    const outputs = [...this.#graph.outputs.keys()].map((name) => {
      const { type, dims, data } = results[name];
      return [name, { type, shape: dims, data } as NetworkTensor] as const;
    });
    return Object.fromEntries(outputs);
  }

  #examples(batch: TrainingBatch): number {
    const [first] = this.#graph.inputs.keys();
    return batch[first]?.shape[0] ?? 1;
  }

  /** Refuses a second run that would see or change the state within the first. */
  async #exclusively<T>(run: () => Promise<T>): Promise<T> {
    this.#requireOpen();
    this.#status = 'within a run';
    try {
      return await run();
    } finally {
      this.#status = 'open';
    }
  }

  #requireOpen(): void {
    if (this.#status === 'open') return;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      this.#status === 'closed'
        ? 'This trainer is closed. Open another one, and restore a checkpoint.'
        : 'This trainer is within a step or an evaluation. Await it first.',
      { details: { status: this.#status } },
    );
  }
}

function numberOf({ data }: OnnxTensor): number {
  return Number((data as ArrayLike<number>)[0]);
}
