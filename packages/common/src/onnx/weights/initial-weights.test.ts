import { expect, it } from 'vitest';
import { Graph } from '../graph/graph.js';
import { Scope } from '../graph/scope.js';
import { initialWeights } from './initial-weights.js';

function graphOf(): Graph {
  const graph = new Graph();
  const scope = new Scope(graph, 'net.');
  scope.conv('conv', { inputs: 5, outputs: 400, kernel: [5] });
  scope.norm('norm', 3);
  graph.parameter('scale', []);
  return graph;
}

it('draws matrices evenly within ±1/√inputs, sets norms to 1 and the rest to 0', () => {
  const weights = initialWeights(graphOf());
  const conv = weights.get('net.conv.weight')!;
  expect([conv.dtype, conv.shape]).toEqual(['F32', [400, 5, 5]]);
  const values = Array.from(conv.data, Number);
  expect(Math.max(...values)).toBeLessThanOrEqual(0.2);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(-0.2);
  // 10 000 numbers: the standard deviation of the mean is 0.2/√3/100 = 0.0012, that of a quarter's share 0.0043.
  expect(Math.abs(values.reduce((sum, value) => sum + value) / values.length)).toBeLessThan(0.006);
  for (const from of [-0.2, -0.1, 0, 0.1]) {
    const share = values.filter((value) => value >= from && value < from + 0.1).length / values.length;
    expect(Math.abs(share - 0.25)).toBeLessThan(0.02);
  }
  expect(weights.get('net.norm.weight')!.data).toEqual(Float32Array.of(1, 1, 1));
  expect(weights.get('net.norm.bias')!.data).toEqual(new Float32Array(3));
  expect(weights.get('net.conv.bias')!.data).toEqual(new Float32Array(400));
  expect(weights.get('scale')!.data).toEqual(new Float32Array(1));
});

it('draws the same for the same seed', () => {
  expect(initialWeights(graphOf(), { seed: 3 })).toEqual(initialWeights(graphOf(), { seed: 3 }));
  expect(initialWeights(graphOf(), { seed: 3 })).not.toEqual(initialWeights(graphOf(), { seed: 4 }));
  expect(() => initialWeights(graphOf(), { seed: 0.5 })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});
