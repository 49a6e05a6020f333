import { describe, expect, it } from 'vitest';
import { gradients } from '../gradients.js';
import { Graph } from '../graph/graph.js';
import { evaluate } from '../reference/evaluate.fixture.js';
import { tensor } from '../reference/tensor.fixture.js';
import { averagePool, maxPool } from './pool.js';
import { reduceSum } from './reduce.js';

const refusal = (code: string) => expect.objectContaining({ code });

describe('pooling', () => {
  it('takes the mean or the maximum of each window, and leaves a rest', () => {
    const graph = new Graph();
    const x = graph.input('x', [1, 1, 5]);
    const feeds = { x: tensor([1, 1, 5], [1, 3, -2, -4, 9]) };
    const [mean, most] = evaluate(graph, feeds, [averagePool(x, { kernel: 2 }), maxPool(x, { kernel: 2 })]);
    expect([...mean.data]).toEqual([2, -3]);
    expect([...most.data]).toEqual([3, -2]);
  });

  it('counts padding in means, and not among maxima', () => {
    const graph = new Graph();
    const x = graph.input('x', [1, 1, 2]);
    const options = { kernel: 2, padding: 1 };
    const feeds = { x: tensor([1, 1, 2], [-6, -2]) };
    const [mean, most] = evaluate(graph, feeds, [averagePool(x, options), maxPool(x, options)]);
    expect([...mean.data]).toEqual([-3, -1]);
    expect([...most.data]).toEqual([-6, -2]);
  });

  it('gives the gradient of equal maxima to the first', () => {
    const graph = new Graph();
    const x = graph.input('x', [1, 1, 2, 2]);
    const [slope] = gradients(reduceSum(maxPool(x, { kernel: 2 })), [x]);
    expect([...evaluate(graph, { x: tensor([1, 1, 2, 2], [0, 5, 5, 5]) }, [slope])[0].data]).toEqual([
      0, 1, 0, 0,
    ]);
  });

  it('takes sizes that are known when it runs, forward', () => {
    const graph = new Graph();
    const x = graph.input('x', ['batch', 1, 'frames']);
    const y = averagePool(x, { kernel: 2 });
    expect(y.shape).toEqual(['batch', 1, 'ceil((frames-1)/2)']);
    expect(() => gradients(reduceSum(y), [x])).toThrow(refusal('UNSUPPORTED'));
    const all = maxPool(x, { kernel: 3, stride: 1, padding: 1 });
    const [slope] = gradients(reduceSum(averagePool(all, { kernel: 3, stride: 1, padding: 1 })), [all]);
    const [{ data }] = evaluate(graph, { x: tensor([1, 1, 4], [1, 2, 3, 4]) }, [slope]);
    expect([...data].map((value) => value.toFixed(4))).toEqual(['0.6667', '1.0000', '1.0000', '0.6667']);
  });

  it('refuses windows that are no windows', () => {
    const graph = new Graph();
    const x = graph.input('x', [1, 2, 3]);
    for (const options of [
      { kernel: 0 },
      { kernel: 1.5 },
      { kernel: 4 },
      { kernel: 2, stride: 0 },
      { kernel: 2, padding: 2 },
    ]) {
      for (const pool of [averagePool, maxPool]) {
        expect(() => pool(x, options), JSON.stringify(options)).toThrow(refusal('INVALID_ARGUMENT'));
      }
    }
    expect(() => maxPool(graph.input('flat', [2, 3]), { kernel: 1 })).toThrow(refusal('INVALID_ARGUMENT'));
  });
});
