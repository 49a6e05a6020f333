import { describe, expect, it } from 'vitest';
import { Graph } from '../graph/graph.js';
import { evaluate } from '../reference/evaluate.fixture.js';
import { runGraph } from '../reference/run-graph.fixture.js';
import { tensor } from '../reference/tensor.fixture.js';
import { add, multiply } from './arithmetic.js';
import { scan } from './scan.js';

const refusal = expect.objectContaining({ code: 'INVALID_ARGUMENT' });

/** s ← 2s + x, and its values, of each of two columns. */
function horner({ reverse = false } = {}) {
  const graph = new Graph();
  const x = graph.input('x', ['steps', 2]);
  const start = graph.input('start', [2]);
  const { state, outputs } = scan({
    state: [start],
    inputs: [x],
    reverse,
    step: ([sum], [element]) => {
      const next = add(multiply(sum, 2), element);
      return { state: [next], outputs: [next] };
    },
  });
  graph.output('last', state[0]);
  graph.output('all', outputs[0]);
  return graph;
}

describe('scan', () => {
  it.each([
    [false, [11, 110], [1, 10, 4, 40, 11, 110]],
    [true, [11, 110], [11, 110, 5, 50, 2, 20]],
  ])('carries a state over the steps (reverse: %s)', async (reverse, last, all) => {
    const graph = horner({ reverse });
    const x = reverse ? [1, 10, 1, 10, 2, 20] : [1, 10, 2, 20, 3, 30];
    const feeds = { x: tensor([3, 2], x), start: tensor([2], [0, 0]) };
    const values = [...graph.outputs.values()];
    expect(evaluate(graph, feeds, values).map(({ data }) => [...data])).toEqual([last, all]);
    const run = await runGraph(graph, feeds);
    expect([run.last.data, run.all.data]).toEqual([last, all]);
  });

  it('keeps the names of its body apart', () => {
    const graph = horner();
    const [{ attributes }] = graph.operations;
    const body = (attributes.body as { graph: Graph }).graph;
    expect([...body.inputs.values()].map(({ name }) => name)).toEqual(['Scan#0/state 0', 'Scan#0/input 0']);
  });

  it('refuses values from outside, states that change shape, and inputs of different lengths', () => {
    const graph = new Graph();
    const x = graph.input('x', [3, 2]);
    const start = graph.input('start', [2]);
    const keep = ([state]: readonly (typeof x)[]) => ({ state: [state], outputs: [] });
    expect(() =>
      scan({ state: [start], inputs: [x], step: ([s]) => ({ state: [add(s, start)], outputs: [] }) }),
    ).toThrow(refusal);
    expect(() => scan({ state: [start], inputs: [x], step: () => ({ state: [], outputs: [] }) })).toThrow(
      refusal,
    );
    expect(() =>
      scan({
        state: [graph.input('one', [1])],
        inputs: [x],
        step: (_, [e]) => ({ state: [e], outputs: [] }),
      }),
    ).toThrow(refusal);
    expect(() => scan({ state: [start], inputs: [x, start], step: keep })).toThrow(refusal);
    expect(() => scan({ state: [start], inputs: [], step: keep })).toThrow(refusal);
  });
});
