import { requireInteger } from '../../arguments.js';
import { PolytokError } from '../../errors.js';
import { tensorToFloat32 } from '../../io/safetensors.js';
import type { DataArrays, DataType } from '../graph/data-type.js';
import type { Graph } from '../graph/graph.js';
import { encodeModel, type ParameterSource } from '../model/encode-model.js';
import { type BindWeightsOptions, bindWeights } from '../weights/bind-weights.js';
import type { WeightStore } from '../weights/weight-store.js';
import { checkInputs } from './check-inputs.js';
import { openSession } from './open-session.js';
import { runFailure } from './run-failure.js';
import {
  createOnnxTensor,
  loadOnnxRuntime,
  type OnnxRuntime,
  type OnnxSession,
  type OnnxSessionOptions,
} from './runtime.js';

/** What is fed and what comes back. */
export type NetworkTensor = {
  [T in DataType]: { readonly type: T; readonly shape: readonly number[]; readonly data: DataArrays[T] };
}[DataType];

export interface NetworkOptions extends BindWeightsOptions {
  /** `import * as ort from 'onnxruntime-node'`, or another one. Default: the installed one. */
  readonly runtime?: OnnxRuntime;
  /** Execution providers to try, in this order: 'cuda', 'webgpu', 'coreml', 'cpu', … Default: `['cpu']`. */
  readonly providers?: readonly string[];
  /** Threads of the CPU provider, at least 1. Default: the runtime's choice. */
  readonly threads?: number;
}

/** The most that a protobuf message, and so a model with its weights inside, may hold. */
const MAX_MODEL_BYTES = 2 ** 31 - 1;

/**
 * A graph with its weights, ready to run on ONNX Runtime.
 *
 *     const network = await Network.open(graph, weights);
 *     const { ids } = await network.run({ x: { type: 'float32', shape: [1, 80, 3000], data } });
 */
export class Network {
  readonly #graph: Graph;
  readonly #session: OnnxSession;
  readonly #runtime: OnnxRuntime;
  /** The provider that was found. */
  readonly provider: string;

  private constructor(graph: Graph, session: OnnxSession, runtime: OnnxRuntime, provider: string) {
    this.#graph = graph;
    this.#session = session;
    this.#runtime = runtime;
    this.provider = provider;
  }

  /**
   * Binds weights to the graph and opens it. Weights of 32-bit floats in files are mapped, not copied; others are converted.
   * @throws PolytokError `INVALID_FORMAT` for weights that do not fit (all named), `UNAVAILABLE` when no provider works
   *   (each with its reason), `LIMIT_EXCEEDED` when the weights are no files and exceed 2 GiB
   */
  static async open(graph: Graph, weights: WeightStore, options: NetworkOptions = {}): Promise<Network> {
    const { runtime = await loadOnnxRuntime(), providers = ['cpu'], threads } = options;
    if (threads !== undefined) requireInteger(threads, 'threads', { minimum: 1 });
    const names = bindWeights(graph, weights, options);
    const { sources, folder } = await locateWeights(graph, weights, names);
    const model = encodeModel(graph, { source: ({ name }) => sources.get(name)! });
    const { session, provider } = await openSession(runtime, model, providers, {
      ...(threads !== undefined && { intraOpNumThreads: threads }),
      ...(folder !== undefined && mappedFrom(folder)),
    });
    return new Network(graph, session, runtime, provider);
  }

  /**
   * One run.
   * @param inputs by name, all of the graph's
   * @param wanted names of the outputs to compute. Default: all
   * @throws PolytokError `INVALID_ARGUMENT` for a missing, foreign or misshapen input or an unknown output, naming it, and
   *   when the runtime stops: an index beyond its table, sizes that do not fit together, a network that is closed
   */
  async run(
    inputs: Readonly<Record<string, NetworkTensor>>,
    wanted: readonly string[] = [...this.#graph.outputs.keys()],
  ): Promise<Record<string, NetworkTensor>> {
    checkInputs(this.#graph.inputs, inputs);
    const unknown = wanted.filter((name) => !this.#graph.outputs.has(name));
    if (unknown.length > 0) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `There is no output '${unknown.join("', '")}'. There are ${[...this.#graph.outputs.keys()].join(', ')}.`,
        { details: { names: unknown } },
      );
    }
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, tensor]) => [name, createOnnxTensor(this.#runtime, tensor)]),
    );
    const results = await this.#session.run(feeds, wanted).catch((cause: unknown) => {
      throw runFailure(cause, 'this network', this.provider);
    });
    return Object.fromEntries(
      wanted.map((name) => {
        const { type, dims, data } = results[name];
        return [name, { type, shape: dims, data } as NetworkTensor];
      }),
    );
  }

  /** Frees what the runtime holds. */
  async close(): Promise<void> {
    await this.#session.release();
  }
}

/**
 * Options of a session whose weights are in files: they stay there, mapped. Without the first of these, ONNX Runtime
 * keeps a rearranged copy of every weight of a matrix product, which long inputs gain nothing from; without the second,
 * a plan of memory beside the memory of the first run, for every shape.
 */
function mappedFrom(folder: string): OnnxSessionOptions {
  return {
    extra: { session: { model_external_initializers_file_folder_path: folder, disable_prepacking: '1' } },
    enableMemPattern: false,
  };
}

/** Where each parameter's numbers are; the folder of those in files, of which a model has one. */
async function locateWeights(
  graph: Graph,
  weights: WeightStore,
  names: ReadonlyMap<string, string>,
): Promise<{ sources: ReadonlyMap<string, ParameterSource>; folder?: string }> {
  const sources = new Map<string, ParameterSource>();
  let folder: string | undefined;
  let bytes = 0;
  for (const parameter of graph.parameters.keys()) {
    const name = names.get(parameter)!;
    const place = weights.entries.get(name)!.dtype === 'F32' ? weights.locate?.(name) : undefined;
    if (place && (folder ?? place.folder) === place.folder) {
      folder = place.folder;
      sources.set(parameter, place);
      continue;
    }
    const data = tensorToFloat32(await weights.read(name));
    bytes += data.byteLength;
    if (bytes > MAX_MODEL_BYTES) {
      throw new PolytokError(
        'LIMIT_EXCEEDED',
        `Weights in memory may take ${MAX_MODEL_BYTES} bytes; these take more. Keep them in safetensors files of F32.`,
        { details: { limit: MAX_MODEL_BYTES } },
      );
    }
    sources.set(parameter, { data });
  }
  return { sources, folder };
}
