import { awaitSteps, runSteps } from '../steps.js';
import type { AsyncKernels, KernelOperands, Kernels } from './contract.js';
import type { Engine } from './engine.js';
import { KernelCalls } from './kernel-calls.js';

/** Kernels on an engine all of whose work is done when its methods return. */
export function createKernels(engine: Engine): Kernels {
  const calls = new KernelCalls(engine);
  return Object.assign(operandsOf(calls), {
    nearest: (...call) => runSteps(calls.nearest(...call)),
    residualNearest: (...call) => runSteps(calls.residualNearest(...call)),
    kmeansStep: (...call) => runSteps(calls.kmeansStep(...call)),
    matmul: (...call) => runSteps(calls.matmul(...call)),
    vote: (...call) => runSteps(calls.vote(...call)),
    logMel: (...call) => runSteps(calls.logMel(...call)),
  } satisfies Omit<Kernels, keyof KernelOperands>);
}

/** Kernels on an engine whose work may be under way when its methods return. */
export function createAsyncKernels(engine: Engine): AsyncKernels {
  const calls = new KernelCalls(engine);
  return Object.assign(operandsOf(calls), {
    nearest: (...call) => awaitSteps(calls.nearest(...call)),
    residualNearest: (...call) => awaitSteps(calls.residualNearest(...call)),
    kmeansStep: (...call) => awaitSteps(calls.kmeansStep(...call)),
    matmul: (...call) => awaitSteps(calls.matmul(...call)),
    vote: (...call) => awaitSteps(calls.vote(...call)),
    logMel: (...call) => awaitSteps(calls.logMel(...call)),
  } satisfies Omit<AsyncKernels, keyof KernelOperands>);
}

function operandsOf(calls: KernelCalls): KernelOperands {
  return {
    name: calls.name,
    get bytesHeld() {
      return calls.bytesHeld;
    },
    prepareCodebook: (...call) => calls.prepareCodebook(...call),
    prepareMatrix: (...call) => calls.prepareMatrix(...call),
    prepareVote: (...call) => calls.prepareVote(...call),
    prepareLogMel: (...call) => calls.prepareLogMel(...call),
  };
}
