/** For tests: a small training whose every part matters for going on: seeded batches, two per step, a schedule, averages. */
import * as runtime from 'onnxruntime-node';
import type { Tensor } from '../io/safetensors.js';
import { Graph } from '../onnx/graph/graph.js';
import { gelu } from '../onnx/ops/activation.js';
import { negate } from '../onnx/ops/arithmetic.js';
import { pick } from '../onnx/ops/gather.js';
import { linear } from '../onnx/ops/matmul.js';
import { reduceMean } from '../onnx/ops/reduce.js';
import { logSoftmax } from '../onnx/ops/softmax.js';
import { oneCycleRate } from '../onnx/training/schedules.js';
import { shuffledBatches } from '../onnx/training/shuffled-batches.js';
import { Trainer } from '../onnx/training/trainer.js';
import type { TrainingBatch } from '../onnx/training/trainer-options.js';
import { seededRandom } from '../random.js';

export const STEPS = 12;
const ROWS = 50;

/** @param hidden another number makes another network */
export async function openTraining(hidden = 8): Promise<Trainer> {
  const next = seededRandom(hidden);
  const weights = new Map<string, Tensor>();
  const graph = new Graph();
  const parameter = (name: string, ...shape: number[]) => {
    const length = shape.reduce((product, size) => product * size, 1);
    weights.set(name, {
      dtype: 'F32',
      shape,
      data: Float32Array.from({ length }, () => next() / 2 ** 32 - 0.5),
    });
    return graph.parameter(name, shape);
  };
  const x = graph.input('x', ['batch', 3]);
  const inner = gelu(
    linear(x, { weight: parameter('inner.weight', hidden, 3), bias: parameter('inner.bias', hidden) }),
  );
  const logits = linear(inner, { weight: parameter('head.weight', 2, hidden) });
  const target = graph.input('target', ['batch'], 'int64');
  graph.output('loss', negate(reduceMean(pick(logSoftmax(logits), target))));
  const rate = oneCycleRate({ rate: 0.05, steps: STEPS });
  return Trainer.open(graph, {
    loss: 'loss',
    weights,
    rate,
    clipNorm: 1,
    accumulate: 2,
    averageDecay: 0.8,
    runtime,
    threads: 1,
  });
}

const random = seededRandom(9);
const data: TrainingBatch = {
  x: {
    type: 'float32',
    shape: [ROWS, 3],
    data: Float32Array.from({ length: ROWS * 3 }, () => random() / 2 ** 31 - 1),
  },
  target: {
    type: 'int64',
    shape: [ROWS],
    data: BigInt64Array.from({ length: ROWS }, () => BigInt(random() & 1)),
  },
};

/** From where the trainer stands, without end. */
export function batchesFrom({ batches: start }: Trainer): Iterable<TrainingBatch> {
  return shuffledBatches({ data, batchSize: 7, seed: 4, start });
}
