import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../io/safetensors.js';
import { Graph } from '../onnx/graph/graph.js';
import { l2Loss } from '../onnx/losses/distance-losses.js';
import { Network } from '../onnx/network/network.js';
import { gelu } from '../onnx/ops/activation.js';
import { linear } from '../onnx/ops/matmul.js';
import { weightsOf } from '../onnx/weights/weight-store.js';
import { exportOnnx } from './export-onnx.js';
import { scratchFolder } from './scratch-folder.test-helper.js';

/** Two layers, and a loss that needs a target. */
function network(): Graph {
  const graph = new Graph();
  const x = graph.input('x', ['batch', 2]);
  const y = linear(gelu(linear(x, { weight: graph.parameter('first', [3, 2]) })), {
    weight: graph.parameter('second', [1, 3]),
  });
  graph.output('y', y);
  graph.output('loss', l2Loss(y, graph.input('target', ['batch', 1])));
  return graph;
}

const first: Tensor = { dtype: 'F32', shape: [3, 2], data: Float32Array.of(1, 0, -1, 0.5, 0.25, 2) };
const second: Tensor = { dtype: 'F16', shape: [1, 3], data: Uint16Array.of(0x3c00, 0xc000, 0x3800) }; // 1, −2, ½
const weights = weightsOf(
  new Map<string, Tensor>([
    ['first', first],
    ['second', second],
  ]),
);
const x = Float32Array.of(0.5, -1, 2, 3);
const refusal = (code: string) => expect.objectContaining({ code });

async function run(path: string): Promise<{ inputs: readonly string[]; y: readonly number[] }> {
  const session = await ort.InferenceSession.create(path, { logSeverityLevel: 3 });
  const { y } = await session.run({ x: new ort.Tensor('float32', x, [2, 2]) }, ['y']);
  const result = { inputs: session.inputNames, y: [...(y.data as Float32Array)] };
  await session.release();
  return result;
}

async function expected(): Promise<readonly number[]> {
  const opened = await Network.open(network(), weights, { runtime: ort });
  const target = { type: 'float32', shape: [2, 1], data: new Float32Array(2) } as const;
  const { y } = await opened.run({ x: { type: 'float32', shape: [2, 2], data: x }, target }, ['y']);
  await opened.close();
  return [...(y.data as Float32Array)];
}

describe('exportOnnx', () => {
  it.each(['inside', 'beside'] as const)(
    'writes a model that gives what the network gives, weights %s',
    async (place) => {
      const folder = scratchFolder();
      const path = join(folder, 'net.onnx');
      const files = await exportOnnx(path, network(), weights, { weights: place, outputs: ['y'] });
      const names = place === 'inside' ? ['net.onnx'] : ['net.onnx', 'net.onnx.data'];
      expect(files).toEqual(names.map((name) => join(folder, name)));
      expect(readdirSync(folder).sort()).toEqual(names);
      expect(await run(path)).toEqual({ inputs: ['x'], y: await expected() });
    },
  );

  it('keeps weights beside it at pages', async () => {
    const path = join(scratchFolder(), 'net.onnx');
    const [, data] = await exportOnnx(path, network(), weights, { weights: 'beside' });
    const bytes = readFileSync(data);
    expect(bytes.byteLength).toBe(8192);
    expect(bytes.readFloatLE(4096 + 4)).toBe(-2);
  });

  it('writes the same bytes again, with metadata', async () => {
    const folder = scratchFolder();
    const metadata = { 'polytok.preset': 'small' };
    for (const name of ['a', 'b']) {
      await exportOnnx(join(folder, name), network(), weights, { metadata });
    }
    const bytes = readFileSync(join(folder, 'a'));
    expect(bytes.equals(readFileSync(join(folder, 'b')))).toBe(true);
    expect(bytes.includes('polytok.preset')).toBe(true);
  });

  it('leaves out what the wanted outputs do not need', async () => {
    const folder = scratchFolder();
    const graph = network();
    graph.output('unused', graph.parameter('head', [1000]));
    const head: Tensor = { dtype: 'F32', shape: [1000], data: new Float32Array(1000) };
    const store = weightsOf(
      new Map<string, Tensor>([
        ['first', first],
        ['second', second],
        ['head', head],
      ]),
    );
    const path = join(folder, 'net.onnx');
    await exportOnnx(path, graph, store, { outputs: ['y'] });
    expect(readFileSync(path).byteLength).toBeLessThan(2000);
    await expect(exportOnnx(path, graph, store, { outputs: ['z'] })).rejects.toThrow(
      refusal('INVALID_ARGUMENT'),
    );
    await expect(exportOnnx(path, graph, store, { outputs: [] })).rejects.toThrow(
      refusal('INVALID_ARGUMENT'),
    );
  });

  it('names weights that do not fit, and places that it does not know', async () => {
    const path = join(scratchFolder(), 'net.onnx');
    await expect(exportOnnx(path, network(), weightsOf(new Map()))).rejects.toThrow(
      refusal('INVALID_FORMAT'),
    );
    await expect(exportOnnx(path, network(), weights, { weights: 'elsewhere' as never })).rejects.toThrow(
      refusal('INVALID_ARGUMENT'),
    );
    await expect(exportOnnx(join(path, 'none', 'net.onnx'), network(), weights)).rejects.toThrow(
      refusal('IO'),
    );
  });

  it('leaves nothing behind when the disk is full, and no model beside other numbers', async () => {
    const folder = scratchFolder();
    const path = join(folder, 'net.onnx');
    writeFileSync(path, 'an earlier model');
    const full = {
      open: async (name: string, flags: string) => {
        const handle = await open(name, flags);
        handle.writeFile = () =>
          Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
        return handle;
      },
      rename,
      rm,
    };
    for (const place of ['inside', 'beside'] as const) {
      await expect(exportOnnx(path, network(), weights, { weights: place, fs: full })).rejects.toThrow(
        refusal('IO'),
      );
      expect(readdirSync(folder)).toEqual(['net.onnx']);
    }
    expect(readFileSync(path, 'utf8')).toBe('an earlier model');
  });

  it('stops when it is told to', async () => {
    const folder = scratchFolder();
    const signal = AbortSignal.abort();
    await expect(exportOnnx(join(folder, 'net.onnx'), network(), weights, { signal })).rejects.toThrow(
      refusal('ABORTED'),
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});
