/** Our side of the training benchmark. Arguments: weights and batch in a safetensors file, threads. Answers lines `{steps}`. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { decodeSafetensors } from '@polytok/common/io';
import { Trainer, type TrainingBatch } from '@polytok/common/onnx';
import * as runtime from 'onnxruntime-node';
import { BATCH, FRAMES, speechModel } from '../speech-model.js';

const [file, threads] = process.argv.slice(2);
const started = performance.now();
const weights = new Map(decodeSafetensors(readFileSync(file)).tensors);
const x = weights.get('x')!;
const target = weights.get('target')!;
const batch: TrainingBatch = {
  x: { type: 'float32', shape: x.shape, data: Float32Array.from(x.data as Float32Array) },
  target: { type: 'int64', shape: [BATCH, FRAMES], data: BigInt64Array.from(target.data as BigInt64Array) },
};
weights.delete('x');
weights.delete('target');
const options = { loss: 'loss', weights, rate: 1e-3, runtime, threads: Number(threads) };
const trainer = await Trainer.open(speechModel(), options);
say({ version: runtime.env.versions.common, loadSeconds: (performance.now() - started) / 1000 });

for await (const line of createInterface({ input: process.stdin })) {
  const losses: number[] = [];
  const times: number[] = [];
  for (let left: number = JSON.parse(line).steps; left > 0; left--) {
    const begin = performance.now();
    losses.push((await trainer.trainBatch(batch)).loss);
    times.push(performance.now() - begin);
  }
  say({ losses, times });
}

function say(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
