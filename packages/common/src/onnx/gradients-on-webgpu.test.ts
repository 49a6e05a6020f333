/** Every operation and its gradients on the WebGPU provider of onnxruntime-node; what it lacks it leaves to the CPU. */
import { expect, it } from 'vitest';
import { reasonAgainstWebGpu } from './network/webgpu-provider.fixture.js';
import { compareWithRuntime } from './reference/check-operation.fixture.js';
import { OPERATION_CASES } from './reference/operation-cases.fixture.js';

const TOLERANCE = 1e-5;
/** WGSL allows sin and cos an error of 2^-11 within ±π: https://www.w3.org/TR/WGSL/#floating-point-accuracy */
const WGSL_TOLERANCES: Readonly<Record<string, number>> = { sin: 2 ** -11, cos: 2 ** -11 };

const reason = await reasonAgainstWebGpu();

it.for(Object.entries(OPERATION_CASES))('%s', async ([name, example], { skip }) => {
  skip(reason !== undefined, reason);
  const difference = await compareWithRuntime(example, { provider: 'webgpu' });
  expect(difference).toBeLessThan(WGSL_TOLERANCES[name] ?? TOLERANCE);
});
