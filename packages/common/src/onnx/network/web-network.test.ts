/** Networks on onnxruntime-web, in Node: WebAssembly, as browsers have it. */
import * as native from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { expect, it } from 'vitest';
import { whisperBlock } from '../blocks/whisper-block.js';
import { Graph } from '../graph/graph.js';
import { Scope } from '../graph/scope.js';
import { votingHead } from '../heads/voting-head.js';
import { ctcLoss } from '../losses/ctc-loss.js';
import { initialWeights } from '../weights/initial-weights.js';
import { weightsOf } from '../weights/weight-store.js';
import { Network } from './network.js';
import type { OnnxRuntime } from './runtime.js';

const frames = Float32Array.from({ length: 160 }, (_, i) => Math.sin(i));

function encoder(): Graph {
  const graph = new Graph();
  const scope = new Scope(graph);
  const x = graph.input('x', ['batch', 10, 16]);
  const h = whisperBlock(x, scope.at('layers.0'), { heads: 4 });
  const { ids, branches } = votingHead(h, scope.at('quantizer'), { voters: 3, bits: 5 });
  graph.output('ids', ids);
  graph.output('branches', branches);
  graph.output('ctc', ctcLoss(h, graph.input('labels', ['batch', 3], 'int64')));
  return graph;
}

async function run(runtime: OnnxRuntime) {
  const graph = encoder();
  const network = await Network.open(graph, weightsOf(initialWeights(graph)), { runtime, threads: 1 });
  const outputs = await network.run({
    x: { type: 'float32', shape: [1, 10, 16], data: frames },
    labels: { type: 'int64', shape: [1, 3], data: BigInt64Array.of(1n, 2n, 2n) },
  });
  await network.close();
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data }]) => [name, Array.from(data, Number)]),
  );
}

it('give on onnxruntime-web what they give on onnxruntime-node', async () => {
  const [here, there] = [await run(native), await run(web)];
  expect(there.ids).toEqual(here.ids);
  for (const name of ['branches', 'ctc']) {
    expect(there[name]).toEqual(here[name].map((value) => expect.closeTo(value, 5)));
  }
});

it('name a provider that it lacks', async () => {
  const graph = new Graph();
  graph.output('y', graph.input('x', [1]));
  const opened = Network.open(graph, weightsOf(new Map()), { runtime: web, providers: ['cuda'] });
  await expect(opened).rejects.toThrow(
    expect.objectContaining({ code: 'UNAVAILABLE', details: { reasons: { cuda: expect.any(String) } } }),
  );
});
