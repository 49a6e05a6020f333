import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { Graph } from '../graph/graph.js';
import { negate } from '../ops/arithmetic.js';
import { attention } from '../ops/attention.js';
import { layerNorm } from '../ops/normalize.js';
import { encodeModel } from './encode-model.js';

const modelOf = (graph: Graph) => encodeModel(graph, { source: () => 'input' });
/** Names and operations stand in a model as they are written. */
const textOf = (model: Uint8Array) => Buffer.from(model).toString('latin1');

describe('outputs', () => {
  it('are written by what computes them; what is fed, or has a second name, is copied', async () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const y = negate(x);
    graph.output('first', y);
    expect(textOf(modelOf(graph))).not.toContain('Identity');
    graph.output('second', y);
    graph.output('fed', x);
    graph.output('later', negate(y));
    const session = await ort.InferenceSession.create(modelOf(graph), { logSeverityLevel: 3 });
    const results = await session.run({ x: new ort.Tensor('float32', Float32Array.of(1, 2), [2]) });
    const numbers = Object.fromEntries(
      Object.entries(results).map(([name, { data }]) => [name, Array.from(data as Float32Array)]),
    );
    expect(numbers).toEqual({ first: [-1, -2], second: [-1, -2], fed: [1, 2], later: [1, 2] });
  });

  it('that an operation may leave out are only written where something reads them', () => {
    const graph = new Graph();
    const weights = { weight: graph.parameter('weight', [2]), bias: graph.parameter('bias', [2]) };
    const y = layerNorm(graph.input('x', [3, 2]), weights);
    const mean = graph.producerOf(y)!.outputs[1];
    graph.output('y', y);
    expect(textOf(modelOf(graph))).not.toContain(mean.name);
    graph.output('z', negate(mean));
    expect(textOf(modelOf(graph))).toContain(mean.name);
  });
});

it('names the domain of a runtime’s own operations, where there are some', () => {
  const graph = new Graph();
  const x = graph.input('x', [1, 2, 4]);
  graph.output('y', negate(x));
  expect(textOf(modelOf(graph))).not.toContain('com.microsoft');
  graph.output('z', attention(x, { key: x, value: x, heads: 2 }));
  expect(textOf(modelOf(graph))).toContain('com.microsoft');
});
