import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { encodeSafetensors, type Tensor } from '../io/safetensors.js';
import { Graph } from '../onnx/graph/graph.js';
import { Network } from '../onnx/network/network.js';
import { linear } from '../onnx/ops/matmul.js';
import { openSafetensorsWeights } from './safetensors-weights.js';
import { scratchFolder } from './scratch-folder.test-helper.js';

const f32 = (...numbers: number[]): Tensor => ({
  dtype: 'F32',
  shape: [1, numbers.length],
  data: Float32Array.from(numbers),
});
const file = (tensors: Readonly<Record<string, Tensor>>) =>
  encodeSafetensors(new Map(Object.entries(tensors)));
const half: Tensor = { dtype: 'F16', shape: [1, 1], data: Uint16Array.of(0x4200) }; // 3

/** A file of tensors of 4 bytes at these places, sound or not. */
function raw(
  places: Readonly<Record<string, readonly [number, number]>>,
  dataBytes: number,
  dtype = 'F32',
): Uint8Array {
  const entries = Object.entries(places).map(([name, data_offsets]) => [
    name,
    { dtype, shape: [1], data_offsets },
  ]);
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const bytes = new Uint8Array(8 + header.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  return bytes;
}

async function folderOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const folder = scratchFolder();
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

describe('openSafetensorsWeights', () => {
  it('serves a network, mapped or converted, from several files', async () => {
    const folder = await folderOf({
      'model-1.safetensors': file({ first: f32(2) }),
      'model-2.safetensors': file({ second: half }),
      'model.safetensors.index.json': JSON.stringify({
        weight_map: { first: 'model-1.safetensors', second: 'model-2.safetensors' },
      }),
    });
    const weights = await openSafetensorsWeights(folder);
    expect(weights.locate?.('first')).toMatchObject({ folder, file: 'model-1.safetensors', length: 4 });
    const graph = new Graph();
    const x = graph.input('x', ['batch', 1]);
    const hidden = linear(x, { weight: graph.parameter('first', [1, 1]) });
    graph.output('y', linear(hidden, { weight: graph.parameter('second', [1, 1]) }));
    const network = await Network.open(graph, weights, { runtime: ort });
    const { y } = await network.run({ x: { type: 'float32', shape: [2, 1], data: Float32Array.of(5, 7) } });
    expect([...y.data]).toEqual([30, 42]);
    await network.close();
  });

  it('converts half-precision weights as they lie in files: F16, BF16 and F64', async () => {
    const folder = await folderOf({
      'model.safetensors': file({
        half,
        brain: { dtype: 'BF16', shape: [1, 1], data: Uint16Array.of(0xc0a0) }, // −5
        double: { dtype: 'F64', shape: [1, 1], data: Float64Array.of(0.25) },
      }),
    });
    const graph = new Graph();
    for (const name of ['half', 'brain', 'double']) graph.output(name[0], graph.parameter(name, [1, 1]));
    const network = await Network.open(graph, await openSafetensorsWeights(folder), { runtime: ort });
    const outputs = await network.run({});
    expect(Object.values(outputs).map(({ data }) => data[0])).toEqual([3, -5, 0.25]);
    await network.close();
  });

  it('reads single tensors', async () => {
    const folder = await folderOf({ 'model.safetensors': file({ a: f32(1, 2), b: half }) });
    for (const path of [folder, join(folder, 'model.safetensors')]) {
      const weights = await openSafetensorsWeights(path);
      expect([...weights.entries.keys()].sort()).toEqual(['a', 'b']);
      expect(await weights.read('a')).toEqual(f32(1, 2));
      await expect(weights.read('c')).rejects.toThrow(expect.objectContaining({ code: 'UNKNOWN_NAME' }));
    }
  });

  it.each([
    ['IO', {}],
    ['INVALID_FORMAT', { 'model.safetensors': 'short' }],
    ['LIMIT_EXCEEDED', { 'model.safetensors': Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x10, 123, 125) }], // 2^60 bytes
    ['INVALID_FORMAT', { 'model.safetensors': file({ a: f32(1) }).subarray(0, 60) }],
    ['INVALID_FORMAT', { 'model.safetensors': raw({ a: [0, 4], b: [2, 6] }, 6) }], // overlapping
    ['INVALID_FORMAT', { 'model.safetensors': raw({ a: [0, 4], b: [8, 12] }, 12) }], // with a hole
    ['INVALID_FORMAT', { 'model.safetensors': raw({ a: [0, 4] }, 8) }], // longer than it says
    ['UNSUPPORTED', { 'model.safetensors': raw({ a: [0, 4] }, 4, 'F8_E4M3') }],
    ['INVALID_FORMAT', { 'model.safetensors.index.json': '{' }],
    ['INVALID_FORMAT', { 'model.safetensors.index.json': '{"weight_map": {"a": "../secret"}}' }],
    [
      'INVALID_FORMAT',
      {
        'a.safetensors': file({ x: f32(1) }),
        'b.safetensors': file({ x: f32(1) }),
        'model.safetensors.index.json': '{"weight_map": {"x": "a.safetensors", "y": "b.safetensors"}}',
      },
    ],
  ])('refuses with %s: %#', async (code, files) => {
    await expect(openSafetensorsWeights(await folderOf(files))).rejects.toThrow(
      expect.objectContaining({ code }),
    );
  });
});
