import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../io/safetensors.js';
import { Graph, type Value } from '../graph/graph.js';
import { Network } from '../network/network.js';
import { gelu, log } from '../ops/activation.js';
import { add, multiply, negate } from '../ops/arithmetic.js';
import { conv } from '../ops/conv.js';
import { pick } from '../ops/gather.js';
import { linear, matMul } from '../ops/matmul.js';
import { layerNorm } from '../ops/normalize.js';
import { reduceMean, reduceSum } from '../ops/reduce.js';
import { transpose } from '../ops/reshape.js';
import { logSoftmax, softmax } from '../ops/softmax.js';
import { weightsOf } from '../weights/weight-store.js';
import { Trainer } from './trainer.js';
import type { TrainingBatch } from './trainer-options.js';

interface Golden {
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly x: { readonly shape: readonly number[]; readonly values: readonly number[] };
  readonly target: { readonly shape: readonly number[]; readonly values: readonly number[] };
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly final: Readonly<Record<string, readonly number[]>>;
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../goldens/training.json', import.meta.url), 'utf8'),
);

/** The network of goldens/training.py. */
function goldenGraph(): Graph {
  const graph = new Graph();
  const p = (name: string): Value => graph.parameter(name, golden.shapes[name]);
  const both = (name: string) => ({ weight: p(`${name}.weight`), bias: p(`${name}.bias`) });
  const x = graph.input('x', [2, 4, 6]);
  const target = graph.input('target', [2, 6], 'int64');
  const h = layerNorm(transpose(gelu(conv(x, { ...both('conv'), padding: 1 })), [0, 2, 1]), both('norm'));
  const scores = multiply(
    matMul(linear(h, both('q')), transpose(linear(h, { weight: p('k.weight') }), [0, 2, 1])),
    8 ** -0.5,
  );
  const attended = add(h, matMul(softmax(scores), linear(h, both('v'))));
  const logits = linear(attended, both('head'));
  graph.output('loss', negate(reduceMean(pick(logSoftmax(logits), target))));
  graph.output('logits', logits);
  return graph;
}

const tensors = (values: Golden['weights']): Map<string, Tensor> =>
  new Map(
    Object.entries(values).map(([name, list]) => [
      name,
      { dtype: 'F32', shape: golden.shapes[name], data: Float32Array.from(list) },
    ]),
  );
const batch: TrainingBatch = {
  x: { type: 'float32', shape: golden.x.shape, data: Float32Array.from(golden.x.values) },
  target: {
    type: 'int64',
    shape: golden.target.shape,
    data: BigInt64Array.from(golden.target.values, BigInt),
  },
};
const options = {
  loss: 'loss',
  weights: tensors(golden.weights),
  rate: 0.02,
  weightDecay: 0.1,
  clipNorm: 0.5,
  runtime: ort,
  threads: 1,
};

describe('training', () => {
  it('goes as in PyTorch: losses, norms and weights of 20 steps', async () => {
    const trainer = await Trainer.open(goldenGraph(), options);
    const losses: number[] = [];
    const norms: number[] = [];
    await trainer.train(new Array(20).fill(batch), {
      onStep({ loss, norm }) {
        losses.push(loss);
        norms.push(norm);
      },
    });
    for (const [step, loss] of golden.losses.entries()) {
      expect(Math.abs(losses[step] - loss), `step ${step}`).toBeLessThan(2e-5);
      expect(Math.abs(norms[step] - golden.norms[step]), `step ${step}`).toBeLessThan(2e-4);
    }
    for (const [name, { data }] of trainer.weights()) {
      const worst = golden.final[name].reduce(
        (most, value, at) => Math.max(most, Math.abs(value - Number(data[at]))),
        0,
      );
      expect(worst, name).toBeLessThan(2e-4);
    }
    await trainer.close();
  });

  it('goes on from a checkpoint to the same bits', async () => {
    const whole = await Trainer.open(goldenGraph(), options);
    await whole.train(new Array(10).fill(batch));
    const first = await Trainer.open(goldenGraph(), options);
    await first.train(new Array(4).fill(batch));
    const second = await Trainer.open(goldenGraph(), options);
    second.restore(first.checkpoint());
    expect(second.step).toBe(4);
    await second.train(new Array(6).fill(batch));
    expect(second.checkpoint()).toEqual(whole.checkpoint());
  });

  it('gives weights that a network runs with', async () => {
    const trainer = await Trainer.open(goldenGraph(), options);
    await trainer.train([batch]);
    const network = await Network.open(goldenGraph(), weightsOf(trainer.weights()), { runtime: ort });
    const { loss } = await network.run(batch, ['loss']);
    expect((loss.data as Float32Array)[0]).toBeCloseTo(golden.losses[1], 5);
  });

  it('follows a schedule, and stops between two steps', async () => {
    const rates: number[] = [];
    const rate = (step: number) => {
      rates.push(step);
      return 0.1 / step;
    };
    const trainer = await Trainer.open(goldenGraph(), { ...options, rate });
    const controller = new AbortController();
    const training = trainer.train(new Array(10).fill(batch), {
      signal: controller.signal,
      onStep: ({ step }) => {
        if (step === 3) controller.abort();
      },
    });
    await expect(training).rejects.toThrow(expect.objectContaining({ code: 'ABORTED' }));
    expect([trainer.step, rates]).toEqual([3, [1, 2, 3]]);
  });
});

describe('what goes wrong', () => {
  it('in a step leaves the state of the step before', async () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    graph.output('loss', reduceSum(log(multiply(x, graph.parameter('w', [2])))));
    const weights = new Map([['w', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) } as const]]);
    const trainer = await Trainer.open(graph, { loss: 'loss', weights, rate: 0.1, runtime: ort });
    const of = (...values: number[]): TrainingBatch => ({
      x: { type: 'float32', shape: [2], data: Float32Array.from(values) },
    });
    await trainer.train([of(1, 1)]);
    const before = trainer.checkpoint();
    await expect(trainer.train([of(-1, 1)])).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: expect.objectContaining({ step: 2 }) }),
    );
    expect(trainer.checkpoint()).toEqual(before);
  });

  it('is named: losses, weights and checkpoints that do not fit', async () => {
    const refusal = (code: string) => expect.objectContaining({ code });
    await expect(Trainer.open(goldenGraph(), { ...options, loss: 'cost' })).rejects.toThrow(
      refusal('INVALID_ARGUMENT'),
    );
    await expect(Trainer.open(goldenGraph(), { ...options, loss: 'logits' })).rejects.toThrow(
      refusal('INVALID_ARGUMENT'),
    );
    await expect(Trainer.open(goldenGraph(), { ...options, weights: new Map() })).rejects.toThrow(
      refusal('INVALID_FORMAT'),
    );
    await expect(Trainer.open(goldenGraph(), { ...options, rate: 0 })).rejects.toThrow(
      refusal('INVALID_ARGUMENT'),
    );
    const trainer = await Trainer.open(goldenGraph(), options);
    const checkpoint = trainer.checkpoint();
    expect(() => trainer.restore(checkpoint.subarray(0, 100))).toThrow(refusal('INVALID_FORMAT'));
    const graph = new Graph();
    graph.output('loss', reduceSum(graph.parameter('w', [2])));
    const weights = new Map([['w', { dtype: 'F32', shape: [2], data: new Float32Array(2) } as const]]);
    const other = await Trainer.open(graph, { loss: 'loss', weights, rate: 1, runtime: ort });
    expect(() => other.restore(checkpoint)).toThrow(refusal('INVALID_FORMAT'));
  });
});
