/**
 * Networks on the WebGPU provider of onnxruntime-node, beside its CPU provider. Runs where the provider finds a GPU;
 * CONTRIBUTING.md says how to give it one in software.
 */
import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Tensor } from '../../io/safetensors.js';
import { normalValues } from '../../quantizers/seeded-normal.js';
import { whisperBlock } from '../blocks/whisper-block.js';
import { gradients } from '../gradients.js';
import { Graph } from '../graph/graph.js';
import { Scope } from '../graph/scope.js';
import { votingHead } from '../heads/voting-head.js';
import { crossEntropy } from '../losses/cross-entropy.js';
import { ctcLoss } from '../losses/ctc-loss.js';
import { gelu, square } from '../ops/activation.js';
import { conv } from '../ops/conv.js';
import { gather } from '../ops/gather.js';
import { linear } from '../ops/matmul.js';
import { averagePool } from '../ops/pool.js';
import { reduceMean } from '../ops/reduce.js';
import { transpose } from '../ops/reshape.js';
import { type WeightStore, weightsOf } from '../weights/weight-store.js';
import { Network, type NetworkTensor } from './network.js';
import { reasonAgainstWebGpu } from './webgpu-provider.fixture.js';

/** Largest difference from the CPU's outputs, relative to the largest output: other orders of sums in float32. */
const WEBGPU_TOLERANCE = 2e-5;

function speechEncoder(): Graph {
  const graph = new Graph();
  const scope = new Scope(graph);
  const x = graph.input('x', [1, 8, 20]);
  const first = gelu(conv(x, { ...scope.conv('conv', { inputs: 8, outputs: 16, kernel: [3] }), padding: 1 }));
  const frames = transpose(averagePool(first, { kernel: 2 }), [0, 2, 1]);
  const h = whisperBlock(frames, scope.at('layers.0'), { heads: 4 });
  const { ids, branches, softRows } = votingHead(h, scope.at('quantizer'), { voters: 3, bits: 5 });
  for (const [name, value] of Object.entries({ ids, branches, softRows })) graph.output(name, value);
  return graph;
}

function training(): Graph {
  const graph = new Graph();
  const scope = new Scope(graph);
  const table = scope.parameter('table', [20, 8]);
  const hidden = gelu(gather(table, graph.input('words', [2, 12], 'int64')));
  const logits = linear(hidden, scope.linear('head', 8, 6));
  const entropy = crossEntropy(logits, graph.input('target', [2, 12], 'int64'));
  const ctc = ctcLoss(logits, graph.input('labels', [2, 4], 'int64'), { blank: 5 });
  for (const [name, loss] of Object.entries({ entropy, ctc })) {
    graph.output(name, loss);
    for (const [at, slope] of gradients(loss, [...graph.parameters.values()]).entries()) {
      graph.output(`${name} ${at}`, slope);
    }
  }
  return graph;
}

function encoderGradients(): Graph {
  const graph = new Graph();
  const scope = new Scope(graph);
  const convolved = ['conv1', 'conv2'].reduce(
    (x, name) => gelu(conv(x, { ...scope.conv(name, { inputs: 8, outputs: 8, kernel: [3] }), padding: 1 })),
    graph.input('x', [2, 8, 10]),
  );
  const h = whisperBlock(transpose(convolved, [0, 2, 1]), scope.at('layers.0'), { heads: 2 });
  const parameters = [...graph.parameters.values()];
  for (const [at, slope] of gradients(reduceMean(square(h)), parameters).entries()) {
    graph.output(`slope ${at}`, slope);
  }
  return graph;
}

function randomWeights(graph: Graph): WeightStore {
  const tensors = [...graph.parameters].map(([name, { shape }], seed): [string, Tensor] => {
    const sizes = shape as readonly number[];
    const length = sizes.reduce((product, size) => product * size, 1);
    return [name, { dtype: 'F32', shape: sizes, data: normalValues(length, seed + 1, 0.3) }];
  });
  return weightsOf(new Map(tensors));
}

const ids = (shape: readonly number[], below: number): NetworkTensor => ({
  type: 'int64',
  shape,
  data: BigInt64Array.from({ length: shape[0] * shape[1] }, (_, i) => BigInt((i * 7) % below)),
});

let reason: string | undefined;
beforeAll(async () => {
  reason = await reasonAgainstWebGpu();
});

describe('a network on WebGPU', () => {
  it.for<readonly [string, () => Graph, Readonly<Record<string, NetworkTensor>>]>([
    [
      'a speech encoder',
      speechEncoder,
      { x: { type: 'float32', shape: [1, 8, 20], data: normalValues(160, 9, 1) } },
    ],
    [
      'the gradients of convolutions and a block',
      encoderGradients,
      { x: { type: 'float32', shape: [2, 8, 10], data: normalValues(160, 9, 1) } },
    ],
    [
      'losses and their gradients',
      training,
      { words: ids([2, 12], 20), target: ids([2, 12], 6), labels: ids([2, 4], 5) },
    ],
  ])('gives what it gives on the CPU: %s', { timeout: 180_000 }, async ([, build, feeds], { skip }) => {
    skip(reason !== undefined, reason);
    const [onGpu, onCpu] = await Promise.all(
      ['webgpu', 'cpu'].map(async (provider) => {
        const graph = build();
        const network = await Network.open(graph, randomWeights(graph), {
          runtime: ort,
          providers: [provider],
        });
        expect(network.provider).toBe(provider);
        const outputs = await network.run(feeds);
        await network.close();
        return outputs;
      }),
    );
    for (const [name, { shape, data }] of Object.entries(onCpu)) {
      expect(onGpu[name].shape, name).toEqual(shape);
      const [expected, got] = [data, onGpu[name].data].map((values) =>
        Array.from(values as Float32Array, Number),
      );
      const largest = Math.max(...expected.map(Math.abs));
      const worst = Math.max(...expected.map((value, at) => Math.abs(value - got[at])));
      expect(worst, name).toBeLessThanOrEqual(WEBGPU_TOLERANCE * largest);
    }
  });
});
