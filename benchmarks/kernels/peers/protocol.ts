/**
 * What a peer is asked, one JSON line each. Arrays travel as files of little-endian float32 (ids: uint32), shapes
 * as numbers, so that every language reads the same bits.
 */
export type KernelRequest = PrepareRequest | RunRequest | ResultRequest | ForgetRequest;

/** Reads the inputs and does all that a user does once: packing, uploading, compiling. Replaces the task of this key. */
export interface PrepareRequest {
  readonly do: 'prepare';
  /** Names the prepared task in later requests. */
  readonly key: string;
  readonly task: Task;
}

/** Runs it once untimed, which warms caches up after other peers' turns, then `calls` times. */
export interface RunRequest {
  readonly do: 'run';
  readonly key: string;
  readonly calls: number;
  /** Default: true. */
  readonly warm?: boolean;
}

/** Writes what the last run found. */
export interface ResultRequest {
  readonly do: 'result';
  readonly key: string;
  readonly to: string;
}

/** Drops the task, so that its memory does not burden the next. */
export interface ForgetRequest {
  readonly do: 'forget';
  readonly key: string;
}

/** Answer to {@link RunRequest}. */
export interface RunReply {
  /** Per call. */
  readonly seconds: number;
}

export type Task = NearestTask | MatmulTask | VoteTask | KmeansTask | LimitTask;

/** Result: ids `(rows)`, uint32. */
export interface NearestTask {
  readonly operation: 'nearest';
  /** Which of the peer's ways. */
  readonly method: string;
  readonly metric: 'euclidean' | 'cosine';
  readonly dimensions: number;
  /** File `(count, dimensions)`; of unit length for cosine. */
  readonly codes: string;
  /** File `(rows, dimensions)`. */
  readonly vectors: string;
}

/** Result: products `(rows, columns)`, float32. */
export interface MatmulTask {
  readonly operation: 'matmul';
  readonly method: string;
  readonly inner: number;
  readonly columns: number;
  /** File `(columns, inner)`, as the weight of a linear layer. */
  readonly weights: string;
  /** File `(columns)`. */
  readonly bias: string;
  /** File `(rows, inner)`. */
  readonly rows: string;
}

/** Result: ids `(rows)`, uint32. */
export interface VoteTask {
  readonly operation: 'vote';
  readonly method: string;
  readonly voters: number;
  readonly bits: number;
  readonly dimensions: number;
  /** File `(voters, bits, dimensions)`. */
  readonly weights: string;
  /** File `(voters, bits)`. */
  readonly bias: string;
  /** File `(rows, dimensions)`. */
  readonly vectors: string;
}

/** Result: centres `(count, dimensions)`, float32, after `iterations` steps of Lloyd from the given ones. */
export interface KmeansTask {
  readonly operation: 'kmeans';
  readonly method: string;
  readonly dimensions: number;
  readonly iterations: number;
  /** File `(count, dimensions)`: the centres to start from. */
  readonly centres: string;
  /** File `(rows, dimensions)`. */
  readonly vectors: string;
}

/** What a device can do at most. No result. */
export interface LimitTask {
  readonly operation: 'limit';
  /**
   * `arithmetic`: a product of float32 matrices `(size, size)`. `memory`: a copy of `size` values on the device. `upload` and
   * `download`: the same between it and the host's memory.
   */
  readonly method: 'arithmetic' | 'memory' | 'upload' | 'download';
  readonly size: number;
}
