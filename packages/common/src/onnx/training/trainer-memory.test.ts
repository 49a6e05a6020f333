import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as ort from 'onnxruntime-node';
import { expect, it } from 'vitest';
import type { Tensor } from '../../io/safetensors.js';
import { Graph } from '../graph/graph.js';
import { square } from '../ops/activation.js';
import { linear } from '../ops/matmul.js';
import { reduceMean } from '../ops/reduce.js';
import { initialWeights } from '../weights/initial-weights.js';
import { Trainer } from './trainer.js';
import type { TrainingBatch } from './trainer-options.js';

const SIDE = 512;
/** The weights; moments and gradients take as much each. */
const WEIGHT_BYTES = 4 * SIDE * SIDE;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Bytes of this process after everything that is garbage has gone. */
async function residentBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().rss;
}

function graphOf(): Graph {
  const graph = new Graph();
  const y = linear(graph.input('x', ['batch', SIDE]), { weight: graph.parameter('w', [SIDE, SIDE]) });
  graph.output('loss', reduceMean(square(y)));
  return graph;
}

const batch: TrainingBatch = {
  x: { type: 'float32', shape: [4, SIDE], data: new Float32Array(4 * SIDE).fill(0.1) },
};

it.each([1, 2])(
  'memory stays at its level over hundreds of steps (%s batches per step)',
  async (accumulate) => {
    const graph = graphOf();
    const trainer = await Trainer.open(graph, {
      loss: 'loss',
      weights: initialWeights(graph),
      rate: 1e-4,
      averageDecay: 0.9,
      accumulate,
      runtime: ort,
      threads: 1,
    });
    const steps = async (until: number) => {
      await trainer.train(new Array(1000).fill(batch), { until });
      await trainer.evaluate([batch]);
      trainer.checkpoint();
    };
    await steps(50);
    const before = await residentBytes();
    await steps(350);
    const after = await residentBytes();
    // 300 steps make 1200 tensors of 1 MB.
    expect(after - before).toBeLessThan(40 * WEIGHT_BYTES);
    await trainer.close();
  },
);

it('memory goes when trainers are closed', async () => {
  const open = async () => {
    const graph = graphOf();
    const trainer = await Trainer.open(graph, {
      loss: 'loss',
      weights: initialWeights(graph),
      rate: 1e-4,
      runtime: ort,
      threads: 1,
    });
    await trainer.trainBatch(batch);
    await trainer.evaluate([batch]);
    await trainer.close();
  };
  // The allocator's own level is reached by the first ones.
  for (let time = 0; time < 30; time++) await open();
  const before = await residentBytes();
  for (let time = 0; time < 60; time++) await open();
  // 60 trainers that are held keep 3 MB of state each, and as much again within their sessions.
  expect((await residentBytes()) - before).toBeLessThan(100 * WEIGHT_BYTES);
});

it.each([1, 2])(
  'the weights that training started from are not held (%s batches per step)',
  async (accumulate) => {
    const graph = graphOf();
    let weights: Map<string, Tensor> | undefined = initialWeights(graph);
    const first = new WeakRef(weights.get('w')!.data);
    const trainer = await Trainer.open(graph, {
      loss: 'loss',
      weights,
      rate: 1e-4,
      accumulate,
      runtime: ort,
      threads: 1,
    });
    weights = undefined;
    await trainer.trainBatch(batch);
    await residentBytes();
    expect(first.deref()).toBeUndefined();
    expect(trainer.step).toBe(1);
    await trainer.close();
  },
);
