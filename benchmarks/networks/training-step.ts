/**
 * One training step of a small speech model (2 convolutions and 2 transformer blocks of width 256, batch of 16 × 100
 * frames; 18.7 GFLOP), beside the same model in PyTorch on the CPU: the losses of all steps are compared first.
 *
 *   pnpm networks:training --python <interpreter with torch and safetensors> [--steps 20] [--threads 2]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { encodeSafetensors, type Tensor } from '@polytok/common/io';
import { Trainer } from '@polytok/common/onnx';
import * as runtime from 'onnxruntime-node';
import { describeMachine, printMachine } from '../harness/machine.js';
import { spread } from '../harness/statistics.js';
import { table } from '../harness/table.js';
import { BATCH, CLASSES, FRAMES, speechModel } from './speech-model.js';

/** Largest difference of losses that counts as equal. */
const TOLERANCE = 1e-3;

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    steps: { type: 'string', default: '20' },
    threads: { type: 'string', default: '2' },
  },
});
const steps = Number(values.steps);
const threads = Number(values.threads);

let state = 1;
const random = () => {
  state = (Math.imul(1664525, state) + 1013904223) >>> 0;
  return state / 2 ** 31 - 1;
};
const graph = speechModel();
const weights = new Map<string, Tensor>();
for (const { name, shape } of graph.parameters.values()) {
  const sizes = shape as readonly number[];
  const length = sizes.reduce((product, size) => product * size, 1);
  const isNorm = name.includes('norm.weight');
  const scale = sizes.length > 1 ? Math.sqrt(3 / (length / sizes[0])) : 0.02;
  weights.set(name, {
    dtype: 'F32',
    shape: sizes,
    data: Float32Array.from({ length }, () => (isNorm ? 1 : scale * random())),
  });
}
const x = Float32Array.from({ length: BATCH * 80 * FRAMES }, random);
const target = BigInt64Array.from({ length: BATCH * FRAMES }, () =>
  BigInt(Math.floor((random() + 1) * (CLASSES / 2))),
);

const folder = mkdtempSync(join(tmpdir(), 'polytok-networks-'));
const file = join(folder, 'start.safetensors');
const all = new Map(weights).set('x', { dtype: 'F32', shape: [BATCH, 80, FRAMES], data: x });
all.set('target', { dtype: 'I64', shape: [BATCH, FRAMES], data: target });
writeFileSync(file, encodeSafetensors(all));

printMachine(describeMachine());
const trainer = await Trainer.open(graph, { loss: 'loss', weights, rate: 1e-3, runtime, threads });
const batch = {
  x: { type: 'float32', shape: [BATCH, 80, FRAMES], data: x },
  target: { type: 'int64', shape: [BATCH, FRAMES], data: target },
} as const;
const losses: number[] = [];
const times: number[] = [];
for (let step = 0; step < steps; step++) {
  const start = performance.now();
  losses.push((await trainer.trainBatch(batch)).loss);
  times.push(performance.now() - start);
}
const script = fileURLToPath(new URL('peers/training_step.py', import.meta.url));
const peer = spawnSync(values.python, [script, file, String(threads), String(steps)], { encoding: 'utf8' });
rmSync(folder, { recursive: true });
const ours = spread(times.slice(2));
if (peer.status !== 0) {
  console.log(`NOT MEASURED: PyTorch (${peer.stderr.trim().split('\n').at(-1)})`);
  console.log(`polytok: ${ours.median.toFixed(0)} ms per step`);
} else {
  const { version, losses: other, times: theirs } = JSON.parse(peer.stdout);
  const worst = Math.max(...losses.map((loss, step) => Math.abs(loss - other[step])));
  if (!(worst <= TOLERANCE)) throw new Error(`The losses differ by ${worst}.`);
  const torch = spread(theirs.slice(2));
  console.log(
    `losses of ${steps} steps: at most ${worst.toExponential(1)} apart, from ${losses[0].toFixed(3)} to ${losses.at(-1)!.toFixed(3)}\n`,
  );
  const rows = [
    [
      'polytok',
      ours.median.toFixed(0),
      (18.7e3 / ours.median).toFixed(0),
      (torch.median / ours.median).toFixed(2),
    ],
    [`PyTorch ${version}`, torch.median.toFixed(0), (18.7e3 / torch.median).toFixed(0), '1.00'],
  ];
  console.log(table([`${threads} threads`, 'ms per step, median', 'GFLOP/s', 'speed / PyTorch'], rows));
}
