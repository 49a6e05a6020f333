/**
 * Building the graph of Whisper large's encoder, 32 blocks of width 1280, and opening it with weights of 2.5 GB in a
 * safetensors file: what comes before the first run. The file is sparse and reads as zeros; opening maps it.
 *
 *   pnpm networks:build [--layers 32] [--runs 5] [--threads 2]
 */
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openSafetensorsWeights } from '@polytok/common/node';
import { conv, Graph, gelu, Network, Scope, transpose, whisperBlock } from '@polytok/common/onnx';
import * as runtime from 'onnxruntime-node';
import { describeMachine, printMachine } from '../harness/machine.js';
import { peakMiB } from '../harness/peak-memory.js';
import { spread } from '../harness/statistics.js';
import { table } from '../harness/table.js';

const WIDTH = 1280;
const BANDS = 128;
const HEADS = 20;

const { values } = parseArgs({
  options: {
    layers: { type: 'string', default: '32' },
    runs: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
  },
});

function encoder(layers: number): Graph {
  const graph = new Graph();
  const scope = new Scope(graph);
  const mel = graph.input('mel', ['batch', BANDS, 'frames']);
  const conv1 = scope.conv('conv1', { inputs: BANDS, outputs: WIDTH, kernel: [3] });
  const conv2 = scope.conv('conv2', { inputs: WIDTH, outputs: WIDTH, kernel: [3] });
  const first = gelu(conv(mel, { ...conv1, padding: 1 }));
  let h = transpose(gelu(conv(first, { ...conv2, padding: 1, stride: 2 })), [0, 2, 1]);
  for (let layer = 0; layer < layers; layer++) {
    h = whisperBlock(h, scope.at(`layers.${layer}`), { heads: HEADS });
  }
  graph.output('features', h);
  return graph;
}

/** A safetensors file of the right size whose tensors are holes. @returns bytes of the tensors */
function writeSparse(file: string, graph: Graph): number {
  let end = 0;
  const entries = [...graph.parameters].map(([name, { shape }]) => {
    const start = end;
    end += 4 * (shape as readonly number[]).reduce((product, size) => product * size, 1);
    return [name, { dtype: 'F32', shape, data_offsets: [start, end] }] as const;
  });
  const json = JSON.stringify(Object.fromEntries(entries));
  const header = Buffer.from(json.padEnd(8 * Math.ceil(json.length / 8)));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  const descriptor = openSync(file, 'w');
  writeSync(descriptor, Buffer.concat([size, header]));
  ftruncateSync(descriptor, 8 + header.length + end);
  closeSync(descriptor);
  return end;
}

const layers = Number(values.layers);
const folder = mkdtempSync(join(tmpdir(), 'polytok-build-'));
printMachine(describeMachine());
try {
  const bytes = writeSparse(join(folder, 'model.safetensors'), encoder(layers));
  const parts = {
    building: [] as number[],
    opening: [] as number[],
    both: [] as number[],
    'both, time of the processor': [] as number[],
  };
  for (let run = 0; run < Number(values.runs); run++) {
    const before = process.cpuUsage();
    const start = performance.now();
    const graph = encoder(layers);
    const built = performance.now();
    const weights = await openSafetensorsWeights(folder);
    const network = await Network.open(graph, weights, { runtime, threads: Number(values.threads) });
    const opened = performance.now();
    const { user, system } = process.cpuUsage(before);
    await network.close();
    parts['both, time of the processor'].push((user + system) / 1000);
    parts.building.push(built - start);
    parts.opening.push(opened - built);
    parts.both.push(opened - start);
  }
  const rows = Object.entries(parts).map(([part, times]) => {
    const { median, min, max } = spread(times);
    return [part, ...[median, min, max].map((time) => time.toFixed(0))];
  });
  console.log(table([`${layers} blocks, ${(bytes / 1e9).toFixed(1)} GB`, 'ms, median', 'min', 'max'], rows));
  console.log(`\nLargest size of the process: ${peakMiB('self') ?? '?'} MiB`);
} finally {
  rmSync(folder, { recursive: true });
}
