import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../io/safetensors.js';
import { Graph } from '../graph/graph.js';
import { log, square } from '../ops/activation.js';
import { add, multiply, subtract } from '../ops/arithmetic.js';
import { gather } from '../ops/gather.js';
import { reduceMean, reduceSum } from '../ops/reduce.js';
import type { CheckpointStore, TrainingCheckpoint } from './checkpoint.js';
import { Trainer } from './trainer.js';
import type { TrainerOptions, TrainingBatch } from './trainer-options.js';

/** y = w·x + log(x + 1) − log(x + 1): the second part is nothing, and not finite for x ≤ −1. */
function lineGraph(): Graph {
  const graph = new Graph();
  const x = graph.input('x', ['batch']);
  const y = graph.input('y', ['batch']);
  const nothing = log(add(x, 1));
  const error = subtract(add(multiply(x, graph.parameter('w', [])), subtract(nothing, nothing)), y);
  graph.output('loss', reduceMean(square(error)));
  graph.output('bias', reduceMean(error));
  graph.output('errors', error);
  return graph;
}

const weights = new Map<string, Tensor>([['w', { dtype: 'F32', shape: [], data: Float32Array.of(1) }]]);
const open = (changes: Partial<TrainerOptions> = {}) =>
  Trainer.open(lineGraph(), {
    loss: 'loss',
    weights,
    rate: 0.1,
    weightDecay: 0,
    runtime: ort,
    threads: 1,
    ...changes,
  });

/** Points of y = 3x. */
function points(...xs: number[]): TrainingBatch {
  const f32 = (values: number[]) =>
    ({ type: 'float32', shape: [values.length], data: Float32Array.from(values) }) as const;
  return { x: f32(xs), y: f32(xs.map((x) => 3 * x)) };
}

/** A store in memory, and what it was given. */
function memoryStore(): CheckpointStore & {
  readonly saved: (Omit<TrainingCheckpoint, 'parts'> & { bytes: Uint8Array })[];
} {
  const saved: (Omit<TrainingCheckpoint, 'parts'> & { bytes: Uint8Array })[] = [];
  return {
    saved,
    async save({ step, metrics, parts }) {
      saved.push({ step, metrics, bytes: Uint8Array.from(Buffer.concat(parts)) });
      return `memory ${step}`;
    },
  };
}

const refusal = (code: string, details?: object) =>
  expect.objectContaining({ code, ...(details && { details: expect.objectContaining(details) }) });

describe('evaluation', () => {
  it('averages the numbers of the graph over examples, with the weights as they are', async () => {
    const trainer = await open();
    // w = 1: errors −2x, so that squares are 4x².
    expect(await trainer.evaluate([points(1, 2), points(3)])).toEqual({ loss: (4 + 16 + 36) / 3, bias: -4 });
    await trainer.train(new Array(200).fill(points(1, 2)));
    const { loss } = await trainer.evaluate([points(1, 2)]);
    expect(loss).toBeLessThan(0.01);
    expect(trainer.step).toBe(200);
  });

  it('shows all outputs, batch by batch', async () => {
    const trainer = await open();
    const errors: number[][] = [];
    await trainer.evaluate([points(1, 2), points(3)], {
      onBatch: (outputs) => errors.push([...(outputs.errors.data as Float32Array)]),
    });
    expect(errors).toEqual([[-2, -4], [-6]]);
  });

  it('takes averaged weights', async () => {
    const trainer = await open({ averageDecay: 0.5, rate: 1 });
    await trainer.train([points(1)]);
    // The first step of AdamW is as long as its rate: w = 2, and its average 1.5.
    expect((await trainer.evaluate([points(1)])).bias).toBeCloseTo(-1, 4);
    expect((await trainer.evaluate([points(1)], { averaged: true })).bias).toBeCloseTo(-1.5, 4);
    expect(trainer.averagedWeights().get('w')!.data[0]).toBeCloseTo(1.5, 4);
  });

  it('refuses no batches, and numbers that are not finite', async () => {
    const trainer = await open();
    await expect(trainer.evaluate([])).rejects.toThrow(refusal('INVALID_ARGUMENT'));
    await expect(trainer.evaluate([points(1), points(-1)])).rejects.toThrow(
      refusal('INVALID_ARGUMENT', { metrics: { loss: Number.NaN, bias: Number.NaN } }),
    );
  });

  it('stops between two batches', async () => {
    const trainer = await open();
    const controller = new AbortController();
    const evaluation = trainer.evaluate([points(1), points(2)], {
      signal: controller.signal,
      onBatch: () => controller.abort(),
    });
    await expect(evaluation).rejects.toThrow(refusal('ABORTED'));
  });

  it('happens in training every n steps and at the end', async () => {
    const trainer = await open({ averageDecay: 0.9 });
    const seen: [number, string[]][] = [];
    await trainer.train(new Array(5).fill(points(1)), {
      evaluation: () => [points(1, 2)],
      evaluateEvery: 2,
      evaluateAveraged: true,
      onEvaluation: ({ step, metrics }) => void seen.push([step, Object.keys(metrics)]),
    });
    const names = ['loss', 'bias'];
    expect(seen).toEqual([
      [2, names],
      [4, names],
      [5, names],
    ]);
  });
});

describe('the loop', () => {
  it('takes batches from an asynchronous iterable, and closes it where it ends', async () => {
    let drawn = 0;
    let closed = false;
    async function* batches() {
      try {
        for (;;) {
          await null;
          drawn++;
          yield points(1);
        }
      } finally {
        closed = true;
      }
    }
    const trainer = await open();
    await trainer.train(batches(), { until: 3 });
    expect([trainer.step, trainer.batches, drawn, closed]).toEqual([3, 3, 3, true]);
    await trainer.train(batches(), { until: 3 });
    expect([trainer.step, drawn]).toEqual([3, 3]);
  });

  it('tells what a step did', async () => {
    const trainer = await open({ rate: (step) => step / 10 });
    const result = await trainer.trainBatch(points(1, 2));
    expect(result).toMatchObject({ step: 1, loss: 10, norm: 10, rate: 0.1, examples: 2 });
    expect(result.examplesPerSecond).toBeCloseTo(2 / result.seconds, 6);
    expect([...result.outputs.errors.data]).toEqual([-2, -4]);
  });

  it('waits for what onStep does', async () => {
    const trainer = await open();
    const losses: number[] = [];
    await trainer.train(new Array(3).fill(points(1)), {
      onStep: async () => void losses.push((await trainer.evaluate([points(1)])).loss),
    });
    expect(losses).toHaveLength(3);
    expect(losses.toSorted((a, b) => b - a)).toEqual(losses);
  });

  it.each<[string, object]>([
    ['until', { until: 1.5 }],
    ['evaluateEvery', { evaluateEvery: 0, evaluation: () => [] }],
    ['evaluateEvery alone', { evaluateEvery: 1 }],
    ['checkpointEvery', { checkpointEvery: 0, checkpoints: memoryStore() }],
    ['checkpointEvery alone', { checkpointEvery: 1 }],
  ])('refuses %s', async (_, options) => {
    const trainer = await open();
    await expect(trainer.train([points(1)], options)).rejects.toThrow(refusal('INVALID_ARGUMENT'));
    expect(trainer.step).toBe(0);
  });
});

describe('checkpoints', () => {
  it('are stored every n steps and at the end, with the metrics of that step and a position', async () => {
    const trainer = await open({ accumulate: 2 });
    const store = memoryStore();
    await trainer.train(new Array(10).fill(points(1)), {
      evaluation: () => [points(1)],
      evaluateEvery: 4,
      checkpoints: store,
      checkpointEvery: 2,
      checkpointMetadata: () => ({ position: `line ${trainer.batches}` }),
    });
    const named = (metrics: object) => Object.keys(metrics);
    expect(store.saved.map(({ step, metrics }) => [step, named(metrics)])).toEqual([
      [2, []],
      [4, ['loss', 'bias']],
      [5, ['loss', 'bias']],
    ]);
    expect(trainer.lastCheckpoint).toBe('memory 5');
    const other = await open({ accumulate: 2 });
    expect(other.restore(store.saved[1].bytes, { name: 'the fourth' })).toEqual({ position: 'line 8' });
    expect([other.step, other.batches, other.lastCheckpoint]).toEqual([4, 8, 'the fourth']);
  });

  it('are named by the error of a loss that is not finite', async () => {
    const trainer = await open();
    const training = trainer.train([points(1), points(1), points(1), points(-1)], {
      checkpoints: memoryStore(),
      checkpointEvery: 2,
    });
    await expect(training).rejects.toThrow(
      refusal('INVALID_ARGUMENT', { step: 4, loss: Number.NaN, checkpoint: 'memory 2' }),
    );
    await expect(trainer.trainBatch(points(-1))).rejects.toThrow("last good checkpoint is 'memory 2'");
    expect(trainer.step).toBe(3);
  });

  it('are what an infinite loss leaves, even before the first one', async () => {
    const trainer = await open();
    const far: TrainingBatch = {
      ...points(1),
      y: { type: 'float32', shape: [1], data: Float32Array.of(1e30) },
    };
    await expect(trainer.train([points(1), far])).rejects.toThrow(
      refusal('INVALID_ARGUMENT', { step: 2, loss: Infinity, checkpoint: undefined }),
    );
    expect(trainer.step).toBe(1);
  });

  it('that cannot be stored stop training, which can go on', async () => {
    const trainer = await open();
    const store: CheckpointStore = { save: () => Promise.reject(new Error('full')) };
    const batches = new Array(4).fill(points(1));
    await expect(trainer.train(batches, { checkpoints: store, checkpointEvery: 2 })).rejects.toThrow('full');
    expect([trainer.step, trainer.lastCheckpoint]).toEqual([2, undefined]);
    await trainer.train(batches);
    expect(trainer.step).toBe(6);
  });
});

describe('what callers do wrong', () => {
  it('is refused before a step: batches that do not fit, or too many', async () => {
    const trainer = await open({ accumulate: 2 });
    const { x, y } = points(1, 2);
    for (const batch of [
      {},
      { x },
      { x, y: points(1).y },
      { x, y, z: x },
      { x, y: { ...y, type: 'int32' } },
    ]) {
      const promise = trainer.trainBatch(batch as TrainingBatch);
      await expect(promise).rejects.toThrow(refusal('INVALID_ARGUMENT'));
      await expect(trainer.evaluate([batch as TrainingBatch])).rejects.toThrow(refusal('INVALID_ARGUMENT'));
    }
    await expect(trainer.trainBatch()).rejects.toThrow(refusal('INVALID_ARGUMENT'));
    const three = [points(1), points(1), points(1)];
    await expect(trainer.trainBatch(...three)).rejects.toThrow(refusal('INVALID_ARGUMENT'));
    expect(trainer.step).toBe(0);
  });

  it('is refused within a step: another one, or a checkpoint', async () => {
    const trainer = await open();
    const first = trainer.trainBatch(points(1));
    await expect(trainer.trainBatch(points(1))).rejects.toThrow(refusal('INVALID_ARGUMENT'));
    expect(() => trainer.restore(trainer.checkpoint())).toThrow(refusal('INVALID_ARGUMENT'));
    await expect(trainer.close()).rejects.toThrow(refusal('INVALID_ARGUMENT'));
    await first;
    expect(trainer.step).toBe(1);
  });

  it('is refused after close, but for reading the weights', async () => {
    const trainer = await open();
    await trainer.evaluate([points(1)]);
    await trainer.close();
    await trainer.close();
    await expect(trainer.trainBatch(points(1))).rejects.toThrow(refusal('INVALID_ARGUMENT'));
    await expect(trainer.evaluate([points(1)])).rejects.toThrow(refusal('INVALID_ARGUMENT'));
    expect(trainer.weights()).toEqual(weights);
  });

  it('is named: what the runtime refuses', async () => {
    const graph = new Graph();
    const rows = gather(graph.parameter('w', [2, 1]), graph.input('ids', ['n'], 'int64'));
    graph.output('loss', reduceSum(square(rows)));
    const start = new Map<string, Tensor>([
      ['w', { dtype: 'F32', shape: [2, 1], data: Float32Array.of(1, 2) }],
    ]);
    const trainer = await Trainer.open(graph, { loss: 'loss', weights: start, rate: 0.1, runtime: ort });
    const ids = (id: bigint): TrainingBatch => ({
      ids: { type: 'int64', shape: [1], data: BigInt64Array.of(id) },
    });
    await expect(trainer.trainBatch(ids(7n))).rejects.toThrow(refusal('INVALID_ARGUMENT'));
    await expect(trainer.evaluate([ids(7n)])).rejects.toThrow(refusal('INVALID_ARGUMENT'));
    await trainer.trainBatch(ids(1n));
    expect(trainer.step).toBe(1);
  });
});
