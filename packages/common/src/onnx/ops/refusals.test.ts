import { describe, expect, it } from 'vitest';
import { Graph } from '../graph/graph.js';
import { add, multiply, where } from './arithmetic.js';
import { concat, pad, slice } from './concat.js';
import { conv } from './conv.js';
import { argMax, gather, pick, takeAlong } from './gather.js';
import { linear, matMul } from './matmul.js';
import { groupNorm, layerNorm } from './normalize.js';
import { reduceSum } from './reduce.js';
import { upsampleNearest } from './resample.js';
import { reshape, transpose } from './reshape.js';
import { softmax } from './softmax.js';

const graph = new Graph();
const x = graph.input('x', [2, 3]);
const ids = graph.input('ids', [2], 'int64');
const map = graph.input('map', [1, 2, 5]);
const kernel = graph.parameter('kernel', [4, 2, 3]);
const three = graph.parameter('three', [3]);
const two = graph.parameter('two', [2]);

/** What a runtime would refuse when it opens the model, or compute as something else. */
const REFUSALS: Readonly<Record<string, () => unknown>> = {
  'numbers without a value': () => add(1, 2),
  'shapes that cannot be broadcast': () => add(x, two),
  'two element types': () => add(x, ids),
  'a fraction of an integer': () => multiply(ids, 0.5),
  'a condition of numbers': () => where(x, x, 0),
  'indices of floats': () => gather(x, x),
  'floats of which to take along': () => takeAlong(x, x),
  'rows without an index each': () => pick(x, graph.constant('int64', [3], new BigInt64Array(3))),
  'an axis beyond the last': () => reduceSum(x, { axes: [2] }),
  'an axis that is no integer': () => softmax(x, { axis: 0.5 }),
  'the largest along no axis': () => argMax(x, { axis: -3 }),
  'a matrix product of other inner sizes': () => matMul(x, x),
  'a weight of other inputs': () =>
    linear(x, { weight: graph.constant('float32', [1, 2], new Float32Array(2)) }),
  'another number of elements': () => reshape(x, [4, 2]),
  'a size that is a fraction': () => reshape(x, [1.5, 4]),
  'an order that names an axis twice': () => transpose(x, [0, 0]),
  'nothing to join': () => concat([], { axis: 0 }),
  'values to join of other sizes': () => concat([x, map], { axis: 0 }),
  'values to join of other types': () => concat([ids, two], { axis: 0 }),
  'a slice with a step of 0': () => slice(x, { axis: 0, step: 0 }),
  'a slice from a fraction': () => slice(x, { axis: 0, start: 0.5 }),
  'padding below 0': () => pad(x, { axis: 0, before: -1 }),
  'a fraction of padding': () => pad(x, { axis: 0, after: 0.5 }),
  'a convolution of other channels': () => conv(x, { weight: kernel }),
  'a kernel larger than its input': () => conv(map, { weight: kernel, dilation: 3 }),
  'a stride of 0': () => conv(map, { weight: kernel, stride: 0 }),
  'a fraction of dilation': () => conv(map, { weight: kernel, dilation: 1.5 }),
  'a convolution padded by less than 0': () => conv(map, { weight: kernel, padding: -1 }),
  'a bias of other channels': () => conv(map, { weight: kernel, bias: three }),
  'a norm of other channels': () => layerNorm(x, { weight: two, bias: three }),
  'groups that do not divide the channels': () => groupNorm(map, { weight: two, bias: two, groups: 3 }),
  'a map of three axes': () => upsampleNearest(map, 2),
};

describe('operations refuse', () => {
  it.each(Object.entries(REFUSALS))('%s', (_, call) => {
    expect(call).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
