/** What a trainer takes and gives. */
import type { Tensor } from '../../io/safetensors.js';
import type { NetworkTensor } from '../network/network.js';
import type { OnnxRuntime } from '../network/runtime.js';
import type { BindWeightsOptions } from '../weights/bind-weights.js';
import type { WeightStore } from '../weights/weight-store.js';
import type { AdamWOptions } from './adam-w.js';
import type { Schedule } from './schedules.js';

export interface TrainerOptions extends AdamWOptions, BindWeightsOptions {
  /** One number, of an output of the graph that is named so. */
  readonly loss: string;
  /** Where training starts: a floating-point tensor for every parameter. */
  readonly weights: ReadonlyMap<string, Tensor> | WeightStore;
  /** Learning rate, or one for each step, from 1 on: see schedules.ts. */
  readonly rate: number | Schedule;
  /** Parameters that stay as they are, by name. Default: none. */
  readonly frozen?: (name: string) => boolean;
  /** Most batches of a step, whose losses and gradients are averaged, each alike; at least 1. Default: 1. */
  readonly accumulate?: number;
  /** Default: the installed one. */
  readonly runtime?: OnnxRuntime;
  /** Execution providers to try, in this order: 'cuda', 'webgpu', 'cpu', … Default: `['cpu']`. */
  readonly providers?: readonly string[];
  /** Threads of the CPU provider, at least 1. Default: the runtime's choice. */
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
  /** Learning rate of this step. */
  readonly rate: number;
  /** Sizes of the first axis of the graph's first input, of all batches together. */
  readonly examples: number;
  /** That the step took, without waiting for its batches. */
  readonly seconds: number;
  readonly examplesPerSecond: number;
  /** Outputs of the graph for the last batch, by name. */
  readonly outputs: Readonly<Record<string, NetworkTensor>>;
}

/** A batch: every input of the graph, by name. */
export type TrainingBatch = Readonly<Record<string, NetworkTensor>>;

export type TrainingBatches = Iterable<TrainingBatch> | AsyncIterable<TrainingBatch>;

export interface RestoreOptions {
  /** What names the checkpoint in messages, such as its path. */
  readonly name?: string;
}
