import { PolytokError } from '../../errors.js';
import { decodeSafetensors, safetensorsParts, type Tensor, tensorToFloat32 } from '../../io/safetensors.js';
import type { Value } from '../graph/graph.js';
import { createOnnxTensor, type OnnxRuntime, type OnnxTensor } from '../network/runtime.js';
import type { WeightStore } from '../weights/weight-store.js';
import { OPTIMIZER_NAMES } from './adam-w.js';
import {
  type CheckpointFacts,
  foreignMetadata,
  formatCheckpointFacts,
  parseCheckpointFacts,
} from './checkpoint.js';

/** Most names that a message lists; `details` has all. */
const LISTED = 8;

export interface TrainingStateOptions {
  readonly runtime: OnnxRuntime;
  /** All of the graph. */
  readonly parameters: readonly Value[];
  /** Those that are trained, by name. */
  readonly trained: ReadonlySet<string>;
  /** Where training starts, and the tensor of each parameter there. */
  readonly weights: WeightStore;
  readonly names: ReadonlyMap<string, string>;
  /** Whether a moving average of the weights is kept. */
  readonly averaged: boolean;
}

/** Parameters, moments and averages as tensors of the runtime, by the names of the inputs that they are fed to. */
export class TrainingState {
  readonly #runtime: OnnxRuntime;
  /** Parameters that stay as they are. */
  readonly frozen = new Map<string, OnnxTensor>();
  /** What every step replaces. */
  readonly changing = new Map<string, OnnxTensor>();
  readonly #parameters: readonly string[];

  private constructor(runtime: OnnxRuntime, parameters: readonly string[]) {
    this.#runtime = runtime;
    this.#parameters = parameters;
  }

  /** The state before the first step. @throws PolytokError what reading the weights throws */
  static async start(options: TrainingStateOptions): Promise<TrainingState> {
    const { runtime, parameters, trained, weights, names, averaged } = options;
    const state = new TrainingState(
      runtime,
      parameters.map(({ name }) => name),
    );
    for (const { name } of parameters) {
      const read = await weights.read(names.get(name)!);
      const { shape } = read;
      const data = tensorToFloat32(read);
      const tensor = (values: Float32Array) =>
        createOnnxTensor(runtime, { type: 'float32', shape, data: values });
      if (!trained.has(name)) {
        state.frozen.set(name, tensor(data));
        continue;
      }
      state.changing.set(name, tensor(data.slice()));
      state.changing.set(OPTIMIZER_NAMES.first(name), tensor(new Float32Array(data.length)));
      state.changing.set(OPTIMIZER_NAMES.second(name), tensor(new Float32Array(data.length)));
      if (averaged) state.changing.set(OPTIMIZER_NAMES.average(name), tensor(data.slice()));
    }
    return state;
  }

  /** What a model of all parameters is fed. @param averaged their averages instead, where they have one */
  feeds({ averaged = false } = {}): Record<string, OnnxTensor> {
    const feeds = this.#parameters.map((name) => {
      const average = averaged ? this.changing.get(OPTIMIZER_NAMES.average(name)) : undefined;
      return [name, average ?? this.changing.get(name) ?? this.frozen.get(name)!] as const;
    });
    return Object.fromEntries(feeds);
  }

  /** A number as a tensor of rank 0. */
  scalar(value: number): OnnxTensor {
    return createOnnxTensor(this.#runtime, { type: 'float32', data: Float32Array.of(value), shape: [] });
  }

  /** Zeros of the shape of a parameter that is trained. */
  zeros(name: string): OnnxTensor {
    const { dims: shape } = this.changing.get(name)!;
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    return createOnnxTensor(this.#runtime, { type: 'float32', shape, data });
  }

  /** Takes over what a step gave. */
  replace(update: Readonly<Record<string, OnnxTensor>>): void {
    for (const name of this.changing.keys()) this.changing.set(name, update[OPTIMIZER_NAMES.next(name)]);
  }

  /** Copies of what {@link feeds} gives. */
  tensors(options: { readonly averaged?: boolean } = {}): Map<string, Tensor> {
    const feeds = Object.entries(this.feeds(options));
    return new Map(
      feeds.map(([name, tensor]) => [name, { ...tensorOf(tensor), data: floatsOf(tensor).slice() }]),
    );
  }

  /** A checkpoint as parts of a safetensors file, not copied. @throws PolytokError `INVALID_ARGUMENT` for metadata */
  encode(facts: CheckpointFacts, metadata: Readonly<Record<string, string>> = {}): Uint8Array[] {
    const tensors = new Map([...this.changing].map(([name, tensor]) => [name, tensorOf(tensor)]));
    return safetensorsParts(tensors, { metadata: { ...metadata, ...formatCheckpointFacts(facts) } });
  }

  /**
   * Takes over a checkpoint; the state is as before when it is refused.
   * @throws PolytokError `INVALID_FORMAT` for what is no checkpoint, or one of another network, naming what differs
   */
  restore(checkpoint: Uint8Array): { facts: CheckpointFacts; metadata: Record<string, string> } {
    const { tensors, metadata } = decodeSafetensors(checkpoint);
    const facts = parseCheckpointFacts(metadata);
    if (!facts) {
      throw new PolytokError(
        'INVALID_FORMAT',
        'This safetensors file is no checkpoint of a Trainer: its step is missing.',
      );
    }
    this.#requireFit(tensors);
    for (const name of this.changing.keys()) {
      const { shape, data } = tensors.get(name) as Tensor & { readonly data: Float32Array };
      this.changing.set(
        name,
        createOnnxTensor(this.#runtime, { type: 'float32', shape, data: data.slice() }),
      );
    }
    return { facts, metadata: foreignMetadata(metadata) };
  }

  #requireFit(tensors: ReadonlyMap<string, Tensor>): void {
    const missing = [...this.changing.keys()].filter((name) => !tensors.has(name));
    const extra = [...tensors.keys()].filter((name) => !this.changing.has(name));
    const misshapen = [...this.changing]
      .map(([name, { dims }]) => ({ name, dims, tensor: tensors.get(name) }))
      .filter(({ dims, tensor }) => tensor && (tensor.dtype !== 'F32' || tensor.shape.join() !== dims.join()))
      .map(({ name, dims, tensor }) => `${name} is ${tensor!.dtype} [${tensor!.shape}], not F32 [${dims}]`);
    if (missing.length + extra.length + misshapen.length === 0) return;
    throw new PolytokError(
      'INVALID_FORMAT',
      `This checkpoint is of another network, or of other parameters that are trained: ${list('missing', missing)}${list('of another shape', misshapen)}${list('unknown', extra)}Open the trainer with the graph and options that it was made with.`,
      { details: { missing, misshapen, extra } },
    );
  }
}

function list(what: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  return `${names.length} ${what} (${names.slice(0, LISTED).join('; ')}${more}). `;
}

function floatsOf({ data }: OnnxTensor): Float32Array {
  return data as Float32Array;
}

function tensorOf(tensor: OnnxTensor): Extract<Tensor, { dtype: 'F32' }> {
  return { dtype: 'F32', shape: tensor.dims, data: floatsOf(tensor) };
}
