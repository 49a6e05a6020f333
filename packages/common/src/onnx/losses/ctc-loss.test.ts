import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gradients } from '../gradients.js';
import { Graph } from '../graph/graph.js';
import type { Shape } from '../graph/shape.js';
import { evaluate } from '../reference/evaluate.fixture.js';
import { runGraph } from '../reference/run-graph.fixture.js';
import { build, type Tensor64, tensor } from '../reference/tensor.fixture.js';
import { type CtcLossOptions, ctcLoss } from './ctc-loss.js';

interface Case {
  readonly name: string;
  readonly shape: readonly [number, number, number];
  readonly targets: readonly (readonly number[])[];
  readonly input_lengths: readonly number[];
  readonly target_lengths: readonly number[];
  readonly blank: number;
  readonly reduction: CtcLossOptions['reduction'];
  readonly infeasible: CtcLossOptions['infeasible'];
  readonly loss: number | 'infinite';
  readonly gradient: readonly number[] | null;
}

const { cases }: { cases: readonly Case[] } = JSON.parse(
  readFileSync(new URL('../../../goldens/ctc.json', import.meta.url), 'utf8'),
);
const refusal = expect.objectContaining({ code: 'INVALID_ARGUMENT' });

/** The loss and its gradient, with sizes that are known, or names. */
function graphOf({ shape, blank, reduction, infeasible }: Case, [batch, frames, labels]: Shape) {
  const graph = new Graph();
  const logits = graph.input('logits', [batch, frames, shape[2]]);
  const targets = graph.input('targets', [batch, labels], 'int64');
  const inputLengths = graph.input('inputLengths', [batch], 'int64');
  const targetLengths = graph.input('targetLengths', [batch], 'int64');
  const options = { inputLengths, targetLengths, blank, reduction, infeasible };
  const loss = ctcLoss(logits, targets, options);
  const [slope] = gradients(loss, [logits]);
  return { graph, loss, slope };
}

function feedsOf({ shape, targets, input_lengths, target_lengths }: Case): Record<string, Tensor64> {
  let i = 0;
  const flat = targets.flat();
  return {
    logits: build(shape, () => 3 * Math.sin(1.7 * i++)),
    targets: tensor([targets.length, targets[0].length], flat),
    inputLengths: tensor([shape[0]], input_lengths),
    targetLengths: tensor([shape[0]], target_lengths),
  };
}

describe.each(cases)('ctcLoss beside PyTorch: $name', (example) => {
  const { shape, targets, loss: expected, gradient } = example;
  const lossValue = expected === 'infinite' ? Infinity : expected;

  it('is equal in float64, but for constants in float32', () => {
    const { graph, loss, slope } = graphOf(example, [shape[0], shape[1], targets[0].length]);
    const [value, slopes] = evaluate(graph, feedsOf(example), [loss, slope]);
    if (gradient === null) expect(value.data[0]).toBe(lossValue);
    else expect(value.data[0]).toBeCloseTo(lossValue, 10);
    expect(slopes.data.every(Number.isFinite)).toBe(true);
    for (const [at, of] of (gradient ?? []).entries()) expect(slopes.data[at]).toBeCloseTo(of, 7);
  });

  it('is equal on ONNX Runtime, sizes known when it runs', async () => {
    const { graph, loss, slope } = graphOf(example, ['batch', 'frames', 'labels']);
    graph.output('loss', loss);
    graph.output('slope', slope);
    const run = await runGraph(graph, feedsOf(example));
    const [value, slopes] = [run.loss.data, run.slope.data];
    if (gradient === null) expect(value[0]).toBe(lossValue);
    else expect(Math.abs(value[0] - lossValue)).toBeLessThan(1e-5 * Math.max(1, lossValue));
    expect(slopes.every(Number.isFinite)).toBe(true);
    for (const [at, of] of (gradient ?? []).entries()) expect(Math.abs(slopes[at] - of)).toBeLessThan(2e-5);
  });
});

describe('ctcLoss', () => {
  it('is of all frames and labels by default', () => {
    const example = cases.find(({ name }) => name === 'mean')!;
    const graph = new Graph();
    const loss = ctcLoss(graph.input('logits', example.shape), graph.input('targets', [2, 3], 'int64'));
    const [value] = evaluate(graph, feedsOf(example), [loss]);
    expect(value.data[0]).toBeCloseTo(example.loss as number, 10);
  });

  it('refuses other shapes, types, classes and options', () => {
    const graph = new Graph();
    const logits = graph.input('logits', [2, 5, 3]);
    const targets = graph.input('targets', [2, 4], 'int64');
    expect(() => ctcLoss(graph.input('flat', [5, 3]), targets)).toThrow(refusal);
    expect(() => ctcLoss(logits, graph.input('others', [3, 4], 'int64'))).toThrow(refusal);
    expect(() => ctcLoss(logits, graph.input('floats', [2, 4]))).toThrow(refusal);
    expect(() => ctcLoss(logits, targets, { inputLengths: graph.input('n', [3], 'int64') })).toThrow(refusal);
    expect(() => ctcLoss(logits, targets, { targetLengths: graph.input('m', [2]) })).toThrow(refusal);
    expect(() => ctcLoss(logits, targets, { blank: 3 })).toThrow(refusal);
    expect(() => ctcLoss(logits, targets, { reduction: 'none' as never })).toThrow(refusal);
    expect(() => ctcLoss(logits, targets, { infeasible: 'nan' as never })).toThrow(refusal);
  });
});
