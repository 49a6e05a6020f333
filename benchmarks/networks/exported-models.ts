/**
 * Exported models in ONNX Runtime for Python: each network is exported with its weights inside and beside, checked by
 * `onnx.checker`, and run there on the inputs that it ran on here. Not a benchmark: it prints differences, no times.
 *
 *   pnpm networks:exported --python <interpreter with onnx, onnxruntime and safetensors>
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { encodeSafetensors, type Tensor } from '@polytok/common/io';
import { exportOnnx } from '@polytok/common/node';
import { Network, type NetworkTensor, weightsOf } from '@polytok/common/onnx';
import * as runtime from 'onnxruntime-node';
import { table } from '../harness/table.js';
import { EXPORTED_NETWORKS } from './exported-networks.js';

/** Largest difference of outputs, relative to the largest output, that counts as equal: two versions of one runtime. */
const TOLERANCE = 1e-5;

const { values } = parseArgs({ options: { python: { type: 'string', default: 'python3' } } });
const script = fileURLToPath(new URL('peers/run_exported.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'polytok-exported-'));

let state = 1;
const random = () => {
  state = (Math.imul(1664525, state) + 1013904223) >>> 0;
  return state / 2 ** 31 - 1;
};

function randomTensor(shape: readonly number[], scale = 1): Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return { dtype: 'F32', shape, data: Float32Array.from({ length }, () => scale * random()) };
}

function asTensor({ type, shape, data }: NetworkTensor): Tensor {
  const dtypes = { float32: 'F32', int64: 'I64', int32: 'I32' } as const;
  return { dtype: dtypes[type as 'float32'], shape, data: data as Float32Array };
}

/** Exports one network twice and writes what it was given and what it gave. */
async function exportAll(name: string): Promise<void> {
  const { build, inputs } = EXPORTED_NETWORKS[name];
  const graph = build();
  const weights = weightsOf(
    new Map(
      [...graph.parameters].map(([parameter, { shape }]) => [
        parameter,
        randomTensor(shape as number[], 0.3),
      ]),
    ),
  );
  const feeds = inputs(random);
  const network = await Network.open(graph, weights, { runtime });
  const outputs = await network.run(feeds);
  await network.close();
  for (const place of ['inside', 'beside'] as const) {
    const metadata = { 'polytok.example': name };
    await exportOnnx(join(folder, `${name}.${place}.onnx`), graph, weights, { weights: place, metadata });
  }
  const tensors = new Map<string, Tensor>();
  for (const [key, tensor] of Object.entries(feeds)) tensors.set(`input/${key}`, asTensor(tensor));
  for (const [key, tensor] of Object.entries(outputs)) tensors.set(`output/${key}`, asTensor(tensor));
  writeFileSync(join(folder, `${name}.safetensors`), encodeSafetensors(tensors));
}

for (const name of Object.keys(EXPORTED_NETWORKS)) await exportAll(name);
const { status, stdout, stderr } = spawnSync(values.python, [script, folder], { encoding: 'utf8' });
rmSync(folder, { recursive: true });
if (status !== 0) {
  console.error(`${values.python} failed:\n${stderr}`);
  process.exit(1);
}
interface Result {
  readonly model: string;
  readonly output: string;
  readonly difference: number;
  readonly metadata: string;
}
const { versions, results }: { versions: string; results: readonly Result[] } = JSON.parse(stdout);
console.log(`${versions}; here: ONNX Runtime ${runtime.env.versions.node}`);
console.log(
  table(
    ['model', 'output', 'largest difference'],
    results.map(({ model, output, difference }) => [model, output, difference.toExponential(1)]),
  ),
);
const wrong = results.filter(
  ({ model, difference, metadata }) => !(difference <= TOLERANCE) || metadata !== model.split('.')[0],
);
for (const { model, output } of wrong) console.error(`NOT EQUAL: ${output} of ${model}`);
process.exitCode = wrong.length > 0 ? 1 : 0;
