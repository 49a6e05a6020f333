/** The backends that the conformance tests run, and what they are compared with. */
import type { Codebook, CodebookOptions, KernelOperands, KernelOperation, Kernels } from './contract.js';
import { scoreOf } from './score.js';
import { synchronousBackends } from './synchronous-backends.fixture.js';
import { tfjsBackends } from './tfjs/tfjs-backends.fixture.js';
import { webGpuBackends } from './webgpu/webgpu-backends.fixture.js';

export { integers, uniform } from './random-values.fixture.js';

/** Half an ulp of 1 in float32. */
const ROUNDING = 2 ** -24;

/** Kernels whose results are there when a call returns, or when its promise is resolved. */
export type AnyKernels = KernelOperands & {
  [Name in KernelOperation]: (
    ...call: Parameters<Kernels[Name]>
  ) => ReturnType<Kernels[Name]> | Promise<ReturnType<Kernels[Name]>>;
};

interface Backend {
  readonly name: string;
  readonly create: () => AnyKernels | Promise<AnyKernels>;
}

export const backends: readonly Backend[] = [...synchronousBackends, ...tfjsBackends, ...webGpuBackends];

export async function nearestIds(
  kernels: AnyKernels,
  codebook: Codebook,
  vectors: Float32Array,
): Promise<Uint32Array> {
  const ids = new Uint32Array(vectors.length / codebook.dimensions);
  await kernels.nearest(codebook, vectors, ids);
  return ids;
}

/** What a call throws, or its promise rejects with. */
export async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('The call did not fail.');
}

/**
 * How much worse than the best code the chosen ones are, at most, in units of the rounding error that a
 * float32 sum of this many products can have. At most 1 means: as good as float32 can tell.
 */
export function worstChoice(
  codes: Float32Array,
  { dimensions, metric }: CodebookOptions,
  vectors: Float32Array,
  ids: Uint32Array,
): number {
  const table = { codes, dimensions, metric };
  const zero = new Float32Array(dimensions);
  const squared = (values: Float32Array, row: number) =>
    scoreOf({ codes: zero, dimensions, metric: 'euclidean' }, 0, values, row);
  let longest = 0;
  const count = codes.length / dimensions;
  for (let code = 0; code < count; code++) longest = Math.max(longest, squared(codes, code));
  const direction = metric === 'euclidean' ? -1 : 1;
  let worst = 0;
  for (let row = 0; row < ids.length; row++) {
    let best = Number.NEGATIVE_INFINITY;
    for (let code = 0; code < count; code++)
      best = Math.max(best, direction * scoreOf(table, code, vectors, row));
    const gap = best - direction * scoreOf(table, ids[row], vectors, row);
    const size = metric === 'cosine' ? 1 : Math.sqrt(longest * squared(vectors, row)) + longest;
    worst = Math.max(worst, gap / (4 * (dimensions + 2) * ROUNDING * size));
  }
  return worst;
}

/** Largest difference of a product from float64, in units of the rounding error of its float32 sums. */
export function worstProduct(
  product: Float32Array,
  expected: Float32Array,
  inner: number,
  magnitude: number,
): number {
  let worst = 0;
  product.forEach((value, at) => {
    worst = Math.max(worst, Math.abs(value - expected[at]) / (2 * (inner + 2) * ROUNDING * magnitude));
  });
  return worst;
}
