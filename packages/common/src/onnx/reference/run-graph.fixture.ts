import * as ort from 'onnxruntime-node';
import type { Graph } from '../graph/graph.js';
import { encodeModel } from '../model/encode-model.js';
import type { Tensor64 } from './tensor.fixture.js';

/** For tests: all outputs of a graph, parameters being fed, computed by ONNX Runtime. */
export async function runGraph(
  graph: Graph,
  feeds: Readonly<Record<string, Tensor64>>,
  { threads = 1, provider = 'cpu' }: { readonly threads?: number; readonly provider?: string } = {},
): Promise<Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>> {
  const session = await ort.InferenceSession.create(encodeModel(graph, { source: () => 'input' }), {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  });
  const tensors = Object.entries(feeds).map(([name, { shape, data }]) => {
    const { type } = (graph.inputs.get(name) ?? graph.parameters.get(name))!;
    const values = type === 'int64' ? BigInt64Array.from(data, BigInt) : Float32Array.from(data);
    return [name, new ort.Tensor(type as 'float32', values as Float32Array, shape)];
  });
  const results = await session.run(Object.fromEntries(tensors));
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { dims, data }]) => [
      name,
      { shape: dims, data: Array.from(data as ArrayLike<number>, Number) },
    ]),
  );
}
