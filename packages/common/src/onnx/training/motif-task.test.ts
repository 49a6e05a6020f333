/**
 * A little task with the parts of a tokenizer: a convolution that sees motifs, attention that compares places, and a
 * quantizer of signs that is trained straight through.
 */
import * as ort from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { randomBelow, seededRandom } from '../../random.js';
import { whisperBlock } from '../blocks/whisper-block.js';
import { Graph } from '../graph/graph.js';
import { Scope } from '../graph/scope.js';
import { crossEntropy } from '../losses/cross-entropy.js';
import { gelu, sign, tanh } from '../ops/activation.js';
import { add, equal } from '../ops/arithmetic.js';
import { cast } from '../ops/cast.js';
import { conv } from '../ops/conv.js';
import { straightThrough } from '../ops/custom-gradient.js';
import { argMax } from '../ops/gather.js';
import { linear } from '../ops/matmul.js';
import { reduceMean } from '../ops/reduce.js';
import { transpose } from '../ops/reshape.js';
import { initialWeights } from '../weights/initial-weights.js';
import { warmupDecayRate } from './schedules.js';
import { shuffledBatches } from './shuffled-batches.js';
import { Trainer } from './trainer.js';
import type { TrainingBatch } from './trainer-options.js';

const FRAMES = 20;
const CHANNELS = 4;
const WIDTH = 16;
const BITS = 6;
const STEPS = 300;

/** Two motifs in noise at random places: class 1 where the first one comes first. */
function sequences(count: number, seed: number): TrainingBatch {
  const next = seededRandom(seed);
  const noise = () => next() / 2 ** 31 - 1;
  const x = Float32Array.from({ length: count * CHANNELS * FRAMES }, () => 0.5 * noise());
  const target = new BigInt64Array(count);
  const motifs = [
    [1, -1, 1],
    [-1, -1, 1],
  ];
  for (let row = 0; row < count; row++) {
    const early = randomBelow(next, FRAMES - 6);
    const late = early + 3 + randomBelow(next, FRAMES - 6 - early + 1);
    const swapped = randomBelow(next, 2);
    target[row] = BigInt(1 - swapped);
    for (const [which, motif] of motifs.entries()) {
      const place = (which ^ swapped) === 0 ? early : late;
      for (const [at, value] of motif.entries()) {
        for (let channel = 0; channel < CHANNELS; channel++) {
          x[(row * CHANNELS + channel) * FRAMES + place + at] += channel % 2 === 0 ? value : -value;
        }
      }
    }
  }
  return {
    x: { type: 'float32', shape: [count, CHANNELS, FRAMES], data: x },
    target: { type: 'int64', shape: [count], data: target },
  };
}

function network(): Graph {
  const graph = new Graph();
  const scope = new Scope(graph);
  const x = graph.input('x', ['batch', CHANNELS, FRAMES]);
  const target = graph.input('target', ['batch'], 'int64');
  const seen = gelu(
    conv(x, { ...scope.conv('conv', { inputs: CHANNELS, outputs: WIDTH, kernel: [3] }), padding: 1 }),
  );
  const placed = add(transpose(seen, [0, 2, 1]), scope.parameter('places', [FRAMES, WIDTH]));
  const compared = whisperBlock(placed, scope.at('block'), { heads: 2 });
  const soft = tanh(linear(compared, scope.linear('bits', WIDTH, BITS)));
  const codes = straightThrough(soft, sign(soft));
  const logits = linear(reduceMean(codes, { axes: [1] }), scope.linear('head', BITS, 2));
  graph.output('loss', crossEntropy(logits, target));
  graph.output('accuracy', reduceMean(cast(equal(argMax(logits), target), 'float32')));
  return graph;
}

it('a small network learns which of two motifs comes first, through codes of 6 bits', async () => {
  const graph = network();
  const trainer = await Trainer.open(graph, {
    loss: 'loss',
    weights: initialWeights(graph),
    rate: warmupDecayRate({ rate: 5e-3, warmup: 20, steps: STEPS }),
    clipNorm: 1,
    withoutDecay: (name) => !name.endsWith('weight') || name.includes('norm'),
    runtime: ort,
    threads: 1,
  });
  const heldOut = [sequences(500, 2)];
  const before = await trainer.evaluate(heldOut);
  const batches = shuffledBatches({ data: sequences(2000, 1), batchSize: 32 });
  await trainer.train(batches, { until: STEPS });
  const after = await trainer.evaluate(heldOut);
  expect(before.loss).toBeGreaterThan(0.6);
  expect(after.loss).toBeLessThan(0.1);
  expect(after.accuracy).toBeGreaterThan(0.97);
  await trainer.close();
});
