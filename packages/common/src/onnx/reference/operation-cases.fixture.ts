import type { Value } from '../graph/graph.js';
import { crossEntropy } from '../losses/cross-entropy.js';
import { ctcLoss } from '../losses/ctc-loss.js';
import { l1Loss, l2Loss } from '../losses/distance-losses.js';
import { logMelLoss, stftLoss } from '../losses/spectral-losses.js';
import * as activation from '../ops/activation.js';
import * as arithmetic from '../ops/arithmetic.js';
import { attention } from '../ops/attention.js';
import { concat, pad, slice } from '../ops/concat.js';
import { conv } from '../ops/conv.js';
import { gather, pick, takeAlong } from '../ops/gather.js';
import { gemm } from '../ops/gemm.js';
import { linear, matMul } from '../ops/matmul.js';
import { groupNorm, layerNorm } from '../ops/normalize.js';
import { integers } from '../ops/operand.js';
import { averagePool, maxPool } from '../ops/pool.js';
import { reduceMax, reduceMean, reduceSum } from '../ops/reduce.js';
import { depthToSpace, upsampleNearest } from '../ops/resample.js';
import { reshape, transpose } from '../ops/reshape.js';
import { logSoftmax, logSumExp, softmax } from '../ops/softmax.js';
import { logMel, stftMagnitude } from '../ops/spectrum.js';
import { takeFirst } from '../ops/take-first.js';

const { add, divide, maximum, minimum, multiply, power, subtract, where, greater, negate } = arithmetic;
const positive = Array.from({ length: 6 }, (_, i) => 0.3 + i / 3);

/** An operation and operands to try it on. */
export interface OperationCase {
  /** Shapes of the operands, all of which have gradients. */
  readonly shapes: readonly (readonly number[])[];
  readonly of: (...operands: Value[]) => Value;
  /** Operands, by position. Default: fixed numbers between −1 and 1. */
  readonly values?: readonly (ArrayLike<number> | undefined)[];
}

/** Every differentiable operation. */
export const OPERATION_CASES: Readonly<Record<string, OperationCase>> = {
  add: { shapes: [[2, 3], [3]], of: add },
  subtract: {
    shapes: [
      [2, 1],
      [2, 3],
    ],
    of: subtract,
  },
  multiply: { shapes: [[2, 3], []], of: multiply },
  'multiply by itself': { shapes: [[4]], of: (x) => multiply(x, x) },
  divide: {
    shapes: [
      [2, 3],
      [2, 3],
    ],
    of: divide,
    values: [undefined, positive],
  },
  maximum: {
    shapes: [
      [2, 3],
      [2, 3],
    ],
    of: maximum,
  },
  minimum: {
    shapes: [
      [2, 3],
      [1, 3],
    ],
    of: minimum,
  },
  power: { shapes: [[6]], of: (x) => power(x, 2.5), values: [positive] },
  negate: { shapes: [[3]], of: negate },
  where: { shapes: [[2, 3], [3]], of: (a, b) => where(greater(a, 0), a, b) },
  exp: { shapes: [[6]], of: activation.exp },
  log: { shapes: [[6]], of: activation.log, values: [positive] },
  sqrt: { shapes: [[6]], of: activation.sqrt, values: [positive] },
  abs: { shapes: [[6]], of: activation.abs },
  square: { shapes: [[6]], of: activation.square },
  tanh: { shapes: [[6]], of: activation.tanh },
  sigmoid: { shapes: [[6]], of: activation.sigmoid },
  relu: { shapes: [[6]], of: activation.relu },
  softplus: { shapes: [[6]], of: activation.softplus },
  erf: { shapes: [[6]], of: activation.erf },
  sin: { shapes: [[6]], of: activation.sin },
  cos: { shapes: [[6]], of: activation.cos },
  gelu: { shapes: [[6]], of: activation.gelu },
  silu: { shapes: [[6]], of: activation.silu },
  reduceSum: { shapes: [[2, 3, 2]], of: (x) => reduceSum(x, { axes: [0, -1] }) },
  reduceMean: { shapes: [[2, 3, 2]], of: (x) => reduceMean(x, { axes: [1], keepDimensions: true }) },
  reduceMax: { shapes: [[2, 3]], of: (x) => reduceMax(x, { axes: [1] }) },
  takeFirst: {
    shapes: [[2, 3, 2]],
    of: (x) => takeFirst(x, { axis: 1, count: integers(x.graph, [2]), size: 2 }),
  },
  reshape: { shapes: [[2, 3]], of: (x) => reshape(x, [3, 2]) },
  transpose: { shapes: [[2, 3, 2]], of: (x) => transpose(x, [2, 0, 1]) },
  concat: {
    shapes: [
      [2, 3],
      [2, 1],
    ],
    of: (a, b) => concat([a, b, a], { axis: 1 }),
  },
  'slice from a start': { shapes: [[5, 2]], of: (x) => slice(x, { axis: 0, start: 2 }) },
  'slice from the end': { shapes: [[5, 2]], of: (x) => slice(x, { axis: 0, start: -3, end: -1 }) },
  'slice with a step': { shapes: [[2, 7]], of: (x) => slice(x, { axis: 1, start: 1, end: 6, step: 2 }) },
  pad: { shapes: [[2, 3]], of: (x) => pad(x, { axis: 1, before: 1, after: 2 }) },
  'pad with a value': {
    shapes: [[2, 3]],
    of: (x) => activation.square(pad(x, { axis: 0, before: 1, value: -2 })),
  },
  matMul: {
    shapes: [
      [2, 3],
      [3, 2],
    ],
    of: matMul,
  },
  'matMul of batches and a matrix': {
    shapes: [
      [2, 2, 3],
      [3, 2],
    ],
    of: matMul,
  },
  'matMul of batches': {
    shapes: [
      [2, 1, 2, 3],
      [2, 3, 2],
    ],
    of: matMul,
  },
  gemm: { shapes: [[2, 3], [3, 4], [4]], of: (a, b, bias) => gemm(a, b, { bias }) },
  'gemm, first transposed': {
    shapes: [
      [3, 2],
      [3, 4],
    ],
    of: (a, b) => gemm(a, b, { transposeA: true }),
  },
  'gemm, both transposed': {
    shapes: [[3, 2], [4, 3], [4]],
    of: (a, b, bias) => gemm(a, b, { transposeA: true, transposeB: true, bias }),
  },
  'linear of a matrix': {
    shapes: [
      [2, 3],
      [4, 3],
    ],
    of: (x, weight) => linear(x, { weight }),
  },
  attention: {
    shapes: [
      [2, 3, 4],
      [2, 5, 4],
      [2, 5, 4],
    ],
    of: (query, key, value) => attention(query, { key, value, heads: 2 }),
  },
  linear: { shapes: [[2, 2, 3], [4, 3], [4]], of: (x, weight, bias) => linear(x, { weight, bias }) },
  upsampleNearest: { shapes: [[2, 3, 2, 1]], of: (x) => upsampleNearest(x, 2) },
  depthToSpace: { shapes: [[2, 8, 1, 3]], of: (x) => depthToSpace(x, 2) },
  layerNorm: { shapes: [[2, 4], [4], [4]], of: (x, weight, bias) => layerNorm(x, { weight, bias }) },
  groupNorm: {
    shapes: [[2, 4, 3], [4], [4]],
    of: (x, weight, bias) => groupNorm(x, { weight, bias, groups: 2, epsilon: 1e-6 }),
  },
  'groupNorm without weights': {
    shapes: [[1, 4, 2, 3]],
    of: (x) => groupNorm(x, { groups: 2, epsilon: 1e-6 }),
  },
  softmax: { shapes: [[2, 3, 2]], of: (x) => softmax(x, { axis: 1 }) },
  logSoftmax: { shapes: [[2, 4]], of: (x) => logSoftmax(x) },
  logSumExp: { shapes: [[2, 4]], of: (x) => logSumExp(x) },
  'gather, a row twice': {
    shapes: [[3, 2]],
    of: (x) => gather(x, x.graph.constant('int64', [2, 2], BigInt64Array.of(2n, 0n, 2n, 1n))),
  },
  pick: {
    shapes: [[2, 3]],
    of: (x) => pick(x, x.graph.constant('int64', [2], BigInt64Array.of(2n, 0n))),
  },
  'takeAlong, an element twice': {
    shapes: [[2, 4]],
    of: (x) => takeAlong(x, classes(x, [2, 3], 3, 0, 3, 1, 2, 0)),
  },
  'conv, one axis': {
    shapes: [[2, 2, 5], [3, 2, 3], [3]],
    of: (x, weight, bias) => conv(x, { weight, bias, padding: 1 }),
  },
  'conv with a stride that leaves a rest': {
    shapes: [
      [1, 2, 8],
      [2, 2, 3],
    ],
    of: (x, weight) => conv(x, { weight, stride: 3, padding: [0, 1] }),
  },
  'conv with a stride and zeros on one side': {
    shapes: [[1, 2, 4, 6], [2, 2, 3, 3], [2]],
    of: (x, weight, bias) => conv(x, { weight, bias, stride: 2, padding: [0, 1] }),
  },
  'conv, two axes, dilated': {
    shapes: [[1, 2, 6, 5], [2, 2, 2, 2], [2]],
    of: (x, weight, bias) => conv(x, { weight, bias, stride: 2, dilation: 2, padding: 1 }),
  },
  'averagePool, a step at a time': {
    shapes: [[1, 2, 5]],
    of: (x) => averagePool(x, { kernel: 3, stride: 1, padding: 1 }),
  },
  'averagePool, one axis, with a rest': {
    shapes: [[2, 3, 7]],
    of: (x) => averagePool(x, { kernel: 2 }),
  },
  'averagePool, two axes, overlapping and padded': {
    shapes: [[1, 2, 5, 4]],
    of: (x) => averagePool(x, { kernel: 3, stride: 2, padding: 1 }),
  },
  'maxPool, one axis, with a rest': { shapes: [[2, 3, 7]], of: (x) => maxPool(x, { kernel: 2 }) },
  'maxPool, two axes, overlapping and padded': {
    shapes: [[1, 2, 5, 4]],
    of: (x) => maxPool(x, { kernel: 3, stride: 2, padding: 1 }),
  },
  'l1Loss, mean': {
    shapes: [
      [2, 3],
      [2, 3],
    ],
    of: (y, target) => l1Loss(y, target),
  },
  'l1Loss, sum': {
    shapes: [[4], [4]],
    of: (y, target) => l1Loss(y, target, { reduction: 'sum' }),
  },
  'l2Loss, mean': {
    shapes: [
      [2, 3],
      [2, 3],
    ],
    of: (y, target) => l2Loss(y, target),
  },
  'l2Loss, sum': {
    shapes: [[4], [4]],
    of: (y, target) => l2Loss(y, target, { reduction: 'sum' }),
  },
  'stftMagnitude, centred': {
    shapes: [[2, 13]],
    of: (x) => stftMagnitude(x, { windowLength: 8, hop: 3 }),
  },
  'logMel, plain frames under a shorter window': {
    shapes: [[1, 17]],
    of: (x) => logMel(x, { sampleRate: 80, windowLength: 6, fftSize: 8, hop: 4, bands: 2, framing: 'plain' }),
  },
  stftLoss: {
    shapes: [
      [1, 12],
      [1, 12],
    ],
    of: (y, target) => stftLoss(y, target, { windowLength: 8, hop: 4 }),
    // Pulses, which have all frequencies: the slope of a logarithm is steep where there is little of one.
    values: [
      [0, 0, 1, 0, 0, 0, 1, 0, 0.2, 0, 0, 1],
      [0, 2, 0, 0, 0.5, 0, 2, 0, 0, 0, 1, 0],
    ],
  },
  logMelLoss: {
    shapes: [
      [1, 12],
      [1, 12],
    ],
    of: (y, target) => logMelLoss(y, target, { sampleRate: 80, windowLength: 8, hop: 4, bands: 2 }),
  },
  'ctcLoss, mean, a label twice': {
    shapes: [[2, 5, 3]],
    of: (x) => ctcLoss(x, classes(x, [2, 2], 1, 1, 2, 1)),
  },
  'ctcLoss, sum, lengths and another blank': {
    shapes: [[3, 4, 3]],
    of: (x) =>
      ctcLoss(x, classes(x, [3, 2], 0, 1, 1, -1, -1, -1), {
        blank: 2,
        reduction: 'sum',
        inputLengths: classes(x, [3], 4, 2, 3),
        targetLengths: classes(x, [3], 2, 1, 0),
      }),
  },
  'ctcLoss, one that does not fit': {
    shapes: [[2, 2, 3]],
    of: (x) => ctcLoss(x, classes(x, [2, 2], 1, 1, 1, 2), { infeasible: 'zero' }),
  },
  'crossEntropy, mean': {
    shapes: [[2, 2, 4]],
    of: (x) => crossEntropy(x, classes(x, [2, 2], 3, 0, 1, 3)),
  },
  'crossEntropy, sum': {
    shapes: [[3, 4]],
    of: (x) => crossEntropy(x, classes(x, [3], 3, 0, 1), { reduction: 'sum' }),
  },
  'crossEntropy, mean of what is not ignored': {
    shapes: [[4, 3]],
    of: (x) => crossEntropy(x, classes(x, [4], 2, -100, 0, -100), { ignoreIndex: -100 }),
  },
  'crossEntropy, sum of what is not ignored': {
    shapes: [[4, 3]],
    of: (x) => crossEntropy(x, classes(x, [4], 2, 1, 0, 1), { ignoreIndex: 1, reduction: 'sum' }),
  },
};

function classes(x: Value, shape: readonly number[], ...ids: readonly number[]): Value {
  return x.graph.constant('int64', shape, BigInt64Array.from(ids, BigInt));
}
