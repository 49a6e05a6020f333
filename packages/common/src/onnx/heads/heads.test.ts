import { describe, expect, it } from 'vitest';
import { Fsq, Lfq, rotationTrickGradient, VotingLfq, Vq } from '../../quantizers/index.js';
import { normalValues } from '../../quantizers/seeded-normal.js';
import { gradients } from '../gradients.js';
import { Graph, type Value } from '../graph/graph.js';
import { Scope } from '../graph/scope.js';
import { multiply } from '../ops/arithmetic.js';
import { reduceSum } from '../ops/reduce.js';
import { evaluate } from '../reference/evaluate.fixture.js';
import { runGraph } from '../reference/run-graph.fixture.js';
import { tensor } from '../reference/tensor.fixture.js';
import { fsqHead } from './fsq-head.js';
import { lfqHead } from './lfq-head.js';
import { nearestCode, type Quantized } from './nearest-code.js';
import { rotationTrick } from './rotation-trick.js';
import { votingHead } from './voting-head.js';

const refusal = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
const ROWS = 200;

/** The ids and rows that a head gives of rows, by the float64 reference and by ONNX Runtime. */
async function quantize(
  dimension: number,
  of: (x: Value) => Quantized,
  rows: Float32Array,
  parameters: Readonly<Record<string, Float32Array>> = {},
) {
  const graph = new Graph();
  const x = graph.input('x', [2, rows.length / dimension / 2, dimension]);
  const { ids, rows: back } = of(x);
  graph.output('ids', ids);
  graph.output('rows', back);
  expect([ids.type, ids.shape.length]).toEqual(['int32', 2]);
  const feeds = {
    x: tensor(x.shape as number[], rows),
    ...Object.fromEntries(
      Object.entries(parameters).map(([name, data]) => [
        name,
        tensor(graph.parameters.get(name)!.shape as number[], data),
      ]),
    ),
  };
  const [exact, exactBack] = evaluate(graph, feeds, [ids, back]);
  const run = await runGraph(graph, feeds);
  expect(run.ids.data).toEqual([...exact.data]);
  const worst = Math.max(...run.rows.data.map((value, at) => Math.abs(value - exactBack.data[at])));
  expect(worst).toBeLessThan(1e-5);
  return { ids: run.ids.data, rows: run.rows.data };
}

const closeTo = (values: ArrayLike<number>) =>
  Array.from(values, (value) => expect.closeTo(value, 5) as unknown as number);

describe('nearestCode', () => {
  const codes = normalValues(64 * 6, 1, 1);
  const rows = normalValues(ROWS * 6, 2, 1.5);

  it.each([
    ['euclidean', 'vq'],
    ['cosine', 'vq-cosine'],
  ] as const)('has the ids and codes of the quantizer: %s', async (metric, variant) => {
    const vq = new Vq({ variant, codes, dimension: 6 });
    const head = (x: Value) => nearestCode(x, x.graph.parameter('codes', [64, 6]), { metric });
    const { ids, rows: back } = await quantize(6, head, rows, { codes });
    const expected = vq.quantize(rows);
    expect(ids).toEqual([...expected]);
    expect(back).toEqual(closeTo(vq.dequantize(expected)));
  });

  it.each(['euclidean', 'cosine'] as const)('takes the lowest of equal codes: %s', async (metric) => {
    const twice = Float32Array.of(1, 0, 0, 1, 0, 1, 1, 0);
    const head = (x: Value) => nearestCode(x, x.graph.parameter('codes', [4, 2]), { metric });
    const { ids } = await quantize(2, head, Float32Array.of(3, 0, 0, 3, 1, 1, 0, 0), { codes: twice });
    expect(ids).toEqual([0, 1, 0, 0]);
  });

  it('passes gradients to the codes that were chosen', () => {
    const graph = new Graph();
    const x = graph.input('x', [3, 2]);
    const table = graph.parameter('codes', [3, 2]);
    const { rows: back } = nearestCode(x, table);
    const [slope] = gradients(reduceSum(back), [table]);
    const feeds = {
      x: tensor([3, 2], [1, 1, 1, 0.9, -5, -5]),
      codes: tensor([3, 2], [1, 1, 9, 9, -4, -4]),
    };
    expect([...evaluate(graph, feeds, [slope])[0].data]).toEqual([2, 2, 0, 0, 1, 1]);
    expect(() => gradients(reduceSum(back), [x])).toThrow(refusal);
  });

  it('refuses other dimensions, and metrics that it does not know', () => {
    const graph = new Graph();
    const x = graph.input('x', [2, 3]);
    expect(() => nearestCode(x, graph.parameter('codes', [4, 2]))).toThrow(refusal);
    expect(() => nearestCode(x, graph.parameter('table', [4, 3]), { metric: 'dot' as never })).toThrow(
      refusal,
    );
  });
});

describe('votingHead', () => {
  const [voters, bits, width] = [5, 13, 8];

  it('has the ids of the quantizer, and projects its signs back', async () => {
    const graph = new Graph();
    const x = graph.input('x', [ROWS, width]);
    const { branches, average, ids, rows, softRows } = votingHead(x, new Scope(graph).at('quantizer'), {
      voters,
      bits,
    });
    const values = { branches, average, ids, rows, softRows };
    for (const [name, value] of Object.entries(values)) graph.output(name, value);
    expect([...graph.parameters.keys()]).toEqual([
      ...[0, 1, 2, 3, 4].flatMap((voter) =>
        ['weight', 'bias'].map((part) => `quantizer.project_in.${voter}.${part}`),
      ),
      'quantizer.project_out.weight',
      'quantizer.project_out.bias',
    ]);
    const feeds = Object.fromEntries(
      [x, ...graph.parameters.values()].map(({ name, shape }, seed) => {
        const sizes = shape as readonly number[];
        const length = sizes.reduce((product, size) => product * size, 1);
        return [name, tensor(sizes, normalValues(length, seed + 1, 1))];
      }),
    );
    const run = await runGraph(graph, feeds);
    const quantizer = new VotingLfq({ voters, bits });
    const expected = quantizer.quantize(Float32Array.from(run.branches.data));
    expect(run.ids.data).toEqual([...expected]);
    expect(run.average.data).toEqual(closeTo(quantizer.softAverage(Float32Array.from(run.branches.data))));
    const exact = evaluate(graph, feeds, Object.values(values));
    for (const [at, name] of Object.keys(values).entries()) {
      expect(run[name].data, name).toEqual(Array.from(exact[at].data, (value) => expect.closeTo(value, 4)));
    }
    const weight = feeds['quantizer.project_out.weight'].data;
    const offset = feeds['quantizer.project_out.bias'].data;
    const signs = quantizer.dequantize(expected);
    const first = [...signs.subarray(0, bits)].reduce((sum, sign, j) => sum + sign * weight[j], offset[0]);
    expect(run.rows.data[0]).toBeCloseTo(first, 4);
  });

  it('takes the sign of 0 as −1', async () => {
    const graph = new Graph();
    const x = graph.input('x', [2, 1]);
    graph.output('ids', votingHead(x, new Scope(graph), { voters: 1, bits: 1, bias: false }).ids);
    const feeds = {
      x: tensor([2, 1], [0, 1]),
      'project_in.0.weight': tensor([1, 1], [1]),
      'project_out.weight': tensor([1, 1], [1]),
    };
    expect((await runGraph(graph, feeds)).ids.data).toEqual([0, 1]);
  });

  it('is straight through to its branches: each has a share of the gradient', () => {
    const graph = new Graph();
    const x = graph.input('x', [1, 1]);
    const { average } = votingHead(x, new Scope(graph), { voters: 3, bits: 1, bias: false });
    const weights = [0, 1, 2].map((voter) => graph.parameters.get(`project_in.${voter}.weight`)!);
    const slopes = gradients(reduceSum(average), [x, ...weights]);
    const feeds = {
      x: tensor([1, 1], [4]),
      ...Object.fromEntries(weights.map(({ name }, i) => [name, tensor([1, 1], [[1, -2, 3][i]])])),
    };
    const got = evaluate(graph, feeds, slopes).map(({ data }) => data[0]);
    expect(got).toEqual([expect.closeTo(2 / 3, 6), ...[0, 1, 2].map(() => expect.closeTo(4 / 3, 6))]);
  });

  it('takes a tie as −1', async () => {
    const graph = new Graph();
    const x = graph.input('x', [2, 1]);
    graph.output('ids', votingHead(x, new Scope(graph), { voters: 2, bits: 1, bias: false }).ids);
    const one = tensor([1, 1], [1]);
    const feeds = {
      x: tensor([2, 1], [1, -1]),
      'project_in.0.weight': one,
      'project_in.1.weight': tensor([1, 1], [-1]),
      'project_out.weight': one,
    };
    expect((await runGraph(graph, feeds)).ids.data).toEqual([0, 0]);
  });

  it('refuses no voters, and ids that are too long', () => {
    const graph = new Graph();
    const x = graph.input('x', [2, 3]);
    expect(() => votingHead(x, new Scope(graph).at('a'), { voters: 0, bits: 2 })).toThrow(refusal);
    expect(() => votingHead(x, new Scope(graph).at('b'), { voters: 3, bits: 25 })).toThrow(refusal);
  });
});

describe('lfqHead', () => {
  it.each(['lsb-first', 'msb-first'] as const)(
    'has the ids and codes of the quantizer: %s',
    async (order) => {
      const rows = normalValues(ROWS * 10, 3, 1);
      rows[0] = 0;
      const lfq = new Lfq({ bits: 10, order, scale: 0.5 });
      const { ids, rows: back } = await quantize(10, (x) => lfqHead(x, { order, scale: 0.5 }), rows);
      const expected = lfq.quantize(rows);
      expect(ids).toEqual([...expected]);
      expect(back).toEqual([...lfq.dequantize(expected)]);
    },
  );

  it('is straight through', () => {
    const graph = new Graph();
    const x = graph.input('x', [3]);
    const { rows } = lfqHead(x, { order: 'lsb-first' });
    const weights = graph.constant('float32', [3], Float32Array.of(1, 2, 3));
    const [slope] = gradients(reduceSum(multiply(rows, weights)), [x]);
    expect([...evaluate(graph, { x: tensor([3], [9, -9, 0]) }, [slope])[0].data]).toEqual([1, 2, 3]);
    expect(() => lfqHead(graph.input('y', [25]), { order: 'lsb-first' })).toThrow(refusal);
    expect(() => lfqHead(x, { order: 'bits' as never })).toThrow(refusal);
  });
});

describe('fsqHead', () => {
  it.each(['fsq-paper', 'fsq-lucidrains', 'fsq-lucidrains-symmetric'] as const)(
    'has the ids and codes of the quantizer: %s',
    async (variant) => {
      const levels = [8, 5, 4, 3];
      const rows = normalValues(ROWS * 4, 4, 1.5);
      const fsq = new Fsq({ variant, levels });
      const { ids, rows: back } = await quantize(4, (x) => fsqHead(x, { variant, levels }), rows);
      const expected = fsq.quantize(rows);
      expect(ids).toEqual([...expected]);
      expect(back).toEqual(closeTo(fsq.dequantize(expected)));
    },
  );

  it('has the gradient of the squashed numbers', () => {
    const graph = new Graph();
    const x = graph.input('x', [1]);
    const { rows } = fsqHead(x, { variant: 'fsq-lucidrains-symmetric', levels: [5] });
    const [slope] = gradients(reduceSum(rows), [x]);
    const { data } = evaluate(graph, { x: tensor([1], [0.7]) }, [slope])[0];
    expect(data[0]).toBeCloseTo(1 - Math.tanh(0.7) ** 2, 12);
  });

  it('refuses levels that do not fit', () => {
    const x = new Graph().input('x', [1, 2]);
    const variant = 'fsq-paper';
    for (const levels of [[8], [8, 1], [8, 2], [5000, 5000], [2.5, 3]]) {
      expect(() => fsqHead(x, { variant, levels }), String(levels)).toThrow(refusal);
    }
  });
});

describe('rotationTrick', () => {
  it('has the value of the codes and the gradient of the quantizers’ rotation', () => {
    const vectors = normalValues(20 * 4, 5, 1);
    const codes = normalValues(20 * 4, 6, 1);
    // Rows without a rotation: a zero vector, a zero code, two that are opposite.
    vectors.fill(0, 0, 4);
    codes.fill(0, 4, 8);
    for (let i = 8; i < 12; i++) codes[i] = -2 * vectors[i];
    const gradient = normalValues(20 * 4, 7, 1);
    const graph = new Graph();
    const x = graph.input('x', [20, 4]);
    const q = graph.input('q', [20, 4]);
    const y = rotationTrick(x, q);
    const weights = graph.constant('float32', [20, 4], gradient);
    const [slope] = gradients(reduceSum(multiply(y, weights)), [x]);
    const feeds = { x: tensor([20, 4], vectors), q: tensor([20, 4], codes) };
    const [value, got] = evaluate(graph, feeds, [y, slope]);
    expect(value.data).toEqual(feeds.q.data);
    const expected = rotationTrickGradient({ vectors, codes, gradient, dimension: 4 });
    for (const [at, of] of expected.entries()) expect(got.data[at]).toBeCloseTo(of, 6);
  });
});
