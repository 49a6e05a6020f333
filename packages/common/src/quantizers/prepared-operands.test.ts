import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createWasmKernels } from '../kernels/index.js';
import { uniform } from '../kernels/random-values.fixture.js';
import { PreparedOperands } from './prepared-operands.js';

const CODEBOOK = { dimensions: 2, metric: 'euclidean' } as const;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

describe('PreparedOperands', () => {
  it('prepares once per kernels object, until disposed of', () => {
    let prepared = 0;
    const operands = new PreparedOperands((source) => {
      prepared++;
      return source.prepareCodebook(uniform(8, 1), CODEBOOK);
    });
    const [a, b] = [createWasmKernels(), createWasmKernels()];
    expect(operands.on(a)).toBe(operands.on(a));
    expect(operands.on(b)).not.toBe(operands.on(a));
    expect(prepared).toBe(2);
    operands.dispose();
    operands.on(a);
    expect(prepared).toBe(3);
  });

  it('frees what it made where a later operand fails', () => {
    const kernels = createWasmKernels();
    const operands = new PreparedOperands((source) => [
      source.prepareCodebook(uniform(8, 1), CODEBOOK),
      source.prepareMatrix(uniform(7, 1), { inner: 2 }),
    ]);
    expect(() => operands.on(kernels)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(kernels.bytesHeld).toBe(0);
  });

  it('frees the operands of garbage', async () => {
    const kernels = createWasmKernels();
    (() => {
      new PreparedOperands((source) => source.prepareCodebook(uniform(8, 1), CODEBOOK)).on(kernels);
    })();
    expect(kernels.bytesHeld).toBeGreaterThan(0);
    for (let round = 0; round < 50 && kernels.bytesHeld > 0; round++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      collectGarbage();
    }
    expect(kernels.bytesHeld).toBe(0);
  });

  it('does not keep kernels that are garbage', async () => {
    const operands = new PreparedOperands((source) => source.prepareCodebook(uniform(8, 1), CODEBOOK));
    const kernels = (() => {
      const dropped = createWasmKernels();
      operands.on(dropped);
      return new WeakRef(dropped);
    })();
    for (let round = 0; round < 50 && kernels.deref() !== undefined; round++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      collectGarbage();
    }
    expect(kernels.deref()).toBeUndefined();
    operands.dispose();
  });
});
