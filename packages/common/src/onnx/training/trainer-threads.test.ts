import * as ort from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { whisperBlock } from '../blocks/whisper-block.js';
import { Graph } from '../graph/graph.js';
import { Scope } from '../graph/scope.js';
import { square } from '../ops/activation.js';
import { conv } from '../ops/conv.js';
import { reduceMean } from '../ops/reduce.js';
import { transpose } from '../ops/reshape.js';
import { initialWeights } from '../weights/initial-weights.js';
import { Trainer } from './trainer.js';
import type { TrainingBatch } from './trainer-options.js';

/** Large enough that the runtime shares the work out. */
const batch: TrainingBatch = {
  x: {
    type: 'float32',
    shape: [8, 40, 60],
    data: Float32Array.from({ length: 8 * 2400 }, (_, i) => Math.sin(i * i)),
  },
};

async function checkpointOf(threads: number): Promise<Uint8Array> {
  const graph = new Graph();
  const scope = new Scope(graph);
  const weights = scope.conv('conv', { inputs: 40, outputs: 64, kernel: [3] });
  const seen = conv(graph.input('x', ['batch', 40, 60]), { ...weights, padding: 1 });
  graph.output(
    'loss',
    reduceMean(square(whisperBlock(transpose(seen, [0, 2, 1]), scope.at('block'), { heads: 4 }))),
  );
  const start = initialWeights(graph);
  const trainer = await Trainer.open(graph, {
    loss: 'loss',
    weights: start,
    rate: 0.001,
    runtime: ort,
    threads,
  });
  await trainer.train(new Array(10).fill(batch));
  await trainer.close();
  return trainer.checkpoint();
}

it('several threads give the same bits every time', async () => {
  const first = await checkpointOf(2);
  expect(Buffer.compare(await checkpointOf(2), first)).toBe(0);
  expect(Buffer.compare(await checkpointOf(2), first)).toBe(0);
});
