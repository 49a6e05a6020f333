/** Our side of the image benchmark. Arguments: weights, image, threads, provider. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { openSafetensorsWeights } from '@polytok/common/node';
import { VqImageTokenizer } from '@polytok/image';
import * as runtime from 'onnxruntime-node';
import { IMAGE_CONFIG, SIDE } from '../image-weights.js';

const [weights, imageFile, threads, provider] = process.argv.slice(2);
const bytes = readFileSync(imageFile);
const image = {
  width: SIDE,
  height: SIDE,
  data: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4),
};

const started = performance.now();
const tokenizer = await VqImageTokenizer.fromWeights(await openSafetensorsWeights(weights), IMAGE_CONFIG, {
  runtime,
  providers: [provider],
  threads: Number(threads),
});
const tokens = await tokenizer.encode(image);
await tokenizer.decodeFloats(tokens);
say({ version: runtime.env.versions.common, loadSeconds: (performance.now() - started) / 1000 });

for await (const line of createInterface({ input: process.stdin })) {
  const { to } = JSON.parse(line);
  const begin = performance.now();
  const { ids } = await tokenizer.encode(image);
  const between = performance.now();
  const { data } = await tokenizer.decodeFloats(tokens);
  const end = performance.now();
  if (to !== undefined) writeFileSync(to, data);
  say({ encode: (between - begin) / 1000, decode: (end - between) / 1000, ids: Array.from(ids) });
}

function say(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
