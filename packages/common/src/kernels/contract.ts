import type { BitOrder, ZeroSign } from '../bit-order.js';
import type { LogMel, LogMelOptions } from './log-mel/log-mel-options.js';

/**
 * Kernels: the few array operations that quantizers and front ends spend their time in.
 *
 * A backend guarantees
 *   - results that depend on the input alone: not on earlier calls, nor on how rows are batched into calls;
 *   - that of equal scores the lowest id wins, so that a duplicate code is never chosen;
 *   - bounded memory: an operand takes what its own size needs, a call at most a few megabytes beside it
 *     (`kmeansStep` three times the codebook), and `nearest` never makes the `(rows, codes)` matrix of distances;
 *   - that bad input is a `PolytokError` and leaves the caller's arrays as they were or partly written, never a NaN;
 *   - that the results of an operation are there when it returns, or for {@link AsyncKernels} when its promise is
 *     resolved. Until then the caller leaves the arrays of the call alone.
 *
 * It does not guarantee the same last bits as another backend. Sums are float32 in any order, so a chosen code
 * may be another backend's second choice where two scores are closer than float32 tells apart. `name` says which
 * arithmetic decided; ids are comparable between runs with the same `name`, which the default makes the same
 * on every machine.
 *
 * All arrays are row-major and of the types that are named; another type is refused, not converted. Input values are finite and within ±{@link MAX_MAGNITUDE}. Zero rows are a valid batch.
 */
export interface Kernels extends KernelOperands {
  /**
   * The nearest code of every row.
   *
   * Under `cosine` a zero vector and a zero code have similarity 0 to everything; so a zero vector gets id 0.
   * @param vectors `(rows, dimensions)`
   * @param ids `(rows)` receives the ids
   * @param scores `(rows)` receives, for the chosen codes, the squared distance (`euclidean`) or the
   *   similarity (`cosine`, `dot`), summed in float64
   * @throws PolytokError `INVALID_ARGUMENT`
   */
  nearest(codebook: Codebook, vectors: Float32Array, ids: Uint32Array, scores?: Float32Array): void;

  /**
   * Residual vector quantization: each stage quantizes what the stages before it left over.
   * The residual is float32, rounded after every stage.
   * @param stages euclidean codebooks of the same dimensions, at least one
   * @param vectors `(rows, dimensions)`
   * @param ids `(rows, stages)` receives the ids
   * @param residuals `(rows, dimensions)` receives what the last stage left over; may be `vectors`
   * @throws PolytokError `INVALID_ARGUMENT`
   */
  residualNearest(
    stages: readonly Codebook[],
    vectors: Float32Array,
    ids: Uint32Array,
    residuals?: Float32Array,
  ): void;

  /**
   * The assigning half of a k-means step: every row goes to its nearest code and is added to that cluster.
   * Sums and counts are added to, so that several batches make one step. The new centre is `sums / counts`.
   *
   * Under `cosine` (spherical k-means) unit vectors are summed; `dot` has no centres and is refused.
   * @param vectors `(rows, dimensions)`
   * @returns inertia of this batch: the sum of squared distances, or of `1 - cosine`
   * @throws PolytokError `INVALID_ARGUMENT`
   */
  kmeansStep(codebook: Codebook, vectors: Float32Array, into: KmeansTotals): number;

  /**
   * `out = rows · matrix + bias`.
   * @param rows `(rows, inner)`
   * @param out `(rows, columns)`
   * @throws PolytokError `INVALID_ARGUMENT`
   */
  matmul(matrix: Matrix, rows: Float32Array, out: Float32Array): void;

  /**
   * Voting lookup-free quantization (StableToken, arXiv:2509.22220): every voter projects the vector to bits,
   * and each bit of the id is the majority of the voters' bits.
   * @param vectors `(rows, dimensions)`
   * @param ids `(rows)` receives ids below `2^bits`
   * @throws PolytokError `INVALID_ARGUMENT`
   */
  vote(vote: Vote, vectors: Float32Array, ids: Uint32Array): void;

  /**
   * Log-mel levels: of every frame, log10 of the power in each mel band, at least the floor. A frame depends on its
   * own samples alone, bit by bit, so that under `plain` framing the parts of a signal give what the whole does.
   *
   * WebAssembly and the reference transform in double precision: levels are within 1e-4 of float64 in every band. GPUs
   * and TensorFlow.js transform in single precision, which rounds at 1e-7 of a frame's largest amplitude: within 1e-4 in
   * bands at most 6 (60 dB) below the loudest of their frame, within 1e-3 at most 8 below; others drown in rounding.
   * @param samples mono
   * @param out `(frames, bands)`, with `logMelFrames(samples.length, logMel)` frames
   * @throws PolytokError `INVALID_ARGUMENT`, also for samples too few to be reflected under `center`
   */
  logMel(logMel: LogMel, samples: Float32Array, out: Float32Array): void;
}

/** The operations whose results take their time on a device; each of {@link Kernels}, with a promise. */
export type AsyncKernels = KernelOperands & {
  [Name in KernelOperation]: (...call: Parameters<Kernels[Name]>) => Promise<ReturnType<Kernels[Name]>>;
};

export type KernelOperation = 'nearest' | 'residualNearest' | 'kmeansStep' | 'matmul' | 'vote' | 'logMel';

/** What kernels hold: operands prepared once, for any number of operations. Preparing one is synchronous everywhere. */
export interface KernelOperands {
  /** The backend and the arithmetic that decides its results, such as `wasm-simd`. */
  readonly name: string;
  /** Bytes held for operands that are not disposed of. */
  readonly bytesHeld: number;

  /**
   * Copies and packs a codebook.
   * @param codes `(count, dimensions)`
   * @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED` where memory does not suffice
   */
  prepareCodebook(codes: Float32Array, options: CodebookOptions): Codebook;

  /**
   * Copies and packs a matrix to multiply by.
   * @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED` where memory does not suffice
   */
  prepareMatrix(values: Float32Array, options: MatrixOptions): Matrix;

  /**
   * Copies and packs the projections of a voting quantizer.
   * @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED` where memory does not suffice
   */
  prepareVote(operands: VoteOperands): Vote;

  /**
   * Makes the tables of a log-mel transform.
   * @throws PolytokError `INVALID_ARGUMENT`, `UNSUPPORTED` for an `fftSize` with a prime factor above 5
   */
  prepareLogMel(options: LogMelOptions): LogMel;
}

/** Largest magnitude of an input value: sums of products of such values stay far inside float32. */
export const MAX_MAGNITUDE = 1e15;

/** What `nearest` makes extreme: least squared distance, or greatest cosine or inner product. */
export type Metric = 'euclidean' | 'cosine' | 'dot';

export interface CodebookOptions {
  /** Values per code, at least 1. */
  readonly dimensions: number;
  readonly metric: Metric;
}

/** Something prepared by one `Kernels` object, usable with that one alone until it is disposed of. */
export interface Operand {
  /** Frees its memory. A second call does nothing. */
  dispose(): void;
}

export interface Codebook extends Operand {
  /** Number of codes, at least 1. */
  readonly count: number;
  readonly dimensions: number;
  readonly metric: Metric;
}

export interface KmeansTotals {
  /** `(count, dimensions)` receives the sum of the rows of each cluster. */
  readonly sums: Float64Array;
  /** `(count)` receives the number of rows of each cluster. */
  readonly counts: Uint32Array;
  /** `(rows)` receives the cluster of every row. */
  readonly ids?: Uint32Array;
}

export interface MatrixOptions {
  /** Length of the sums: columns of what is multiplied by the matrix. At least 1. */
  readonly inner: number;
  /** True where `values` is `(columns, inner)`, as the weight of a linear layer; otherwise `(inner, columns)`. Default: false. */
  readonly transposed?: boolean;
  /** `(columns)` added to every row of the product. Default: none. */
  readonly bias?: Float32Array;
}

export interface Matrix extends Operand {
  readonly inner: number;
  readonly columns: number;
}

export interface VoteOperands {
  /** `(voters, bits, dimensions)`: the weights of every voter's projection. */
  readonly weights: Float32Array;
  /** `(voters, bits)`. */
  readonly biases: Float32Array;
  /** Number of voters. With an even number votes can tie. */
  readonly voters: number;
  /** Bits of an id, at most 32. */
  readonly bits: number;
  /** StableToken is `lsb-first`, other LFQ code `msb-first`. */
  readonly order: BitOrder;
  /** The sign of a projection that is exactly 0, and of a tied vote. Default: 'negative', as published. */
  readonly zero?: ZeroSign;
}

export interface Vote extends Operand {
  readonly dimensions: number;
  readonly voters: number;
  readonly bits: number;
}
