import { requireInteger, requireIntegers } from '../arguments.js';
import { PolytokError } from '../errors.js';
import type { Codebook } from '../kernels/contract.js';
import { MAX_CODEBOOKS } from '../vocabulary.js';
import { checkCodes } from './check-codes.js';
import { DROPPED } from './dropped-ids.js';
import type { OperandSource } from './prepared-operands.js';
import type { QuantizerTensors } from './tensors.js';

/** The codebooks of the stages of a residual quantizer. */
export interface StageOptions {
  /**
   * One for each stage, coarse to fine, `(count, dimension)`, of any counts; or only one, which all `stages` share. Of
   * magnitude at most 1e15. Copied.
   */
  readonly codebooks: readonly Float32Array[];
  readonly dimension: number;
  /** How many stages share the only codebook, from 1 to 4096. Default: each codebook is one stage. */
  readonly stages?: number;
}

/** How stages are stored: what {@link StageCodebooks} is, without the codes. */
export interface StageLayout {
  /** Codes of each stage. */
  readonly counts: readonly number[];
  readonly dimension: number;
  /** True where all stages share one codebook. */
  readonly shared: boolean;
}

/**
 * The codebooks of a chain of residual stages: what a residual quantizer has once, and a grouped one for each group.
 * Immutable.
 */
export class StageCodebooks implements StageLayout {
  readonly counts: readonly number[];
  readonly dimension: number;
  readonly shared: boolean;
  /** One for each stage; the same array where they share it. */
  readonly #codes: readonly Float32Array[];

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link StageOptions} says */
  constructor({ codebooks, dimension, stages }: StageOptions) {
    this.shared = stages !== undefined;
    if (this.shared && codebooks.length !== 1) throw notOneCodebook(codebooks.length);
    const codes = codebooks.map((codebook) => codebook.slice());
    const count = stages ?? codes.length;
    requireInteger(count, 'the number of stages', { minimum: 1, maximum: MAX_CODEBOOKS });
    this.#codes = this.shared ? new Array<Float32Array>(count).fill(codes[0]) : codes;
    const sizes = codes.map((codebook) => checkCodes(codebook, dimension));
    this.counts = this.#codes.map((_, stage) => sizes[this.shared ? 0 : stage]);
    this.dimension = dimension;
  }

  /** Operands of the stages; a shared codebook is prepared once. */
  prepare(source: OperandSource): Codebook[] {
    const { dimension } = this;
    const operands = this.#own().map((codes) =>
      source.prepareCodebook(codes, { dimensions: dimension, metric: 'euclidean' }),
    );
    return this.counts.map((_, stage) => operands[this.shared ? 0 : stage]);
  }

  /**
   * Writes the sum of the codes whose ids stand from `codes[at]`: first stage to last, rounded to single precision
   * after each, as the residual is. A stage whose id is {@link DROPPED} adds nothing.
   */
  addUp(codes: ArrayLike<number>, at: number, vectors: { [index: number]: number }, start: number): void {
    const { dimension } = this;
    for (let j = 0; j < dimension; j++) vectors[start + j] = 0;
    for (let stage = 0; stage < this.#codes.length; stage++) {
      const values = this.#codes[stage];
      const id = codes[at + stage];
      if (id === DROPPED) continue;
      const from = id * dimension;
      for (let j = 0; j < dimension; j++) {
        vectors[start + j] = Math.fround(vectors[start + j] + values[from + j]);
      }
    }
  }

  /** Writes one code of a stage to `vectors[start …]`. */
  copyCode(stage: number, id: number, vectors: { [index: number]: number }, start: number): void {
    const { dimension } = this;
    const from = id * dimension;
    for (let j = 0; j < dimension; j++) vectors[start + j] = this.#codes[stage][from + j];
  }

  /** The options that make the first `stages` of these. @throws PolytokError `INVALID_ARGUMENT` */
  prefix(stages: number): StageOptions {
    requireInteger(stages, 'stages', { minimum: 1, maximum: this.counts.length });
    const { dimension, shared } = this;
    return shared
      ? { codebooks: this.#own(), dimension, stages }
      : { codebooks: this.#codes.slice(0, stages), dimension };
  }

  /** The tensors whose shapes {@link stageShapes} gives, as copies. */
  tensors(prefix: string): QuantizerTensors {
    const own = this.#own();
    const entries = Object.entries(stageShapes(this, prefix)).map(([name, shape], index) => [
      name,
      { shape, values: own[index].slice() },
    ]);
    return Object.fromEntries(entries);
  }

  /** Each codebook once. */
  #own(): readonly Float32Array[] {
    return this.shared ? this.#codes.slice(0, 1) : this.#codes;
  }
}

/** The layout of stages in stored JSON. @throws PolytokError `INVALID_ARGUMENT` */
export function checkStageLayout(config: Readonly<Record<string, unknown>>): StageLayout {
  const { counts, dimension, shared = false } = config as unknown as StageLayout;
  requireIntegers(counts, 'counts', { minimum: 1 });
  requireInteger(counts.length, 'the number of stages', { maximum: MAX_CODEBOOKS });
  requireInteger(dimension, 'dimension', { minimum: 1 });
  if (shared && counts.some((count) => count !== counts[0])) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Stages that share a codebook have equal counts; got [${counts}].`,
      { details: { counts } },
    );
  }
  return { counts, dimension, shared };
}

/** Shapes of the tensors of stages by name: `<prefix>` where they share one codebook, otherwise `<prefix>.<stage>`. */
export function stageShapes(layout: StageLayout, prefix: string): Record<string, readonly number[]> {
  const { counts, dimension, shared } = layout;
  if (shared) return { [prefix]: [counts[0], dimension] };
  return Object.fromEntries(counts.map((count, stage) => [`${prefix}.${stage}`, [count, dimension]]));
}

/** The options that make the stages of a layout, of tensors that have the shapes of {@link stageShapes}. */
export function stageOptions(
  layout: StageLayout,
  prefix: string,
  tensors: Readonly<Record<string, Float32Array>>,
): StageOptions {
  const { counts, dimension, shared } = layout;
  const codebooks = Object.keys(stageShapes(layout, prefix)).map((name) => tensors[name]);
  return { codebooks, dimension, ...(shared ? { stages: counts.length } : {}) };
}

function notOneCodebook(codebooks: number): PolytokError {
  return new PolytokError(
    'INVALID_ARGUMENT',
    `'stages' says how many stages share one codebook, and there are ${codebooks}. Pass one codebook, or leave 'stages' out.`,
    { details: { codebooks } },
  );
}
