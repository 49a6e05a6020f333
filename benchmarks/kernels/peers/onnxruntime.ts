/** ONNX Runtime's CPU provider as a peer: `node onnxruntime.mjs <threads>`. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { packageVersion } from '../../harness/package-version.js';
import { DATA_TYPES, type OnnxNode, onnxModel } from './onnx-model.js';
import type { MatmulTask, NearestTask } from './protocol.js';
import { type Prepared, readFloats, serve } from './serve.js';

const THREADS = Number(process.argv[2]);
/** Rows per call, so that the matrix of scores stays bounded: 512 rows of 16,384 codes are 32 MiB. */
const CHUNK = 512;

await serve(packageVersion('onnxruntime-node'), () => ({ nearest, matmul }));

/** MatMul, Add of -|c|²/2 where the metric is euclidean, ArgMax. The constant codebook is packed with the session. */
async function nearest({ codes, vectors, dimensions, metric }: NearestTask): Promise<Prepared> {
  const codeValues = readFloats(codes);
  const count = codeValues.length / dimensions;
  const euclidean = metric === 'euclidean';
  const product: OnnxNode = { operator: 'MatMul', inputs: ['x', 'codes'], outputs: ['products'] };
  const add: OnnxNode = { operator: 'Add', inputs: ['products', 'start'], outputs: ['scores'] };
  const session = await createSession(
    onnxModel({
      inputs: [{ name: 'x', type: 'float32', shape: ['rows', dimensions] }],
      outputs: [{ name: 'ids', type: 'int32', shape: ['rows'] }],
      constants: [
        { name: 'codes', shape: [dimensions, count], values: transpose(codeValues, dimensions) },
        ...(euclidean
          ? [{ name: 'start', shape: [count], values: halfSquares(codeValues, dimensions) }]
          : []),
      ],
      nodes: [
        ...(euclidean ? [product, add] : [product]),
        {
          ...{ operator: 'ArgMax', inputs: [euclidean ? 'scores' : 'products'], outputs: ['long'] },
          integers: { axis: 1, keepdims: 0 },
        },
        { operator: 'Cast', inputs: ['long'], outputs: ['ids'], integers: { to: DATA_TYPES.int32 } },
      ],
    }),
  );
  const values = readFloats(vectors);
  const ids = new Uint32Array(values.length / dimensions);
  return {
    run: async () => {
      for (let from = 0; from < ids.length; from += CHUNK) {
        const end = Math.min(ids.length, from + CHUNK);
        const block = values.subarray(from * dimensions, end * dimensions);
        const found = await session.run({ x: new Tensor('float32', block, [end - from, dimensions]) });
        ids.set(found.ids.data as Int32Array, from);
      }
    },
    result: () => ids,
    free: () => void session.release(),
  };
}

/** MatMul and Add, which its optimizer may make one. */
async function matmul({ weights, bias, rows, inner, columns }: MatmulTask): Promise<Prepared> {
  const session = await createSession(
    onnxModel({
      inputs: [{ name: 'x', type: 'float32', shape: ['rows', inner] }],
      outputs: [{ name: 'y', type: 'float32', shape: ['rows', columns] }],
      constants: [
        { name: 'weights', shape: [inner, columns], values: transpose(readFloats(weights), inner) },
        { name: 'bias', shape: [columns], values: readFloats(bias) },
      ],
      nodes: [
        { operator: 'MatMul', inputs: ['x', 'weights'], outputs: ['products'] },
        { operator: 'Add', inputs: ['products', 'bias'], outputs: ['y'] },
      ],
    }),
  );
  const values = readFloats(rows);
  const x = new Tensor('float32', values, [values.length / inner, inner]);
  let found = new Float32Array();
  return {
    run: async () => {
      found = (await session.run({ x })).y.data as Float32Array<ArrayBuffer>;
    },
    result: () => found,
    free: () => void session.release(),
  };
}

function createSession(model: Uint8Array): Promise<InferenceSession> {
  return InferenceSession.create(model, {
    intraOpNumThreads: THREADS,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  });
}

/** `(items, depth)` to `(depth, items)`. */
function transpose(values: Float32Array, depth: number): Float32Array {
  const items = values.length / depth;
  return values.map((_, at) => values[(at % items) * depth + Math.floor(at / items)]);
}

/** -|c|²/2 of every code. */
function halfSquares(codes: Float32Array, dimensions: number): Float32Array {
  return Float32Array.from({ length: codes.length / dimensions }, (_, code) => {
    const values = codes.subarray(code * dimensions, (code + 1) * dimensions);
    return -values.reduce((sum, value) => sum + value * value, 0) / 2;
  });
}
