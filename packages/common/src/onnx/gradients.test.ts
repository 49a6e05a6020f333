import { isPolytokError } from '@polytok/common';
import { describe, expect, it } from 'vitest';
import { gradients } from './gradients.js';
import { Graph } from './graph/graph.js';
import { round, sign } from './ops/activation.js';
import { add, multiply } from './ops/arithmetic.js';
import { stopGradient } from './ops/custom-gradient.js';
import { reduceSum } from './ops/reduce.js';
import { compareWithRuntime, gradientError } from './reference/check-operation.fixture.js';
import { OPERATION_CASES } from './reference/operation-cases.fixture.js';

describe.each(Object.entries(OPERATION_CASES))('%s', (_, example) => {
  it('has the gradients of central differences, but for constants in float32', () => {
    expect(gradientError(example)).toBeLessThan(1e-7);
  });

  it('is computed by ONNX Runtime, with its gradients, as by the float64 reference', async () => {
    expect(await compareWithRuntime(example)).toBeLessThan(1e-5);
  });
});

describe('a loss', () => {
  const refusal = (call: () => unknown) => {
    try {
      call();
    } catch (error) {
      return isPolytokError(error) ? [error.code, error.details] : error;
    }
    return 'accepted';
  };
  const graph = new Graph();
  const x = graph.parameter('x', [2]);
  const y = graph.parameter('y', [2]);

  it('is one floating-point number', () => {
    expect(refusal(() => gradients(x, [x]))).toEqual(['INVALID_ARGUMENT', { type: 'float32', shape: [2] }]);
  });

  it('depends on every parameter, and not only through steps or stops', () => {
    const stepped = add(add(sign(y), round(y)), stopGradient(y));
    const loss = reduceSum(multiply(x, stepped));
    expect(refusal(() => gradients(loss, [x, y]))).toEqual(['INVALID_ARGUMENT', { names: ['y'] }]);
    expect(gradients(loss, [x])).toHaveLength(1);
  });
});
