import { describe, expect, it } from 'vitest';
import { gradients } from '../gradients.js';
import { add } from '../ops/arithmetic.js';
import { reduceSum } from '../ops/reduce.js';
import { Graph, type Value } from './graph.js';

const refusal = (details: Readonly<Record<string, unknown>> = {}) =>
  expect.objectContaining({ code: 'INVALID_ARGUMENT', details: expect.objectContaining(details) });

describe('a graph', () => {
  it('keeps the order of the calls', () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const y = add(x, graph.parameter('w', [2]));
    graph.output('y', y);
    expect(graph.operations.map(({ op, inputs }) => [op, inputs.map((value) => value?.name)])).toEqual([
      ['Add', ['x', 'w']],
    ]);
    expect(graph.producerOf(y)?.op).toBe('Add');
    expect(graph.producerOf(x)).toBeUndefined();
  });

  it('gives equal constants once', () => {
    const graph = new Graph();
    const constant = () => graph.constant('float32', [2], Float32Array.of(1, 2));
    expect(constant()).toBe(constant());
    expect(constant()).not.toBe(graph.constant('float32', [1, 2], Float32Array.of(1, 2)));
    expect(constant()).not.toBe(graph.constant('int32', [2], Int32Array.of(1, 2)));
  });

  it('tells −0 from 0 among constants', () => {
    const graph = new Graph();
    const zero = graph.constant('float32', [1], Float32Array.of(0));
    expect(graph.constant('float32', [1], Float32Array.of(-0))).not.toBe(zero);
  });

  it('has one name for each input, parameter and output', () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    graph.parameter('w', [2]);
    graph.output('y', x);
    for (const name of ['x', 'w', 'y', '', 'Add#0']) {
      expect(() => graph.input(name, [2]), name).toThrow(refusal({ name }));
      expect(() => graph.parameter(name, [2]), name).toThrow(refusal({ name }));
      expect(() => graph.output(name, x), name).toThrow(refusal({ name }));
    }
  });

  it('has sizes that are counts, or names', () => {
    const graph = new Graph();
    for (const size of [-1, 1.5, NaN, '', 2 ** 60]) {
      expect(() => graph.input('x', [size]), String(size)).toThrow(refusal());
      expect(() => graph.operation('Relu', [], { type: 'float32', shape: [size] })).toThrow(refusal());
    }
    expect(() => graph.parameter('w', ['batch' as never])).toThrow(refusal());
    expect(() => graph.constant('float32', [-1], new Float32Array(0))).toThrow(refusal());
    expect(() => graph.constant('float32', [2], new Float32Array(3))).toThrow(refusal({ length: 3 }));
  });
});

describe('edges', () => {
  it('do not lead to another graph', () => {
    const x = new Graph().input('x', [2]);
    const graph = new Graph();
    const y = graph.input('y', [2]);
    expect(() => add(y, x)).toThrow(refusal({ name: 'x' }));
    expect(() => graph.output('z', x)).toThrow(refusal({ name: 'x' }));
    expect(() => gradients(reduceSum(y), [x])).toThrow(refusal({ name: 'x' }));
  });

  it('do not dangle: a value that the graph did not make is refused', () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const forged: Value = { graph, name: 'nothing', type: 'float32', shape: [2] };
    expect(() => add(x, forged)).toThrow(refusal({ name: 'nothing' }));
    expect(() => graph.output('y', forged)).toThrow(refusal({ name: 'nothing' }));
    // The name of a value that comes later, which would close a cycle.
    const later: Value = { graph, name: 'Add#0', type: 'float32', shape: [2] };
    expect(() => graph.operation('Add', [x, later], x)).toThrow(refusal({ name: 'Add#0' }));
  });

  it('stay as they were made', () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const inputs = [x];
    const y = graph.operation('Relu', inputs, x);
    inputs[0] = y;
    expect(graph.operations[0].inputs).toEqual([x]);
    expect(() => {
      (graph.operations[0].inputs as Value[])[0] = y;
    }).toThrow(TypeError);
    expect(() => {
      (x as { name: string }).name = 'other';
    }).toThrow(TypeError);
  });
});
