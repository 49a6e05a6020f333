import * as native from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import { whisperBlock } from '../blocks/whisper-block.js';
import { Graph } from '../graph/graph.js';
import { Scope } from '../graph/scope.js';
import type { OnnxRuntime } from '../network/runtime.js';
import { reasonAgainstWebGpu } from '../network/webgpu-provider.fixture.js';
import { square } from '../ops/activation.js';
import { conv } from '../ops/conv.js';
import { reduceMean } from '../ops/reduce.js';
import { transpose } from '../ops/reshape.js';
import { initialWeights } from '../weights/initial-weights.js';
import { Trainer } from './trainer.js';
import type { TrainingBatch } from './trainer-options.js';

const batch: TrainingBatch = {
  x: { type: 'float32', shape: [2, 3, 6], data: Float32Array.from({ length: 36 }, (_, i) => Math.sin(i)) },
};

/** Losses of steps, and of an evaluation behind them. */
async function lossesOn(
  { runtime, provider }: { readonly runtime: OnnxRuntime; readonly provider: string },
  accumulate: number,
): Promise<number[]> {
  const graph = new Graph();
  const scope = new Scope(graph);
  const weights = scope.conv('conv', { inputs: 3, outputs: 8, kernel: [3] });
  const seen = conv(graph.input('x', ['batch', 3, 6]), { ...weights, padding: 1 });
  const y = whisperBlock(transpose(seen, [0, 2, 1]), scope.at('block'), { heads: 2 });
  graph.output('loss', reduceMean(square(y)));
  const trainer = await Trainer.open(graph, {
    loss: 'loss',
    weights: initialWeights(graph),
    rate: 0.01,
    averageDecay: 0.9,
    frozen: (name) => name === 'conv.bias',
    accumulate,
    runtime,
    providers: [provider],
    threads: 1,
  });
  expect(trainer.provider).toBe(provider);
  const losses: number[] = [];
  const onStep = ({ loss }: { readonly loss: number }) => void losses.push(loss);
  await trainer.train(new Array(8).fill(batch), { onStep });
  trainer.restore(trainer.checkpoint());
  await trainer.train(new Array(2).fill(batch), { onStep });
  losses.push((await trainer.evaluate([batch], { averaged: true })).loss);
  await trainer.close();
  return losses;
}

async function expectEqual(other: Parameters<typeof lossesOn>[0], accumulate: number): Promise<void> {
  const expected = await lossesOn({ runtime: native, provider: 'cpu' }, accumulate);
  const losses = await lossesOn(other, accumulate);
  expect(losses).toHaveLength(accumulate === 1 ? 11 : 6);
  expect(expected[0] / expected[expected.length - 2]).toBeGreaterThan(2);
  for (const [at, loss] of losses.entries()) expect(loss).toBeCloseTo(expected[at], 5);
}

let reason: string | undefined;
beforeAll(async () => {
  reason = await reasonAgainstWebGpu();
});

describe.each([1, 2])('losses are those of native code on the CPU (%s batches per step)', (accumulate) => {
  it('in WebAssembly', () => expectEqual({ runtime: web, provider: 'wasm' }, accumulate));

  it('on WebGPU', { timeout: 180_000 }, async ({ skip }) => {
    skip(reason !== undefined, reason);
    await expectEqual({ runtime: native, provider: 'webgpu' }, accumulate);
  });
});
