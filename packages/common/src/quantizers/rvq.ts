/**
 * Residual vector quantization (SoundStream, Zeghidour et al., arXiv 2107.03312, algorithm 1): each stage quantizes what
 * the stages before it left over.
 *
 *     r_0 = x,   id_i = argmin |r_i − e|² over the codes e of stage i,   r_{i+1} = r_i − e,   decoded: Σ e
 *
 * The residual and the sum are single precision, rounded after every stage; the sum goes from the first stage to the
 * last. Of codes equally near the lowest id wins. vector-quantize-pytorch does the same (`ResidualVQ`), as does VQ-BeT.
 * Its cosine stages are not offered: codes of length 1 cannot follow a residual that gets smaller.
 */

import type { AsyncKernels, Codebook, Kernels } from '../kernels/contract.js';
import type { Steps } from '../steps.js';
import { CodebookQuantizer, type ComputeOptions } from './codebook-quantizer.js';
import { checkConfig } from './config-fields.js';
import type { QuantizerConfig, Vectors } from './contract.js';
import { checkDroppableRows } from './dropped-ids.js';
import type { OperandSource } from './prepared-operands.js';
import {
  checkStageLayout,
  StageCodebooks,
  type StageOptions,
  stageOptions,
  stageShapes,
} from './stage-codebooks.js';
import { type QuantizerTensors, takeTensors } from './tensors.js';

export interface RvqOptions extends StageOptions, ComputeOptions {}

/**
 * See the top of this file. `dequantize` takes {@link DROPPED} for any stage, which then adds nothing.
 *
 * Quantizing a dequantized vector may give other ids: the sum of codes of several rows of ids can be nearer to another
 * first code.
 */
export class Rvq extends CodebookQuantizer<readonly Codebook[]> {
  static readonly type = 'rvq';
  readonly type = Rvq.type;
  /** Number of stages. */
  readonly stages: number;
  /** True where all stages share one codebook. */
  readonly shared: boolean;
  readonly #codebooks: StageCodebooks;
  readonly #compute: ComputeOptions;

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link RvqOptions} says */
  constructor({ kernels, ...options }: RvqOptions) {
    const codebooks = new StageCodebooks(options);
    const { counts, dimension, shared } = codebooks;
    super({ dimension, codebookSizes: counts, layoutName: Rvq.type, kernels });
    this.stages = counts.length;
    this.shared = shared;
    this.#codebooks = codebooks;
    this.#compute = { kernels };
  }

  /**
   * The quantizer of the first `stages` stages alone. Its ids are the first columns of this one's, and decode to the
   * coarser vector: the way to use fewer tokens per row.
   * @throws PolytokError `INVALID_ARGUMENT` unless `stages` is from 1 to the stages here
   */
  prefix(stages: number): Rvq {
    return new Rvq({ ...this.#codebooks.prefix(stages), ...this.#compute });
  }

  protected prepare(source: OperandSource): readonly Codebook[] {
    return this.#codebooks.prepare(source);
  }

  protected *quantizeSteps(
    kernels: Kernels | AsyncKernels,
    stages: readonly Codebook[],
    vectors: Float32Array,
    ids: Uint32Array,
  ): Steps {
    yield kernels.residualNearest(stages, vectors, ids);
  }

  protected override checkCodes(codes: ArrayLike<number>): number {
    return checkDroppableRows(codes, this.codebookSizes);
  }

  protected codesToRow(codes: ArrayLike<number>, at: number, vectors: Vectors, start: number): void {
    this.#codebooks.addUp(codes, at, vectors, start);
  }

  /** `codes.<stage>`: `(count, dimension)`, coarse to fine; or one, `codes`, that all stages share. */
  tensors(): QuantizerTensors {
    return this.#codebooks.tensors('codes');
  }

  toJSON(): QuantizerConfig {
    const { type, codebookSizes: counts, dimension, shared, fingerprint } = this;
    return { type, counts, dimension, shared, fingerprint };
  }

  /** @throws PolytokError `INVALID_FORMAT`, `VOCABULARY_MISMATCH` for other tensors than stored, and what the constructor throws */
  static fromJSON(config: unknown, tensors: QuantizerTensors = {}, compute: ComputeOptions = {}): Rvq {
    checkConfig(config, [Rvq.type], {
      counts: 'numbers',
      dimension: 'number',
      shared: 'boolean',
      fingerprint: 'string',
    });
    const layout = checkStageLayout(config);
    const values = takeTensors(Rvq.type, tensors, stageShapes(layout, 'codes'));
    return CodebookQuantizer.verified(
      new Rvq({ ...stageOptions(layout, 'codes', values), ...compute }),
      config,
    );
  }
}
