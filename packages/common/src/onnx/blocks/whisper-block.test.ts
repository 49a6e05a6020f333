import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { gradients } from '../gradients.js';
import { Graph } from '../graph/graph.js';
import { Scope } from '../graph/scope.js';
import { encodeModel } from '../model/encode-model.js';
import { square } from '../ops/activation.js';
import { integers } from '../ops/operand.js';
import { reduceSum } from '../ops/reduce.js';
import { evaluate } from '../reference/evaluate.fixture.js';
import { build } from '../reference/tensor.fixture.js';
import { whisperBlock } from './whisper-block.js';

function blockGraph() {
  const graph = new Graph();
  const x = graph.input('x', [2, 3, 4]);
  const y = whisperBlock(x, new Scope(graph).at('layers.0'), { heads: 2, hidden: 6 });
  return { graph, x, y };
}

it('has the parameters of Whisper’s checkpoints', () => {
  const { graph } = blockGraph();
  const shapes = Object.fromEntries([...graph.parameters].map(([name, { shape }]) => [name, shape.join()]));
  expect(shapes).toEqual({
    'layers.0.self_attn_layer_norm.weight': '4',
    'layers.0.self_attn_layer_norm.bias': '4',
    'layers.0.self_attn.q_proj.weight': '4,4',
    'layers.0.self_attn.q_proj.bias': '4',
    'layers.0.self_attn.k_proj.weight': '4,4',
    'layers.0.self_attn.v_proj.weight': '4,4',
    'layers.0.self_attn.v_proj.bias': '4',
    'layers.0.self_attn.out_proj.weight': '4,4',
    'layers.0.self_attn.out_proj.bias': '4',
    'layers.0.final_layer_norm.weight': '4',
    'layers.0.final_layer_norm.bias': '4',
    'layers.0.fc1.weight': '6,4',
    'layers.0.fc1.bias': '6',
    'layers.0.fc2.weight': '4,6',
    'layers.0.fc2.bias': '4',
  });
});

describe('a block', () => {
  it('is computed by ONNX Runtime, with its gradients, as by the float64 reference', async () => {
    const { graph, x, y } = blockGraph();
    const trained = [x, ...graph.parameters.values()];
    const slopes = gradients(reduceSum(square(y)), trained);
    const values = [y, ...slopes];
    for (const [at, value] of values.entries()) graph.output(`value ${at}`, value);
    const feeds = Object.fromEntries(
      trained.map(({ name, shape }, index) => {
        let i = 0;
        return [name, build(shape as number[], () => Math.sin(1.7 * i++ + index))];
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
    for (const [at, { data }] of evaluate(graph, feeds, values).entries()) {
      const got = actual[`value ${at}`].data;
      const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - Number(got[i]))), 0);
      expect(worst, `value ${at}`).toBeLessThan(1e-4);
    }
  });

  it('does not see frames that are not visible', () => {
    const graph = new Graph();
    const scope = new Scope(graph).at('layers.0');
    const options = { heads: 2, hidden: 6 };
    const count = integers(graph, [2]);
    const y = whisperBlock(graph.input('x', [1, 3, 4]), scope, { ...options, visible: count });
    const feeds = Object.fromEntries(
      [...graph.inputs.values(), ...graph.parameters.values()].map(({ name, shape }, index) => {
        let i = 0;
        return [name, build(shape as number[], () => Math.sin(1.7 * i++ + index))];
      }),
    );
    const [seen] = evaluate(graph, feeds, [y]);
    const other = {
      ...feeds,
      x: build([1, 3, 4], ([, frame, k]) => feeds.x.data[4 * frame + k] + (frame === 2 ? k : 0)),
    };
    const [changed] = evaluate(graph, other, [y]);
    expect([...changed.data.slice(0, 8)]).toEqual([...seen.data.slice(0, 8)]);
    expect(changed.data[8]).not.toBe(seen.data[8]);
  });

  it('refuses heads that do not divide it, and widths that are not known', () => {
    const graph = new Graph();
    const refusal = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    expect(() => whisperBlock(graph.input('x', [1, 2, 4]), new Scope(graph), { heads: 3 })).toThrow(refusal);
    expect(() =>
      whisperBlock(graph.input('y', [1, 2, 'width']), new Scope(graph).at('b'), { heads: 2 }),
    ).toThrow(refusal);
  });
});
