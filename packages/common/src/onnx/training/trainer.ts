import { requireInteger, requirePositive } from '../../arguments.js';
import { PolytokError, throwIfAborted } from '../../errors.js';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../io/safetensors.js';
import type { Graph, Value } from '../graph/graph.js';
import { encodeModel } from '../model/encode-model.js';
import type { NetworkTensor } from '../network/network.js';
import {
  createOnnxSession,
  createOnnxTensor,
  loadOnnxRuntime,
  type OnnxRuntime,
  type OnnxSession,
  type OnnxTensor,
} from '../network/runtime.js';
import { type AdamWOptions, addAdamW, OPTIMIZER_NAMES } from './adam-w.js';

export interface TrainerOptions extends AdamWOptions {
  /** One number, of an output of the graph that is named so. */
  readonly loss: string;
  /** `[shape]` of every parameter, by name: where training starts. */
  readonly weights: ReadonlyMap<string, Tensor>;
  /** Learning rate, or one for each step, from 1 on. */
  readonly rate: number | ((step: number) => number);
  /** Default: the installed one. */
  readonly runtime?: OnnxRuntime;
  /** Threads, at least 1. Default: the runtime's choice. */
  readonly threads?: number;
}

/** What a step gave. */
export interface TrainingStep {
  /** From 1 on. */
  readonly step: number;
  /** Before the update. */
  readonly loss: number;
  /** Norm of all gradients, before it is limited. */
  readonly norm: number;
  /** Other outputs of the graph, by name. */
  readonly outputs: Readonly<Record<string, NetworkTensor>>;
}

export interface TrainOptions {
  readonly signal?: AbortSignal;
  /** Called after every step. */
  readonly onStep?: (step: TrainingStep) => void | Promise<void>;
}

/** A batch: every input of the graph, by name. */
export type TrainingBatch = Readonly<Record<string, NetworkTensor>>;

/**
 * Trains the parameters of a graph with AdamW, on ONNX Runtime: forward pass, gradients and update are one model, and a
 * step is one run. The same weights, batches and threads give the same result, so that training which goes on from a
 * checkpoint ends as if it had never stopped.
 */
export class Trainer {
  readonly #runtime: OnnxRuntime;
  readonly #session: OnnxSession;
  readonly #options: TrainerOptions;
  /** Names of the graph's own outputs. */
  readonly #outputs: readonly string[];
  /** Parameters and moments, by the name of their input. */
  readonly #state: Map<string, OnnxTensor>;
  readonly #parameters: readonly string[];
  #step = 0;

  private constructor(
    parts: {
      readonly runtime: OnnxRuntime;
      readonly session: OnnxSession;
      readonly outputs: readonly string[];
    },
    state: Map<string, OnnxTensor>,
    parameters: readonly string[],
    options: TrainerOptions,
  ) {
    this.#runtime = parts.runtime;
    this.#session = parts.session;
    this.#outputs = parts.outputs;
    this.#state = state;
    this.#parameters = parameters;
    this.#options = options;
  }

  /**
   * Adds gradients and updates to the graph, which belongs to the trainer from then on, and opens it.
   * @throws PolytokError `INVALID_ARGUMENT` for a loss that is no output or no number, parameters that it does not depend
   *   on, or weights that are missing or misshapen
   */
  static async open(graph: Graph, options: TrainerOptions): Promise<Trainer> {
    const { loss: lossName, weights, runtime = await loadOnnxRuntime(), threads, rate } = options;
    if (threads !== undefined) requireInteger(threads, 'threads', { minimum: 1 });
    if (typeof rate === 'number') requirePositive(rate, 'rate');
    const loss = graph.outputs.get(lossName);
    if (loss === undefined) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `The graph has no output '${lossName}'. It has: ${[...graph.outputs.keys()].join(', ')}.`,
        {
          details: { loss: lossName },
        },
      );
    }
    const outputs = [...graph.outputs.keys()];
    const parameters = [...graph.parameters.values()];
    addAdamW(graph, loss, options, parameters);
    const state = initialState(runtime, parameters, weights);
    const session = await createOnnxSession(runtime, encodeModel(graph, { source: () => 'input' }), {
      logSeverityLevel: 3,
      ...(threads !== undefined && { intraOpNumThreads: threads }),
    });
    const names = parameters.map(({ name }) => name);
    return new Trainer({ runtime, session, outputs }, state, names, options);
  }

  /** Steps done, those before a checkpoint included. */
  get step(): number {
    return this.#step;
  }

  /**
   * One step per batch, until there are no more.
   * @throws PolytokError `INVALID_ARGUMENT` when the loss is not finite any more: the step is not taken, so that
   *   {@link checkpoint} still gives the last good state; `ABORTED` between two steps
   */
  async train(
    batches: Iterable<TrainingBatch> | AsyncIterable<TrainingBatch>,
    { signal, onStep }: TrainOptions = {},
  ): Promise<void> {
    for await (const batch of batches) {
      throwIfAborted(signal, 'Training');
      const result = await this.trainBatch(batch);
      await onStep?.(result);
    }
  }

  /** One step. @throws PolytokError as {@link train} */
  async trainBatch(batch: TrainingBatch): Promise<TrainingStep> {
    const step = this.#step + 1;
    const { rate, beta1 = 0.9, beta2 = 0.999, loss: lossName } = this.#options;
    const names = OPTIMIZER_NAMES;
    const scalar = (value: number) =>
      createOnnxTensor(this.#runtime, { type: 'float32', data: Float32Array.of(value), shape: [] });
    const feeds: Record<string, OnnxTensor> = {
      ...Object.fromEntries(this.#state),
      [names.rate]: scalar(typeof rate === 'number' ? rate : rate(step)),
      [names.correction1]: scalar(1 - beta1 ** step),
      [names.correction2]: scalar(1 - beta2 ** step),
    };
    for (const [name, tensor] of Object.entries(batch)) feeds[name] = createOnnxTensor(this.#runtime, tensor);
    const results = await this.#session.run(feeds);
    const loss = Number((results[lossName].data as Float32Array)[0]);
    const norm = Number((results[names.norm].data as Float32Array)[0]);
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `In step ${step} the loss is ${loss} and the norm of the gradients ${norm}. The step was not taken: save a checkpoint, and lower the learning rate or look at the batch.`,
        { details: { step, loss, norm } },
      );
    }
    for (const name of this.#state.keys()) this.#state.set(name, results[names.next(name)]);
    this.#step = step;
    const outputs = this.#outputs.map((name) => {
      const { type, dims, data } = results[name];
      return [name, { type, shape: dims, data } as NetworkTensor] as const;
    });
    return { step, loss, norm, outputs: Object.fromEntries(outputs) };
  }

  /** The parameters as they are now, for {@link Network.open} or a file. */
  weights(): Map<string, Tensor> {
    return new Map(this.#parameters.map((name) => [name, tensorOf(this.#state.get(name)!)]));
  }

  /** A safetensors file with all that training needs to go on: parameters, moments and the step. */
  checkpoint(): Uint8Array {
    const tensors = new Map([...this.#state].map(([name, tensor]) => [name, tensorOf(tensor)]));
    return encodeSafetensors(tensors, { metadata: { [STEP]: String(this.#step) } });
  }

  /**
   * Goes on from a checkpoint.
   * @throws PolytokError `INVALID_FORMAT` for a checkpoint of another network, naming what does not fit
   */
  restore(checkpoint: Uint8Array): void {
    const { tensors, metadata } = decodeSafetensors(checkpoint);
    const step = Number(metadata[STEP]);
    const wrong = [...this.#state].filter(([name, { dims }]) => {
      const tensor = tensors.get(name);
      return tensor?.dtype !== 'F32' || tensor.shape.join() !== dims.join();
    });
    const extra = [...tensors.keys()].filter((name) => !this.#state.has(name));
    if (wrong.length + extra.length > 0 || !Number.isInteger(step) || step < 0) {
      const names = [...wrong.map(([name]) => name), ...extra];
      throw new PolytokError(
        'INVALID_FORMAT',
        `This checkpoint is of another network, or none: ${names.slice(0, 8).join(', ') || 'its step is missing'}${names.length > 8 ? ` and ${names.length - 8} more` : ''}.`,
        { details: { names } },
      );
    }
    for (const name of this.#state.keys()) {
      const { shape, data } = tensors.get(name) as Tensor & { readonly data: Float32Array };
      this.#state.set(name, createOnnxTensor(this.#runtime, { type: 'float32', shape, data: data.slice() }));
    }
    this.#step = step;
  }

  /** Frees what the runtime holds. */
  async close(): Promise<void> {
    await this.#session.release();
  }
}

const STEP = 'polytok.step';

function initialState(
  runtime: OnnxRuntime,
  parameters: readonly Value[],
  weights: ReadonlyMap<string, Tensor>,
): Map<string, OnnxTensor> {
  const bad = parameters.filter(({ name, shape }) => {
    const tensor = weights.get(name);
    return tensor?.dtype !== 'F32' || tensor.shape.join() !== shape.join();
  });
  if (bad.length > 0) {
    const names = bad.map(({ name, shape }) => `${name} [${shape}]`);
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Training starts from F32 weights of every parameter; missing or misshapen: ${names.join(', ')}.`,
      {
        details: { names },
      },
    );
  }
  const state = new Map<string, OnnxTensor>();
  for (const { name } of parameters) {
    const { shape, data } = weights.get(name) as Tensor & { readonly data: Float32Array };
    const tensor = (values: Float32Array) =>
      createOnnxTensor(runtime, { type: 'float32', shape, data: values });
    state.set(name, tensor(data.slice()));
    state.set(OPTIMIZER_NAMES.first(name), tensor(new Float32Array(data.length)));
    state.set(OPTIMIZER_NAMES.second(name), tensor(new Float32Array(data.length)));
  }
  return state;
}

function tensorOf({ dims, data }: OnnxTensor): Tensor {
  return { dtype: 'F32', shape: dims, data: (data as Float32Array).slice() };
}
