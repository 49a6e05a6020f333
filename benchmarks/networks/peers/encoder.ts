/** Our side of the encoder benchmark: a checkpoint on ONNX Runtime. Arguments: checkpoint, frames, threads, provider. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { openSafetensorsWeights } from '@polytok/common/node';
import { Network } from '@polytok/common/onnx';
import { parseStableConfig, stableEncoder } from '@polytok/speech';
import * as runtime from 'onnxruntime-node';

const [folder, framesFile, threads, provider] = process.argv.slice(2);
const json = (name: string) => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
const config = parseStableConfig(json('config.json'), json('preprocessor_config.json'));
const bytes = readFileSync(framesFile);
const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const frames = data.length / config.bands;

const started = performance.now();
const network = await Network.open(stableEncoder(config), await openSafetensorsWeights(folder), {
  runtime,
  providers: [provider],
  threads: Number(threads),
});
say({ version: runtime.env.versions.common, loadSeconds: (performance.now() - started) / 1000 });

for await (const line of createInterface({ input: process.stdin })) {
  const { to } = JSON.parse(line);
  const begin = performance.now();
  const cpu = process.cpuUsage();
  const { features, ids } = await network.run(
    {
      mel: { type: 'float32', shape: [1, frames, config.bands], data },
      visible: { type: 'int64', shape: [1], data: BigInt64Array.of(BigInt(frames / 2)) },
    },
    ['features', 'ids'],
  );
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  if (to !== undefined) writeFileSync(to, features.data as Float32Array);
  say({ seconds, cpuSeconds: (user + system) / 1e6, ids: Array.from(ids.data as Int32Array) });
}

function say(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
