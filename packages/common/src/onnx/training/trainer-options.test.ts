import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../io/safetensors.js';
import { Graph, type Value } from '../graph/graph.js';
import { silu } from '../ops/activation.js';
import { multiply, negate } from '../ops/arithmetic.js';
import { conv } from '../ops/conv.js';
import { pick } from '../ops/gather.js';
import { linear } from '../ops/matmul.js';
import { groupNorm } from '../ops/normalize.js';
import { reduceMean } from '../ops/reduce.js';
import { logSoftmax } from '../ops/softmax.js';
import { weightsOf } from '../weights/weight-store.js';
import { oneCycleRate } from './schedules.js';
import { Trainer } from './trainer.js';
import type { TrainerOptions, TrainingBatch, TrainingStep } from './trainer-options.js';

type Numbers = Readonly<Record<string, readonly number[]>>;
interface Golden {
  readonly shapes: Numbers;
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly rates: readonly number[];
  readonly final: Numbers;
  readonly averaged: Numbers;
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../goldens/training-groups.json', import.meta.url), 'utf8'),
);
const STEPS = golden.losses.length;

/** The network of goldens/training-groups.py, for any number of images. */
function imageGraph(): Graph {
  const graph = new Graph();
  const p = (name: string): Value => graph.parameter(name, golden.shapes[name]);
  const both = (name: string) => ({ weight: p(`${name}.weight`), bias: p(`${name}.bias`) });
  const x = graph.input('x', ['batch', 2, 4, 6]);
  const target = graph.input('target', ['batch'], 'int64');
  const first = silu(groupNorm(conv(x, { ...both('conv1'), padding: 1 }), { ...both('norm1'), groups: 4 }));
  const second = conv(first, { ...both('conv2'), padding: 1, stride: 2 });
  const pooled = reduceMean(silu(groupNorm(second, { ...both('norm2'), groups: 2 })), { axes: [2, 3] });
  const logits = linear(pooled, both('head'));
  graph.output('loss', negate(reduceMean(pick(logSoftmax(logits), target))));
  return graph;
}

const sines = (count: number, step: number) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(i * step));
const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** Parameters as the golden run starts with them. */
function weights(): Map<string, Tensor> {
  return new Map(
    Object.entries(golden.shapes).map(([name, shape], at) => {
      const data = sines(sizeOf(shape), 0.7 + 0.1 * at).map((value) => value / 2);
      return [name, { dtype: 'F32', shape, data }];
    }),
  );
}

/** Batch number `at` of the golden run. */
function batchAt(at: number): TrainingBatch {
  const target = BigInt64Array.from({ length: 3 }, (_, i) => BigInt((i + at) % 3));
  return {
    x: { type: 'float32', shape: [3, 2, 4, 6], data: sines(3 * 48, 1.3 + 0.05 * at) },
    target: { type: 'int64', shape: [3], data: target },
  };
}

/** Batches `from` to `to - 1` of the golden run as one. */
function joined(from: number, to: number): TrainingBatch {
  const parts = Array.from({ length: to - from }, (_, k) => batchAt(from + k));
  const rows = 3 * parts.length;
  return {
    x: {
      type: 'float32',
      shape: [rows, 2, 4, 6],
      data: Float32Array.from(parts.flatMap(({ x }) => [...(x.data as Float32Array)])),
    },
    target: {
      type: 'int64',
      shape: [rows],
      data: BigInt64Array.from(parts.flatMap(({ target }) => [...(target.data as BigInt64Array)])),
    },
  };
}

const batches = Array.from({ length: 2 * STEPS }, (_, at) => batchAt(at));

const options: Omit<TrainerOptions, 'weights'> = {
  loss: 'loss',
  rate: oneCycleRate({ rate: 0.05, steps: STEPS }),
  beta1: 0.8,
  beta2: 0.95,
  epsilon: 1e-6,
  weightDecay: 0.1,
  withoutDecay: (name) => !/conv.*weight/.test(name),
  rateFactor: (name) => (name.startsWith('head') ? 0.25 : 1),
  clipNorm: 0.08,
  averageDecay: 0.9,
  runtime: ort,
  threads: 1,
};
const open = (changes: Partial<TrainerOptions> = {}) =>
  Trainer.open(imageGraph(), { ...options, weights: weights(), ...changes });

function expectClose(tensors: ReadonlyMap<string, Tensor>, expected: Numbers, tolerance: number): void {
  for (const [name, { data }] of tensors) {
    const worst = expected[name].reduce(
      (most, value, at) => Math.max(most, Math.abs(value - Number(data[at]))),
      0,
    );
    expect(worst, name).toBeLessThan(tolerance);
  }
}

const numbersOf = (tensors: ReadonlyMap<string, Tensor>): Numbers =>
  Object.fromEntries([...tensors].map(([name, { data }]) => [name, Array.from(data, Number)]));

describe('groups, OneCycle, accumulation and averages', () => {
  it('go as in PyTorch: losses, norms, rates, weights and averaged weights of 12 steps', async () => {
    const trainer = await open({ accumulate: 2 });
    const steps: TrainingStep[] = [];
    await trainer.train(batches, { onStep: (step) => void steps.push(step) });
    expect(steps).toHaveLength(STEPS);
    for (const [at, { step, loss, norm, rate, examples }] of steps.entries()) {
      expect([step, examples]).toEqual([at + 1, 6]);
      expect(Math.abs(loss - golden.losses[at]), `step ${step}`).toBeLessThan(1e-5);
      expect(Math.abs(norm - golden.norms[at]), `step ${step}`).toBeLessThan(1e-5);
      expect(rate).toBeCloseTo(golden.rates[at], 12);
    }
    expect(trainer.batches).toBe(2 * STEPS);
    expectClose(trainer.weights(), golden.final, 1e-4);
    expectClose(trainer.averagedWeights(), golden.averaged, 1e-4);
    await trainer.close();
  });

  it('give what one large batch gives, within rounding', async () => {
    const [accumulated, large] = [await open({ accumulate: 4 }), await open()];
    const a: number[] = [];
    const b: number[] = [];
    await accumulated.train(batches.slice(0, 12), { onStep: ({ loss }) => void a.push(loss) });
    await large.train([joined(0, 4), joined(4, 8), joined(8, 12)], {
      onStep: ({ loss }) => void b.push(loss),
    });
    expect([a.length, b.length]).toEqual([3, 3]);
    for (const [at, loss] of a.entries()) expect(loss).toBeCloseTo(b[at], 5);
    expectClose(accumulated.weights(), numbersOf(large.weights()), 1e-5);
  });

  it('average the batches that there are in the last step', async () => {
    const [four, two] = [await open({ accumulate: 4 }), await open({ accumulate: 2 })];
    await four.train(batches.slice(0, 2));
    await two.train(batches.slice(0, 2));
    expect([four.step, four.batches]).toEqual([1, 2]);
    expect(four.weights()).toEqual(two.weights());
  });
});

describe('frozen parameters', () => {
  it.each([1, 2])(
    'stay, are not in checkpoints, and are among the weights (%s batches per step)',
    async (accumulate) => {
      const frozen = (name: string) => name.startsWith('conv1');
      const trainer = await open({ frozen, accumulate });
      await trainer.train(batches.slice(0, 4));
      const now = trainer.weights();
      for (const [name, { data }] of weights()) {
        if (frozen(name)) expect(now.get(name)!.data, name).toEqual(data);
        else expect(now.get(name)!.data, name).not.toEqual(data);
      }
      const again = await open({ frozen, accumulate });
      again.restore(trainer.checkpoint());
      expect(again.weights()).toEqual(now);
      const all = await open({ accumulate });
      expect(() => all.restore(trainer.checkpoint())).toThrow(
        expect.objectContaining({
          code: 'INVALID_FORMAT',
          details: expect.objectContaining({
            missing: expect.arrayContaining(['conv1.weight', 'optimizer/m/conv1.bias']),
          }),
        }),
      );
    },
  );

  it('need not matter to the loss', async () => {
    const graph = imageGraph();
    graph.parameter('unused', [2]);
    const start = weights().set('unused', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) });
    await expect(Trainer.open(graph, { ...options, weights: start })).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { names: ['unused'] } }),
    );
    const other = imageGraph();
    other.parameter('unused', [2]);
    const trainer = await Trainer.open(other, {
      ...options,
      weights: start,
      frozen: (name) => name === 'unused',
    });
    await trainer.train(batches.slice(0, 2));
    expect(trainer.step).toBe(2);
  });
});

describe('where training starts', () => {
  it('may be a store of other names and types, and tensors that are not needed', async () => {
    // 1, -0.5, 0.25 in half precision.
    const half: Tensor = { dtype: 'F16', shape: [3], data: Uint16Array.of(0x3c00, 0xb800, 0x3400) };
    const tensors = new Map<string, Tensor>([
      ['step', { dtype: 'I64', shape: [], data: BigInt64Array.of(7n) }],
      ['model.w', half],
    ]);
    const graph = new Graph();
    graph.output('loss', reduceMean(multiply(graph.parameter('w', [3]), graph.input('x', [3]))));
    const trainer = await Trainer.open(graph, {
      loss: 'loss',
      weights: weightsOf(tensors),
      nameOf: (name) => `model.${name}`,
      ignore: (name) => name === 'step',
      rate: 0.5,
      weightDecay: 0,
      runtime: ort,
    });
    expect(trainer.weights().get('w')).toEqual({
      dtype: 'F32',
      shape: [3],
      data: Float32Array.of(1, -0.5, 0.25),
    });
    await trainer.trainBatch({ x: { type: 'float32', shape: [3], data: Float32Array.of(1, 1, -1) } });
    // The first step of AdamW is as long as its rate.
    const moved = [...trainer.weights().get('w')!.data].map((value) => Number(value).toFixed(4));
    expect(moved).toEqual(['0.5000', '-1.0000', '0.7500']);
    expect(half.data[0]).toBe(0x3c00);
  });

  it('is refused where it does not fit, all in one error', async () => {
    const start = weights().set('more', { dtype: 'F32', shape: [], data: Float32Array.of(1) });
    start.delete('head.bias');
    start.set('conv1.bias', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) });
    await expect(open({ weights: start })).rejects.toThrow(
      expect.objectContaining({
        code: 'INVALID_FORMAT',
        details: { missing: ['head.bias'], misshapen: ['conv1.bias is F32 [2], not [8]'], extra: ['more'] },
      }),
    );
  });

  it('is in single precision', async () => {
    const graph = new Graph();
    graph.output('loss', reduceMean(graph.parameter('w', [2], 'float64')));
    const start = new Map<string, Tensor>([['w', { dtype: 'F64', shape: [2], data: new Float64Array(2) }]]);
    await expect(Trainer.open(graph, { ...options, weights: start })).rejects.toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', details: { names: ['w (float64)'] } }),
    );
  });
});

describe('execution providers', () => {
  it.each([1, 2])('are tried in their order (%s batches per step)', async (accumulate) => {
    const trainer = await open({ providers: ['nothing', 'cpu'], accumulate });
    await trainer.train(batches.slice(0, 2), { evaluation: () => batches.slice(0, 1) });
    expect(trainer.provider).toBe('cpu');
  });

  it('are refused where none works, with the reason of each', async () => {
    await expect(open({ providers: ['nothing'] })).rejects.toThrow(
      expect.objectContaining({
        code: 'UNAVAILABLE',
        details: { reasons: { nothing: expect.stringContaining('nothing') } },
      }),
    );
  });
});

describe('options out of range', () => {
  it.each<[string, Partial<TrainerOptions>]>([
    ['all parameters frozen', { frozen: () => true }],
    ['no batches per step', { accumulate: 0 }],
    ['beta1 of 1', { beta1: 1 }],
    ['a negative beta2', { beta2: -0.1 }],
    ['epsilon of 0', { epsilon: 0 }],
    ['a negative decay', { weightDecay: -1 }],
    ['a limit of 0', { clipNorm: 0 }],
    ['an average that never moves', { averageDecay: 1 }],
    ['a negative factor', { rateFactor: () => -1 }],
    ['a factor that is no number, with accumulation', { rateFactor: () => Number.NaN, accumulate: 2 }],
  ])('are refused: %s', async (_, changes) => {
    await expect(open(changes)).rejects.toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('are refused: what a schedule gives, naming the step', async () => {
    const trainer = await open({ rate: (step) => (step === 2 ? Number.NaN : 0.1) });
    await expect(trainer.train(batches)).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { step: 2, rate: Number.NaN } }),
    );
    expect(trainer.step).toBe(1);
  });

  it('are refused: averages that are not kept', async () => {
    const trainer = await open({ averageDecay: undefined });
    const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    expect(() => trainer.averagedWeights()).toThrow(refused);
    await expect(trainer.evaluate(batches, { averaged: true })).rejects.toThrow(refused);
  });
});
