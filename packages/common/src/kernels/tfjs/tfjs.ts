import { PolytokError } from '../../errors.js';

/** What the kernels use of a tensor. */
export interface TfjsTensor {
  data(): Promise<ArrayLike<number>>;
  dispose(): void;
}

/**
 * What the kernels use of TensorFlow.js 4. A structure, so that neither the package nor its types need TensorFlow.js to
 * be installed: `@tensorflow/tfjs-node-gpu`, `@tensorflow/tfjs` and `@tensorflow/tfjs-core` all have it.
 */
export interface Tfjs<Tensor extends TfjsTensor = TfjsTensor> {
  getBackend(): string;
  tidy(work: () => Tensor[]): Tensor[];
  keep(tensor: Tensor): Tensor;
  tensor1d(values: Float32Array): Tensor;
  tensor2d(values: Float32Array, shape: [number, number]): Tensor;
  reshape(tensor: Tensor, shape: number[]): Tensor;
  stack(tensors: Tensor[], axis: number): Tensor;
  gather(tensor: Tensor, indices: Tensor): Tensor;
  matMul(a: Tensor, b: Tensor): Tensor;
  sub(a: Tensor | number, b: Tensor | number): Tensor;
  neg(tensor: Tensor): Tensor;
  step(tensor: Tensor): Tensor;
  sum(tensor: Tensor, axis: number): Tensor;
  argMax(tensor: Tensor, axis: number): Tensor;
  topk(tensor: Tensor, k: number): { readonly indices: Tensor };
  readonly fused: { matMul(operands: { a: Tensor; b: Tensor; bias: Tensor }): Tensor };
}

const FUNCTIONS = [
  'getBackend',
  'tidy',
  'keep',
  'tensor1d',
  'tensor2d',
  'reshape',
  'stack',
  'gather',
  'matMul',
  'sub',
  'neg',
  'step',
  'sum',
  'argMax',
  'topk',
] as const satisfies readonly (keyof Tfjs)[];

/**
 * The backend that the instance works on.
 * @throws PolytokError `INVALID_ARGUMENT` unless `tf` has every function of {@link Tfjs}, `UNAVAILABLE` without a backend
 */
export function requireTfjs(tf: Tfjs): string {
  const missing: string[] = FUNCTIONS.filter((name) => typeof tf?.[name] !== 'function');
  if (typeof tf?.fused?.matMul !== 'function') missing.push('fused.matMul');
  if (missing.length > 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `'tf' lacks ${missing.join(', ')}. Pass TensorFlow.js 4 itself, as in import * as tf from '@tensorflow/tfjs-node-gpu'.`,
      { details: { name: 'tf', missing } },
    );
  }
  const backend = tf.getBackend();
  if (backend) return backend;
  throw new PolytokError(
    'UNAVAILABLE',
    'TensorFlow.js has no backend yet. Import one and await tf.setBackend(name) or tf.ready() before kernels are made.',
    { details: { backend: backend ?? null } },
  );
}
