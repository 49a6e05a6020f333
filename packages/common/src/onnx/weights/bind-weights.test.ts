import { describe, expect, it } from 'vitest';
import { Graph } from '../graph/graph.js';
import { bindWeights } from './bind-weights.js';
import type { WeightEntry } from './weight-store.js';

function graphOf(...names: readonly string[]): Graph {
  const graph = new Graph();
  for (const name of names) graph.parameter(name, [2]);
  return graph;
}
const entries = (tensors: Readonly<Record<string, WeightEntry>>) => ({
  entries: new Map(Object.entries(tensors)),
});
const f32 = (...shape: readonly number[]): WeightEntry => ({ dtype: 'F32', shape });
const refusal = (code: string, details: Readonly<Record<string, unknown>>) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });

describe('bindWeights', () => {
  it('takes every floating-point type', () => {
    const store = entries({
      a: { dtype: 'F16', shape: [2] },
      b: { dtype: 'BF16', shape: [2] },
      c: { dtype: 'F64', shape: [2] },
      d: f32(2),
    });
    expect([...bindWeights(graphOf('a', 'b', 'c', 'd'), store).values()]).toEqual(['a', 'b', 'c', 'd']);
  });

  it('finds tensors under other names', () => {
    const names = bindWeights(graphOf('a'), entries({ 'model.a': f32(2) }), {
      nameOf: (name) => `model.${name}`,
    });
    expect([...names]).toEqual([['a', 'model.a']]);
  });

  it('names all that is missing, misshapen and left over in one error', () => {
    const store = entries({ b: f32(3), c: { dtype: 'I64', shape: [2] }, e: f32(1), f: f32(1) });
    expect(() => bindWeights(graphOf('a', 'b', 'c', 'd'), store, { ignore: (name) => name === 'f' })).toThrow(
      refusal('INVALID_FORMAT', {
        missing: ['a', 'd'],
        misshapen: ['b is F32 [3], not [2]', 'c is I64 [2], not [2]'],
        extra: ['e'],
      }),
    );
  });

  it('lists eight names in its message, and all in its details', () => {
    const names = Array.from({ length: 20 }, (_, i) => `layer${i}`);
    const bind = () => bindWeights(graphOf(...names), entries({}));
    expect(bind).toThrow(refusal('INVALID_FORMAT', { missing: names }));
    expect(bind).toThrow(/20 missing \(layer0; .*layer7 and 12 more\)/);
  });

  it('refuses parameters that weights do not become', () => {
    const graph = new Graph();
    graph.parameter('table', [2], 'int64');
    expect(() => bindWeights(graph, entries({ table: f32(2) }))).toThrow(
      refusal('UNSUPPORTED', { name: 'table', type: 'int64' }),
    );
  });
});
