import { describe, expect, it } from 'vitest';
import { gradients } from '../gradients.js';
import { Graph } from '../graph/graph.js';
import { evaluate } from '../reference/evaluate.fixture.js';
import { tensor } from '../reference/tensor.fixture.js';
import { exp, round, sign, tanh } from './activation.js';
import { add, multiply } from './arithmetic.js';
import { customGradient, stopGradient, straightThrough } from './custom-gradient.js';
import { reduceSum } from './reduce.js';

const refusal = expect.objectContaining({ code: 'INVALID_ARGUMENT' });

describe('straightThrough', () => {
  it('has the value of one and the gradient of the other', () => {
    const graph = new Graph();
    const x = graph.input('x', [3]);
    const soft = tanh(x);
    const y = straightThrough(soft, sign(x));
    const weights = graph.constant('float32', [3], Float32Array.of(1, 2, 4));
    const [slope] = gradients(reduceSum(multiply(y, weights)), [x]);
    const [value, got, expected] = evaluate(graph, { x: tensor([3], [-0.5, 0, 2]) }, [
      y,
      slope,
      gradients(reduceSum(multiply(soft, weights)), [x])[0],
    ]);
    expect([...value.data]).toEqual([-1, 0, 1]);
    expect(got).toEqual(expected);
  });

  it('lets no gradient through the hard value', () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const y = graph.input('y', [2]);
    const loss = reduceSum(straightThrough(x, multiply(y, y)));
    expect(() => gradients(loss, [y])).toThrow(refusal);
    expect(gradients(loss, [x])).toHaveLength(1);
  });

  it('refuses two shapes, and two types', () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    expect(() => straightThrough(x, graph.input('y', [1]))).toThrow(refusal);
    expect(() => straightThrough(x, graph.input('ids', [2], 'int64'))).toThrow(refusal);
  });
});

describe('stopGradient', () => {
  it('makes a constant of its value', () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const [slope] = gradients(reduceSum(multiply(x, stopGradient(x))), [x]);
    expect([...evaluate(graph, { x: tensor([2], [3, -5]) }, [slope])[0].data]).toEqual([3, -5]);
  });
});

describe('customGradient', () => {
  it('is asked in place of what the value was computed from', () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const other = graph.input('other', [1]);
    const y = customGradient(add(exp(round(x)), other), {
      of: [x, other],
      vjp: ([gradient], [output]) => [multiply(gradient!, output), undefined],
    });
    const loss = reduceSum(multiply(y, 3));
    const feeds = { x: tensor([2], [1.2, -0.1]), other: tensor([1], [10]) };
    const [value, slope] = evaluate(graph, feeds, [y, gradients(loss, [x])[0]]);
    expect([...value.data]).toEqual([Math.E + 10, 11]);
    expect([...slope.data]).toEqual([3 * (Math.E + 10), 33]);
    expect(() => gradients(loss, [other])).toThrow(refusal);
  });

  it('gives gradients of the shapes of its values', () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const y = customGradient(x, { of: [x], vjp: ([gradient]) => [reduceSum(gradient!)] });
    expect(() => gradients(reduceSum(y), [x])).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: expect.objectContaining({ name: 'x' }) }),
    );
  });
});
