import { describe, expect, it } from 'vitest';
import { gradients } from '../gradients.js';
import { Graph } from '../graph/graph.js';
import { evaluate } from '../reference/evaluate.fixture.js';
import { tensor } from '../reference/tensor.fixture.js';
import { crossEntropy } from './cross-entropy.js';

const logits = tensor([2, 2], [0, Math.log(3), Math.log(4), 0]); // probabilities 1/4, 3/4 and 4/5, 1/5
const refusal = expect.objectContaining({ code: 'INVALID_ARGUMENT' });

function loss(targets: readonly number[], options = {}): number {
  const graph = new Graph();
  const of = crossEntropy(graph.input('x', [2, 2]), graph.input('targets', [2], 'int64'), options);
  return evaluate(graph, { x: logits, targets: tensor([2], targets) }, [of])[0].data[0];
}

describe('crossEntropy', () => {
  it('is −log of the probability of the target', () => {
    expect(loss([1, 0])).toBeCloseTo(-(Math.log(3 / 4) + Math.log(4 / 5)) / 2, 12);
    expect(loss([0, 1], { reduction: 'sum' })).toBeCloseTo(Math.log(4) + Math.log(5), 12);
  });

  it('is the mean over targets that are not ignored', () => {
    expect(loss([-1, 0], { ignoreIndex: -1 })).toBeCloseTo(Math.log(5 / 4), 12);
    expect(loss([-1, 1], { ignoreIndex: -1, reduction: 'sum' })).toBeCloseTo(Math.log(5), 12);
  });

  it('is 0, with a gradient of 0, where all are ignored', () => {
    expect(loss([-1, -1], { ignoreIndex: -1 })).toBeCloseTo(0, 12);
    const graph = new Graph();
    const x = graph.input('x', [2, 2]);
    const targets = graph.input('targets', [2], 'int64');
    const [slope] = gradients(crossEntropy(x, targets, { ignoreIndex: 1 }), [x]);
    const [{ data }] = evaluate(graph, { x: logits, targets: tensor([2], [1, 1]) }, [slope]);
    expect(data.every((value) => value === 0)).toBe(true);
  });

  it('refuses targets of other shapes and types, and unknown options', () => {
    const graph = new Graph();
    const x = graph.input('x', [2, 3]);
    const targets = graph.input('targets', [2], 'int64');
    expect(() => crossEntropy(x, graph.input('rows', [3], 'int64'))).toThrow(refusal);
    expect(() => crossEntropy(x, graph.input('floats', [2]))).toThrow(refusal);
    expect(() => crossEntropy(x, targets, { ignoreIndex: 0.5 })).toThrow(refusal);
    expect(() => crossEntropy(x, targets, { reduction: 'none' as never })).toThrow(refusal);
  });
});
