/**
 * Grouped residual vector quantization (HiFi-Codec, Yang et al., arXiv 2305.02765): the features of a vector are cut into
 * groups of equal width, and each has a residual quantizer of its own.
 *
 * A row of ids holds all stages of the first group, then all of the second: `(rows, groups, stages)`.
 * vector-quantize-pytorch puts the groups outermost; `groupsOutermost` and `groupsInRows` convert.
 */

import { requireInteger } from '../arguments.js';
import { PolytokError } from '../errors.js';
import type { AsyncKernels, Codebook, Kernels } from '../kernels/contract.js';
import type { Steps } from '../steps.js';
import { MAX_CODEBOOKS } from '../vocabulary.js';
import { chunkedNearest } from './chunked-nearest.js';
import { CodebookQuantizer, type ComputeOptions } from './codebook-quantizer.js';
import { checkConfig } from './config-fields.js';
import type { QuantizerConfig, Vectors } from './contract.js';
import { checkDroppableRows } from './dropped-ids.js';
import type { OperandSource } from './prepared-operands.js';
import { Rvq } from './rvq.js';
import { checkStageLayout, StageCodebooks, stageOptions, stageShapes } from './stage-codebooks.js';
import { type QuantizerTensors, takeTensors } from './tensors.js';

export interface GroupedRvqOptions extends ComputeOptions {
  /** For each group the codebooks of its stages, as `Rvq` takes them; of the same counts in every group. Copied. */
  readonly codebooks: readonly (readonly Float32Array[])[];
  /** Numbers per vector, a multiple of the number of groups. */
  readonly dimension: number;
  /** How many stages share the only codebook of their group. Default: each codebook is one stage. */
  readonly stages?: number;
}

/** See the top of this file. `dequantize` takes {@link DROPPED} for any stage, which then adds nothing. */
export class GroupedRvq extends CodebookQuantizer<readonly (readonly Codebook[])[]> {
  static readonly type = 'grouped-rvq';
  readonly type = GroupedRvq.type;
  readonly groups: number;
  /** Number of stages of each group. */
  readonly stages: number;
  /** True where the stages of a group share one codebook. */
  readonly shared: boolean;
  readonly #groups: readonly StageCodebooks[];
  readonly #compute: ComputeOptions;

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link GroupedRvqOptions} says */
  constructor({ codebooks, dimension, stages, kernels }: GroupedRvqOptions) {
    const width = groupWidth(dimension, codebooks.length);
    const groups = codebooks.map(
      (ofGroup) => new StageCodebooks({ codebooks: ofGroup, dimension: width, stages }),
    );
    checkSameCounts(groups);
    const [{ counts, shared }] = groups;
    checkCodebooks(groups.length, counts.length);
    const codebookSizes = groups.flatMap((group) => group.counts);
    super({ dimension, codebookSizes, layoutName: GroupedRvq.type, kernels });
    this.groups = groups.length;
    this.stages = counts.length;
    this.shared = shared;
    this.#groups = groups;
    this.#compute = { kernels };
  }

  /**
   * The quantizer of one group's features.
   * @throws PolytokError `INVALID_ARGUMENT` unless `group` is below the number of groups
   */
  group(group: number): Rvq {
    requireInteger(group, 'group', { maximum: this.groups - 1 });
    return new Rvq({ ...this.#groups[group].prefix(this.stages), ...this.#compute });
  }

  /**
   * The quantizer of the first `stages` stages of every group. Its ids are the first of each group here.
   * @throws PolytokError `INVALID_ARGUMENT` unless `stages` is from 1 to the stages here
   */
  prefix(stages: number): GroupedRvq {
    const options = this.#groups.map((group) => group.prefix(stages));
    return new GroupedRvq({
      codebooks: options.map(({ codebooks }) => codebooks),
      dimension: this.dimension,
      stages: options[0].stages,
      ...this.#compute,
    });
  }

  protected prepare(source: OperandSource): readonly (readonly Codebook[])[] {
    return this.#groups.map((group) => group.prepare(source));
  }

  protected quantizeSteps(
    kernels: Kernels | AsyncKernels,
    groups: readonly (readonly Codebook[])[],
    vectors: Float32Array,
    ids: Uint32Array,
  ): Steps {
    return chunkedNearest(kernels, groups, vectors, ids);
  }

  protected override checkCodes(codes: ArrayLike<number>): number {
    return checkDroppableRows(codes, this.codebookSizes);
  }

  protected codesToRow(codes: ArrayLike<number>, at: number, vectors: Vectors, start: number): void {
    this.#groups.forEach((group, index) => {
      group.addUp(codes, at + index * this.stages, vectors, start + index * group.dimension);
    });
  }

  /** `codes.<group>.<stage>`: `(count, dimension / groups)`; or `codes.<group>`, where the stages of a group share it. */
  tensors(): QuantizerTensors {
    return Object.assign({}, ...this.#groups.map((group, index) => group.tensors(`codes.${index}`)));
  }

  toJSON(): QuantizerConfig {
    const { type, groups, dimension, shared, fingerprint } = this;
    return { type, groups, counts: this.#groups[0].counts, dimension, shared, fingerprint };
  }

  /** @throws PolytokError `INVALID_FORMAT`, `VOCABULARY_MISMATCH` for other tensors than stored, and what the constructor throws */
  static fromJSON(config: unknown, tensors: QuantizerTensors = {}, compute: ComputeOptions = {}): GroupedRvq {
    checkConfig(config, [GroupedRvq.type], {
      groups: 'number',
      counts: 'numbers',
      dimension: 'number',
      shared: 'boolean',
      fingerprint: 'string',
    });
    const { groups, dimension } = config as { groups: number; dimension: number };
    const layout = checkStageLayout({ ...config, dimension: groupWidth(dimension, groups) });
    checkCodebooks(groups, layout.counts.length);
    const names = Array.from({ length: groups }, (_, group) => `codes.${group}`);
    const shapes = Object.assign({}, ...names.map((name) => stageShapes(layout, name)));
    const values = takeTensors(GroupedRvq.type, tensors, shapes);
    const options = names.map((name) => stageOptions(layout, name, values));
    const codebooks = options.map((ofGroup) => ofGroup.codebooks);
    return CodebookQuantizer.verified(
      new GroupedRvq({ codebooks, dimension, stages: options[0].stages, ...compute }),
      config,
    );
  }
}

/** Features of a group. @throws PolytokError `INVALID_ARGUMENT` */
export function groupWidth(dimension: number, groups: number): number {
  requireInteger(groups, 'the number of groups', { minimum: 1, maximum: MAX_CODEBOOKS });
  requireInteger(dimension, 'dimension', { minimum: 1 });
  if (dimension % groups === 0) return dimension / groups;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `${dimension} features cannot be cut into ${groups} groups of equal width.`,
    { details: { dimension, groups } },
  );
}

/** @throws PolytokError `INVALID_ARGUMENT` */
function checkCodebooks(groups: number, stages: number): void {
  requireInteger(groups * stages, 'the number of groups times stages', { maximum: MAX_CODEBOOKS });
}

function checkSameCounts([first, ...others]: readonly StageCodebooks[]): void {
  const other = others.findIndex(({ counts }) => String(counts) !== String(first.counts));
  if (other < 0) return;
  const details = { group: other + 1, counts: others[other].counts, expected: first.counts };
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `Group ${details.group} has stages of [${details.counts}] codes; every group must have [${details.expected}], as the first.`,
    { details },
  );
}
