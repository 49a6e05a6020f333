import { requireChoice, requireInteger } from '../arguments.js';
import { BIT_ORDERS, MAX_BITS, ZERO_SIGNS } from '../bit-order.js';
import { PolytokError } from '../errors.js';
import type { Steps } from '../steps.js';
import { addToClusters } from './add-to-clusters.js';
import { blocks, rowsPerBlock } from './blocks.js';
import { type ArrayType, checkLength, checkType, checkValues, countRows } from './check-values.js';
import type {
  Codebook,
  CodebookOptions,
  KernelOperands,
  KernelOperation,
  Kernels,
  KmeansTotals,
  Matrix,
  MatrixOptions,
  Metric,
  Vote,
  VoteOperands,
} from './contract.js';
import type { Engine, EngineCodebook, EngineLogMel, EngineMatrix } from './engine.js';
import { logMelFrames, samplesOfFrames } from './log-mel/frames.js';
import { LogMelByMatrix } from './log-mel/log-mel-by-matrix.js';
import { type LogMelLayout, logMelLayout } from './log-mel/log-mel-layout.js';
import type { LogMel, LogMelOptions } from './log-mel/log-mel-options.js';
import { majorityIds, type VoteRule } from './majority.js';
import { Operands } from './operands.js';
import { type CodeTable, scoreOf } from './score.js';

const METRICS: readonly Metric[] = ['euclidean', 'cosine', 'dot'];

interface HeldCodebook extends CodeTable {
  readonly engine: EngineCodebook;
}

interface HeldVote extends VoteRule {
  readonly engine: EngineMatrix;
}

interface HeldLogMel {
  readonly layout: LogMelLayout;
  readonly engine: EngineLogMel | LogMelByMatrix;
}

/** The operations of {@link Kernels} as steps, for synchronous and asynchronous engines alike. */
type Calls = {
  [Name in KernelOperation]: (...call: Parameters<Kernels[Name]>) => Steps<ReturnType<Kernels[Name]>>;
};

/** Kernels on a backend's arithmetic: whatever is the same for all backends. */
export class KernelCalls implements KernelOperands, Calls {
  readonly #engine: Engine;
  readonly #codebooks = new Operands<Codebook, HeldCodebook>('codebook');
  readonly #matrices = new Operands<Matrix, EngineMatrix>('matrix');
  readonly #votes = new Operands<Vote, HeldVote>('vote');
  readonly #logMels = new Operands<LogMel, HeldLogMel>('log-mel transform');

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get name(): string {
    return this.#engine.name;
  }

  get bytesHeld(): number {
    return this.#engine.bytesHeld;
  }

  prepareCodebook(codes: Float32Array, { dimensions, metric }: CodebookOptions): Codebook {
    requireInteger(dimensions, 'dimensions', { minimum: 1 });
    requireChoice(metric, 'metric', METRICS);
    checkType('codes', codes, 'Float32Array');
    const count = countRows('codes', codes, dimensions);
    requireInteger(count, 'the number of codes', { minimum: 1 });
    checkValues('codes', codes, dimensions);
    const own = codes.slice();
    const layout = { count, dimensions, metric };
    const loaded = this.#engine.loadCodebook(own, layout);
    return this.#codebooks.add(layout, { codes: own, dimensions, metric, engine: loaded }, () =>
      loaded.free(),
    );
  }

  *nearest(codebook: Codebook, vectors: Float32Array, ids: Uint32Array, scores?: Float32Array): Steps {
    const held = this.#codebooks.get(codebook);
    const rows = checkRows('vectors', vectors, held.dimensions);
    checkArray('ids', ids, { type: 'Uint32Array', length: rows, shape: '(rows)' });
    if (scores) checkArray('scores', scores, { type: 'Float32Array', length: rows, shape: '(rows)' });
    yield held.engine.nearest(vectors, ids);
    if (!scores) return;
    for (let row = 0; row < rows; row++) scores[row] = scoreOf(held, ids[row], vectors, row);
  }

  *residualNearest(
    stages: readonly Codebook[],
    vectors: Float32Array,
    ids: Uint32Array,
    residuals?: Float32Array,
  ): Steps {
    const held = stages.map((stage) => this.#codebooks.get(stage));
    requireInteger(held.length, 'the number of stages', { minimum: 1 });
    const { dimensions } = held[0];
    held.forEach((stage, index) => {
      checkStage(stage, index, dimensions);
    });
    const rows = checkRows('vectors', vectors, dimensions);
    checkArray('ids', ids, { type: 'Uint32Array', length: rows * held.length, shape: '(rows, stages)' });
    if (residuals) {
      const { length } = vectors;
      checkArray('residuals', residuals, { type: 'Float32Array', length, shape: '(rows, dimensions)' });
    }
    if (this.#engine.residualNearest) {
      const loaded = held.map(({ engine }) => engine);
      yield this.#engine.residualNearest(loaded, { vectors, ids, residuals });
      return;
    }
    const stageIds = new Uint32Array(Math.min(rows, rowsPerBlock(dimensions)));
    for (const [from, end] of blocks(rows, dimensions)) {
      const residual = vectors.slice(from * dimensions, end * dimensions);
      for (const [index, stage] of held.entries()) {
        const found = stageIds.subarray(0, end - from);
        yield stage.engine.nearest(residual, found);
        for (let row = from; row < end; row++) ids[row * held.length + index] = found[row - from];
        subtractCodes(residual, stage, found);
      }
      residuals?.set(residual, from * dimensions);
    }
  }

  *kmeansStep(codebook: Codebook, vectors: Float32Array, into: KmeansTotals): Steps<number> {
    const held = this.#codebooks.get(codebook);
    const { dimensions, metric } = held;
    if (metric === 'dot') {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        'kmeansStep got a codebook with metric dot, which has no centres. Prepare it as euclidean or cosine.',
        { details: { metric } },
      );
    }
    const rows = checkRows('vectors', vectors, dimensions);
    const { count } = codebook;
    const sums = count * dimensions;
    checkArray('sums', into.sums, { type: 'Float64Array', length: sums, shape: '(count, dimensions)' });
    checkArray('counts', into.counts, { type: 'Uint32Array', length: count, shape: '(count)' });
    if (into.ids) checkArray('ids', into.ids, { type: 'Uint32Array', length: rows, shape: '(rows)' });
    const ids = into.ids ?? new Uint32Array(rows);
    if (held.engine.kmeansStep) return held.engine.kmeansStep(vectors, ids, into);
    yield held.engine.nearest(vectors, ids);
    return addToClusters(held, vectors, ids, into);
  }

  prepareMatrix(values: Float32Array, { inner, transposed = false, bias }: MatrixOptions): Matrix {
    requireInteger(inner, 'inner', { minimum: 1 });
    checkType('values', values, 'Float32Array');
    const columns = countRows('values', values, inner);
    requireInteger(columns, 'the number of columns', { minimum: 1 });
    checkValues('values', values, transposed ? inner : columns);
    if (bias) {
      checkArray('bias', bias, { type: 'Float32Array', length: columns, shape: '(columns)' });
      checkValues('bias', bias, columns);
    }
    const layout = { inner, columns, transposed, bias: bias ?? new Float32Array(columns) };
    const loaded = this.#engine.loadMatrix(values, layout);
    return this.#matrices.add({ inner, columns }, loaded, () => loaded.free());
  }

  *matmul(matrix: Matrix, rows: Float32Array, out: Float32Array): Steps {
    const loaded = this.#matrices.get(matrix);
    const count = checkRows('rows', rows, matrix.inner);
    checkArray('out', out, {
      type: 'Float32Array',
      length: count * matrix.columns,
      shape: '(rows, columns)',
    });
    yield loaded.multiply(rows, out);
  }

  prepareVote({ weights, biases, voters, bits, order, zero = 'negative' }: VoteOperands): Vote {
    requireInteger(voters, 'voters', { minimum: 1 });
    requireInteger(bits, 'bits', { minimum: 1, maximum: MAX_BITS });
    requireChoice(order, 'order', BIT_ORDERS);
    requireChoice(zero, 'zero', ZERO_SIGNS);
    const columns = voters * bits;
    checkType('weights', weights, 'Float32Array');
    const dimensions = countRows('weights', weights, columns);
    requireInteger(dimensions, 'the dimensions of a projection', { minimum: 1 });
    checkArray('biases', biases, { type: 'Float32Array', length: columns, shape: '(voters, bits)' });
    checkValues('weights', weights, dimensions);
    checkValues('biases', biases, bits);
    const loaded = this.#engine.loadMatrix(weights, {
      inner: dimensions,
      columns,
      transposed: true,
      bias: biases,
    });
    const held = { voters, bits, order, zero, engine: loaded };
    return this.#votes.add({ dimensions, voters, bits }, held, () => loaded.free());
  }

  *vote(vote: Vote, vectors: Float32Array, ids: Uint32Array): Steps {
    const held = this.#votes.get(vote);
    const { dimensions } = vote;
    const rows = checkRows('vectors', vectors, dimensions);
    checkArray('ids', ids, { type: 'Uint32Array', length: rows, shape: '(rows)' });
    if (held.engine.vote) {
      yield held.engine.vote(vectors, ids, held);
      return;
    }
    const columns = held.voters * held.bits;
    const projections = new Float32Array(Math.min(rows, rowsPerBlock(columns)) * columns);
    for (const [from, end] of blocks(rows, columns)) {
      const block = projections.subarray(0, (end - from) * columns);
      yield held.engine.multiply(vectors.subarray(from * dimensions, end * dimensions), block);
      majorityIds(block, ids.subarray(from, end), held);
    }
  }

  prepareLogMel(options: LogMelOptions): LogMel {
    const layout = logMelLayout(options);
    const loaded = this.#engine.loadLogMel?.(layout) ?? new LogMelByMatrix(this.#engine, layout);
    const { sampleRate, fftSize, hop, framing, bands } = layout;
    const held = { layout, engine: loaded };
    return this.#logMels.add({ sampleRate, fftSize, hop, framing, bands }, held, () => loaded.free());
  }

  *logMel(logMel: LogMel, samples: Float32Array, out: Float32Array): Steps {
    const { layout, engine } = this.#logMels.get(logMel);
    const { bands, hop } = layout;
    checkType('samples', samples, 'Float32Array');
    const frames = logMelFrames(samples.length, layout);
    checkValues('samples', samples, 1);
    checkArray('out', out, { type: 'Float32Array', length: frames * bands, shape: '(frames, bands)' });
    for (const [from, end] of blocks(frames, Math.max(bands, hop))) {
      const signal = samplesOfFrames(samples, layout, from, end);
      const levels = out.subarray(from * bands, end * bands);
      if (engine instanceof LogMelByMatrix) yield* engine.transform(signal, levels);
      else yield engine.transform(signal, levels);
    }
  }
}

/** Number of rows of a checked array `(rows, width)`. @throws PolytokError `INVALID_ARGUMENT` */
function checkRows(what: string, values: Float32Array, width: number): number {
  checkType(what, values, 'Float32Array');
  const rows = countRows(what, values, width);
  checkValues(what, values, width);
  return rows;
}

/** @throws PolytokError `INVALID_ARGUMENT` */
function checkArray(
  what: string,
  array: ArrayLike<number>,
  { type, length, shape }: { type: ArrayType; length: number; shape: string },
): void {
  checkType(what, array, type);
  checkLength(what, array, length, shape);
}

function checkStage({ metric, dimensions }: CodeTable, index: number, expected: number): void {
  if (metric === 'euclidean' && dimensions === expected) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `Stage ${index} has metric ${metric} and ${dimensions} dimensions; all stages must be euclidean and have ${expected}, as the first.`,
    { details: { stage: index, metric, dimensions, expected } },
  );
}

function subtractCodes(residual: Float32Array, { codes, dimensions }: CodeTable, ids: Uint32Array): void {
  for (let row = 0, at = 0; row < ids.length; row++) {
    const from = ids[row] * dimensions;
    for (let j = 0; j < dimensions; j++) residual[at++] -= codes[from + j];
  }
}
