import * as ort from 'onnxruntime-node';
import { gradients } from '../gradients.js';
import type { Graph, Value } from '../graph/graph.js';
import { encodeModel } from '../model/encode-model.js';
import { square } from '../ops/activation.js';
import { reduceSum } from '../ops/reduce.js';
import { evaluate } from './evaluate.fixture.js';
import { build } from './tensor.fixture.js';

/**
 * For tests: the largest difference between a block on ONNX Runtime in float32 and in the float64 reference, over its
 * result and the gradients of its inputs and parameters.
 */
export async function blockError(graph: Graph, result: Value): Promise<number> {
  const fed = [...graph.inputs.values(), ...graph.parameters.values()];
  const values = [result, ...gradients(reduceSum(square(result)), fed)];
  for (const [at, value] of values.entries()) graph.output(`value ${at}`, value);
  const feeds = Object.fromEntries(
    fed.map(({ name, shape }, index) => {
      let i = 0;
      return [name, build(shape as number[], () => 0.3 * Math.sin(1.7 * i++ + index))];
    }),
  );
  const session = await ort.InferenceSession.create(encodeModel(graph, { source: () => 'input' }), {
    logSeverityLevel: 3,
  });
  const tensors = Object.entries(feeds).map(([name, { shape, data }]) => [
    name,
    new ort.Tensor('float32', Float32Array.from(data), shape),
  ]);
  const actual = await session.run(Object.fromEntries(tensors));
  await session.release();
  const errors = evaluate(graph, feeds, values).map(({ data }, at) => {
    const got = actual[`value ${at}`].data;
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    return data.reduce((most, value, i) => Math.max(most, Math.abs(value - Number(got[i])) / largest), 0);
  });
  return Math.max(...errors);
}
