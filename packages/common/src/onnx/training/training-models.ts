import type { Graph, Value } from '../graph/graph.js';
import { encodeModel } from '../model/encode-model.js';
import { openSession } from '../network/open-session.js';
import type { OnnxRuntime, OnnxSession, OnnxTensor } from '../network/runtime.js';
import { type AdamWOptions, addAdamW, addGradientSums, OPTIMIZER_NAMES, updateGraph } from './adam-w.js';
import type { TrainingState } from './training-state.js';

type Tensors = Readonly<Record<string, OnnxTensor>>;

/** What one step takes, and what it gives: outputs of the graph, the norm, and the state after it. */
export interface StepModel {
  /**
   * @param scalars rate and corrections
   * @returns the graph's outputs for each batch; the norm, and what replaces the state
   */
  run(
    state: TrainingState,
    batches: readonly Tensors[],
    scalars: Tensors,
  ): Promise<{ readonly outputs: readonly Tensors[]; readonly update: Tensors }>;
  /** The provider that was found. */
  readonly provider: string;
  release(): Promise<void>;
}

export interface SessionOptions {
  readonly runtime: OnnxRuntime;
  /** To try, in this order. */
  readonly providers: readonly string[];
  readonly threads?: number;
}

export interface StepModelOptions extends SessionOptions {
  readonly loss: Value;
  readonly trained: readonly Value[];
  readonly optimizer: AdamWOptions;
}

/** A session of a graph whose parameters are fed at every run. @throws PolytokError `UNAVAILABLE` */
export function openFedSession(
  model: Uint8Array,
  { runtime, providers, threads }: SessionOptions,
): Promise<{ session: OnnxSession; provider: string }> {
  return openSession(runtime, model, providers, threads === undefined ? {} : { intraOpNumThreads: threads });
}

/** The model of a graph whose parameters are fed at every run. */
export function encodeFedModel(graph: Graph): Uint8Array {
  return encodeModel(graph, { source: () => 'input' });
}

/** One batch, one run: forward pass, gradients and update are one model. */
export async function openSingleStep(graph: Graph, options: StepModelOptions): Promise<StepModel> {
  const wanted = [...graph.outputs.keys()];
  addAdamW(graph, options.loss, options.optimizer, options.trained);
  const { session, provider } = await openFedSession(encodeFedModel(graph), options);
  return {
    provider,
    async run(state, [batch], scalars) {
      const changing = Object.fromEntries(state.changing);
      const results = await session.run({ ...state.feeds(), ...changing, ...batch, ...scalars });
      return { outputs: [pick(results, wanted)], update: results };
    },
    release: () => session.release(),
  };
}

/**
 * Several batches, one update: a model that sums gradients up runs once for each of them, then one that has the update
 * alone. Beside the state there is one more tensor of each parameter's size.
 */
export async function openAccumulatedStep(graph: Graph, options: StepModelOptions): Promise<StepModel> {
  const { sum, next, share } = OPTIMIZER_NAMES;
  const { loss, trained, optimizer } = options;
  const wanted = [...graph.outputs.keys()];
  addGradientSums(graph, loss, trained);
  const { session: gradients, provider } = await openFedSession(encodeFedModel(graph), options);
  const onProvider = { ...options, providers: [provider] };
  const { session: update } = await openFedSession(
    encodeFedModel(updateGraph(trained, optimizer)),
    onProvider,
  );
  const names = trained.map(({ name }) => name);
  return {
    provider,
    async run(state, batches, scalars) {
      const feeds = state.feeds();
      let sums: Tensors = Object.fromEntries(names.map((name) => [sum(name), state.zeros(name)]));
      const outputs: Tensors[] = [];
      for (const batch of batches) {
        const results = await gradients.run({ ...feeds, ...batch, ...sums });
        sums = Object.fromEntries(names.map((name) => [sum(name), results[next(sum(name))]]));
        // Not the sums, which would stay in memory with them.
        outputs.push(pick(results, wanted));
      }
      const mean = state.scalar(1 / batches.length);
      const changing = Object.fromEntries(state.changing);
      return { outputs, update: await update.run({ ...changing, ...sums, ...scalars, [share]: mean }) };
    },
    async release() {
      await gradients.release();
      await update.release();
    },
  };
}

function pick(results: Tensors, names: readonly string[]): Tensors {
  return Object.fromEntries(names.map((name) => [name, results[name]]));
}
