/** For tests: why the WebGPU provider of onnxruntime-node does not work here. */
import * as ort from 'onnxruntime-node';
import { isRequired } from '../../kernels/is-required.fixture.js';
import { Graph } from '../graph/graph.js';
import { gelu } from '../ops/activation.js';
import { weightsOf } from '../weights/weight-store.js';
import { Network } from './network.js';

/** Undefined where it works. Throws where `POLYTOK_REQUIRE` names WebGPU and it does not. */
export async function reasonAgainstWebGpu(): Promise<string | undefined> {
  const graph = new Graph();
  graph.output('y', gelu(graph.input('x', [1])));
  try {
    await (await Network.open(graph, weightsOf(new Map()), { runtime: ort, providers: ['webgpu'] })).close();
    return undefined;
  } catch (error) {
    if (isRequired('webgpu')) throw error;
    return (error as Error).message;
  }
}
