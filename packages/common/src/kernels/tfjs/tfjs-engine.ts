import { PolytokError } from '../../errors.js';
import type {
  CodebookLayout,
  Engine,
  EngineCodebook,
  EngineMatrix,
  MatrixLayout,
  ResidualCall,
} from '../engine.js';
import { type VoteRule, votesNeeded } from '../majority.js';
import { productScore } from '../score.js';
import { transpose } from '../transpose.js';
import { requireTfjs, type Tfjs, type TfjsTensor } from './tfjs.js';

/** Values of the largest matrix of a call, 16 MiB: rows enough to occupy a GPU, and a bound for any number of them. */
const CHUNK_VALUES = 1 << 22;

/** Backends whose `argMax` gives the first of equal values: they read a row in order and keep what nothing later exceeds. */
const FIRST_OF_EQUAL: readonly string[] = ['cpu', 'wasm'];

/** Ids have up to 32 bits and float32 is exact to 24, so ids come as two halves. */
const HALF_BITS = 16;

/** Tensors that stay until they are freed. */
interface Held {
  readonly tensors: readonly TfjsTensor[];
  readonly free: () => void;
}

/** A codebook on the device. */
interface DeviceCodebook extends EngineCodebook {
  readonly layout: CodebookLayout;
  /** Ids `(rows)` of vectors `(rows, dimensions)`. */
  readonly find: (vectors: TfjsTensor) => TfjsTensor;
  /** `(count, dimensions)` */
  readonly codes: () => TfjsTensor;
}

/**
 * Float32 arithmetic by TensorFlow.js. Matrices are transposed before they are loaded: its WebAssembly backend multiplies
 * ten times slower by one that is to be transposed. Rows go through in chunks, and what a chunk leads to stays on the
 * device until its result is read.
 */
export class TfjsEngine implements Engine {
  readonly name: string;
  readonly #tf: Tfjs;
  readonly #backend: string;
  #bytesHeld = 0;

  /** @throws PolytokError `INVALID_ARGUMENT`, `UNAVAILABLE` */
  constructor(tf: Tfjs) {
    this.#tf = tf;
    this.#backend = requireTfjs(tf);
    this.name = `tfjs-${this.#backend}`;
  }

  get bytesHeld(): number {
    return this.#bytesHeld;
  }

  loadCodebook(codes: Float32Array, layout: CodebookLayout): DeviceCodebook {
    const { count, dimensions } = layout;
    const { starts, scales } = productScore({ codes, ...layout });
    const product = this.#loadProduct(
      transpose(codes, dimensions, scales),
      dimensions,
      Float32Array.from(starts),
    );
    // Only residuals need the codes themselves.
    let rows: Held | undefined;
    const loadRows = () =>
      this.#hold(() => [this.#tf.tensor2d(codes, [count, dimensions])], codes.byteLength);
    const find = (vectors: TfjsTensor) => this.#firstGreatest(product.of(vectors));
    return {
      layout,
      find,
      codes: () => (rows ??= loadRows()).tensors[0],
      nearest: (vectors, ids) =>
        this.#eachChunk(
          vectors,
          { width: dimensions, widest: count },
          (chunk) => [find(chunk)],
          ([found], from) => ids.set(found, from),
        ),
      free: () => {
        product.free();
        rows?.free();
      },
    };
  }

  loadMatrix(values: Float32Array, { inner, columns, transposed, bias }: MatrixLayout): EngineMatrix {
    const own = transposed ? transpose(values, inner) : values.slice();
    const product = this.#loadProduct(own, inner, bias.slice());
    const widths = { width: inner, widest: columns };
    return {
      multiply: (rows, out) =>
        this.#eachChunk(
          rows,
          widths,
          (chunk) => [product.of(chunk)],
          ([products], from) => out.set(products, from * columns),
        ),
      vote: (rows, ids, rule) =>
        this.#eachChunk(
          rows,
          widths,
          (chunk) => [this.#idHalves(product.of(chunk), rule)],
          ([halves], from) => {
            for (let at = 0; at < halves.length; at += 2) {
              ids[from + at / 2] = halves[at] | (halves[at + 1] << HALF_BITS);
            }
          },
        ),
      free: product.free,
    };
  }

  residualNearest(
    engineStages: readonly EngineCodebook[],
    { vectors, ids, residuals }: ResidualCall,
  ): Promise<void> {
    const tf = this.#tf;
    const stages = engineStages as readonly DeviceCodebook[];
    const { dimensions } = stages[0].layout;
    const widest = Math.max(...stages.map(({ layout }) => layout.count));
    const codes = stages.map((stage) => stage.codes());
    return this.#eachChunk(
      vectors,
      { width: dimensions, widest },
      (chunk) => {
        let residual = chunk;
        const found = stages.map((stage, index) => {
          const stageIds = stage.find(residual);
          residual = tf.sub(residual, tf.gather(codes[index], stageIds));
          return stageIds;
        });
        const results = [tf.stack(found, 1)];
        return residuals ? [...results, residual] : results;
      },
      ([found, left], from) => {
        ids.set(found, from * stages.length);
        residuals?.set(left, from * dimensions);
      },
    );
  }

  /** `rows · matrix + bias` on the device. @param matrix `(inner, columns)`, not changed by anyone later */
  #loadProduct(
    matrix: Float32Array,
    inner: number,
    bias: Float32Array,
  ): { of: (rows: TfjsTensor) => TfjsTensor; free: () => void } {
    const tf = this.#tf;
    const {
      tensors: [b, start],
      free,
    } = this.#hold(
      () => [tf.tensor2d(matrix, [inner, bias.length]), tf.tensor1d(bias)],
      matrix.byteLength + bias.byteLength,
    );
    return { of: (a) => tf.fused.matMul({ a, b, bias: start }), free };
  }

  /** Where each row of `(rows, columns)` has its greatest value, `(rows)`; the lowest place of equal ones. */
  #firstGreatest(scores: TfjsTensor): TfjsTensor {
    const tf = this.#tf;
    if (FIRST_OF_EQUAL.includes(this.#backend)) return tf.argMax(scores, 1);
    // TensorFlow leaves open which of equal values argMax gives; of topk it documents that it is the lowest.
    return tf.reshape(tf.topk(scores, 1).indices, [-1]);
  }

  /** Majority ids as low and high halves, `(rows, 2)`, of projections `(rows, voters, bits)`. */
  #idHalves(projections: TfjsTensor, rule: VoteRule): TfjsTensor {
    const { voters, bits, order, zero } = rule;
    const tf = this.#tf;
    const signs = zero === 'positive' ? tf.sub(1, tf.step(tf.neg(projections))) : tf.step(projections);
    const votes = tf.sum(tf.reshape(signs, [-1, voters, bits]), 1);
    // Votes are whole numbers, so the threshold lies between two of them.
    const majority = tf.step(tf.sub(votes, votesNeeded(rule) - 0.5));
    const weights = new Float32Array(bits * 2);
    for (let bit = 0; bit < bits; bit++) {
      const place = order === 'lsb-first' ? bit : bits - 1 - bit;
      weights[bit * 2 + Math.floor(place / HALF_BITS)] = 2 ** (place % HALF_BITS);
    }
    return tf.matMul(majority, tf.tensor2d(weights, [bits, 2]));
  }

  /**
   * Computes on the rows chunk by chunk, and hands on the results with the number of the chunk's first row.
   * @param widths values of a row, and of the widest row that comes of it
   */
  async #eachChunk(
    values: Float32Array,
    { width, widest }: { width: number; widest: number },
    compute: (chunk: TfjsTensor) => TfjsTensor[],
    take: (results: readonly ArrayLike<number>[], from: number) => void,
  ): Promise<void> {
    const rows = values.length / width;
    const step = Math.max(1, Math.floor(CHUNK_VALUES / Math.max(width, widest)));
    for (let from = 0; from < rows; from += step) {
      const count = Math.min(step, rows - from);
      const chunk = values.subarray(from * width, (from + count) * width);
      const results = this.#make(() => compute(this.#tf.tensor2d(chunk, [count, width])));
      try {
        take(await Promise.all(results.map((result) => result.data())), from);
      } catch (error) {
        throw this.#failure(error);
      } finally {
        for (const result of results) result.dispose();
      }
    }
  }

  #hold(make: () => TfjsTensor[], bytes: number): Held {
    const tensors = this.#make(make);
    this.#bytesHeld += bytes;
    return {
      tensors,
      free: () => {
        for (const tensor of tensors) tensor.dispose();
        this.#bytesHeld -= bytes;
      },
    };
  }

  /** The tensors that `work` gives, kept beyond any scope of the caller's; all others that it makes are disposed of. */
  #make(work: () => TfjsTensor[]): TfjsTensor[] {
    const tf = this.#tf;
    const backend = tf.getBackend();
    if (backend !== this.#backend) {
      throw new PolytokError(
        'UNAVAILABLE',
        `These kernels were made on the ${this.#backend} backend, and TensorFlow.js now works on ${backend}. Set it back, or make kernels again.`,
        { details: { expected: this.#backend, actual: backend } },
      );
    }
    try {
      return tf.tidy(() => work().map((tensor) => tf.keep(tensor)));
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #failure(cause: unknown): PolytokError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new PolytokError(
      'UNAVAILABLE',
      `TensorFlow.js failed on its ${this.#backend} backend: ${reason}`,
      {
        details: { backend: this.#backend },
        cause,
      },
    );
  }
}
