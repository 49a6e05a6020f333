/**
 * Voting-LFQ with its projections (StableToken, arXiv 2509.22220): features in, features out.
 *
 *     p_i = W_i·h + b_i,   bit_j = majority of sign(p_ij),   ĥ = W_out·(±1 of the bits) + b_out
 *
 * Tensors have the names and shapes of the released checkpoint, without its prefix `quantizer.`. `VotingLfq` is the part
 * in the middle, for branches that were projected elsewhere; `fitVotingLfq` trains one of these.
 */

import { requireInteger } from '../arguments.js';
import { type BitOrder, MAX_BITS, type ZeroSign } from '../bit-order.js';
import { checkLength, checkValues } from '../kernels/check-values.js';
import type { AsyncKernels, Kernels, Vote } from '../kernels/contract.js';
import type { Steps } from '../steps.js';
import { CodebookQuantizer, type ComputeOptions } from './codebook-quantizer.js';
import { checkConfig } from './config-fields.js';
import type { QuantizerConfig, Vectors } from './contract.js';
import type { OperandSource } from './prepared-operands.js';
import { MAX_FEATURES, projectBranches } from './project-branches.js';
import { type QuantizerTensors, takeTensors } from './tensors.js';
import { MAX_VOTERS, VotingLfq } from './voting-lfq.js';

export interface ProjectedVotingLfqOptions extends ComputeOptions {
  /** Numbers per row of features, from 1 to 65 536. */
  readonly dimension: number;
  /** N, odd so that no bit ties; from 1 to 1024. */
  readonly voters: number;
  /** d: bits of an id, from 1 to 32. */
  readonly bits: number;
  /** W, `(voters, bits, dimension)`. Copied. */
  readonly weights: Float32Array;
  /** b, `(voters, bits)`. Copied. */
  readonly biases: Float32Array;
  /** W_out, `(dimension, bits)`. Copied. */
  readonly outputWeights: Float32Array;
  /** b_out, `(dimension)`. Copied. */
  readonly outputBiases: Float32Array;
  /** Default: 'lsb-first', as published. */
  readonly order?: BitOrder;
  /** Default: 'negative', as published. */
  readonly zero?: ZeroSign;
}

/** See the top of this file. Quantizing a dequantized row may give another id. */
export class ProjectedVotingLfq extends CodebookQuantizer<Vote> {
  static readonly type = 'projected-voting-lfq';
  readonly type = ProjectedVotingLfq.type;
  /** The majority alone, for rows `(voters, bits)` of projected numbers. */
  readonly voting: VotingLfq;
  readonly #weights: Float32Array;
  readonly #biases: Float32Array;
  readonly #outputWeights: Float32Array;
  readonly #outputBiases: Float32Array;
  /** One row of ±1, written anew for every row that is decoded. */
  readonly #signs: Float32Array;

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link ProjectedVotingLfqOptions} says */
  constructor(options: ProjectedVotingLfqOptions) {
    const { dimension, voters, bits, weights, biases, outputWeights, outputBiases, order, zero, kernels } =
      options;
    requireInteger(dimension, 'dimension', { minimum: 1, maximum: MAX_FEATURES });
    const voting = new VotingLfq({ voters, bits, order, zero });
    super({ dimension, codebookSizes: voting.codebookSizes, layoutName: voting.order, kernels });
    this.voting = voting;
    this.#signs = new Float32Array(bits);
    this.#weights = own('weights', weights, [voters, bits, dimension]);
    this.#biases = own('biases', biases, [voters, bits]);
    this.#outputWeights = own('outputWeights', outputWeights, [dimension, bits]);
    this.#outputBiases = own('outputBiases', outputBiases, [dimension]);
  }

  get voters(): number {
    return this.voting.voters;
  }

  get bits(): number {
    return this.voting.bits;
  }

  /**
   * The numbers that the branches vote with, for losses, or to look at single branches.
   * @param vectors `(rows, dimension)`
   * @returns `(rows, voters, bits)`
   * @throws PolytokError `INVALID_ARGUMENT` for an incomplete row, NaN or an infinity
   */
  branches(vectors: Float32Array): Float32Array {
    const { dimension: features, voters, bits, kernels } = this;
    const [weights, bias] = [this.#weights, this.#biases];
    return projectBranches({ vectors, weights, bias, features, voters, bits, kernels });
  }

  protected prepare(source: OperandSource): Vote {
    const { voters, bits, order, zero } = this.voting;
    return source.prepareVote({
      weights: this.#weights,
      biases: this.#biases,
      voters,
      bits,
      order,
      zero,
    });
  }

  protected *quantizeSteps(
    kernels: Kernels | AsyncKernels,
    vote: Vote,
    vectors: Float32Array,
    ids: Uint32Array,
  ): Steps {
    yield kernels.vote(vote, vectors, ids);
  }

  protected codesToRow(codes: ArrayLike<number>, at: number, vectors: Vectors, start: number): void {
    const { bits, dimension } = this;
    const signs = this.voting.dequantize([codes[at]], this.#signs);
    for (let row = 0; row < dimension; row++) {
      let sum = this.#outputBiases[row];
      for (let j = 0; j < bits; j++) sum += signs[j] * this.#outputWeights[row * bits + j];
      vectors[start + row] = sum;
    }
  }

  /** `project_in.{i}.weight` `[bits, dimension]` and `.bias`, `project_out.weight` `[dimension, bits]` and `.bias`. */
  tensors(): QuantizerTensors {
    const { dimension, voters, bits } = this;
    const tensors: Record<string, QuantizerTensors[string]> = {};
    for (const [name, { shape, from }] of branchTensors(dimension, voters, bits)) {
      const values = name.endsWith('weight') ? this.#weights : this.#biases;
      tensors[name] = { shape, values: values.slice(from, from + shape.reduce((a, b) => a * b)) };
    }
    tensors[OUTPUT.weight] = { shape: [dimension, bits], values: this.#outputWeights.slice() };
    tensors[OUTPUT.bias] = { shape: [dimension], values: this.#outputBiases.slice() };
    return tensors;
  }

  toJSON(): QuantizerConfig {
    const { type, dimension, voters, bits, fingerprint } = this;
    const { order, zero } = this.voting;
    return { type, dimension, voters, bits, order, zero, fingerprint };
  }

  /** @throws PolytokError `INVALID_FORMAT`, `VOCABULARY_MISMATCH` for other tensors than stored, and what the constructor throws */
  static fromJSON(
    config: unknown,
    tensors: QuantizerTensors = {},
    compute: ComputeOptions = {},
  ): ProjectedVotingLfq {
    checkConfig(config, [ProjectedVotingLfq.type], {
      dimension: 'number',
      voters: 'number',
      bits: 'number',
      order: 'string',
      zero: 'string',
      fingerprint: 'string',
    });
    const { dimension, voters, bits } = config as Record<string, number>;
    const { order, zero } = config as { order?: BitOrder; zero?: ZeroSign };
    requireInteger(dimension, 'dimension', { minimum: 1, maximum: MAX_FEATURES });
    requireInteger(voters, 'voters', { minimum: 1, maximum: MAX_VOTERS });
    requireInteger(bits, 'bits', { minimum: 1, maximum: MAX_BITS });
    const places = branchTensors(dimension, voters, bits);
    const values = takeTensors(ProjectedVotingLfq.type, tensors, {
      ...Object.fromEntries(Array.from(places, ([name, { shape }]) => [name, shape])),
      [OUTPUT.weight]: [dimension, bits],
      [OUTPUT.bias]: [dimension],
    } as Record<string, readonly number[]>);
    const weights = new Float32Array(voters * bits * dimension);
    const biases = new Float32Array(voters * bits);
    for (const [name, { from }] of places) {
      (name.endsWith('weight') ? weights : biases).set(values[name], from);
    }
    const made = new ProjectedVotingLfq({
      dimension,
      voters,
      bits,
      weights,
      biases,
      outputWeights: values[OUTPUT.weight],
      outputBiases: values[OUTPUT.bias],
      order,
      zero,
      ...compute,
    });
    return CodebookQuantizer.verified(made, config);
  }
}

const OUTPUT = { weight: 'project_out.weight', bias: 'project_out.bias' } as const;

/** The tensors of all branches by name, and where each begins in the one array of its kind. */
function branchTensors(
  dimension: number,
  voters: number,
  bits: number,
): Map<string, { readonly shape: readonly number[]; readonly from: number }> {
  const tensors = new Map<string, { shape: readonly number[]; from: number }>();
  for (let voter = 0; voter < voters; voter++) {
    tensors.set(`project_in.${voter}.weight`, { shape: [bits, dimension], from: voter * bits * dimension });
    tensors.set(`project_in.${voter}.bias`, { shape: [bits], from: voter * bits });
  }
  return tensors;
}

function own(name: string, values: Float32Array, shape: readonly number[]): Float32Array {
  const length = shape.reduce((product, size) => product * size, 1);
  checkLength(name, values, length, `[${shape.join(', ')}]`);
  checkValues(name, values, shape[shape.length - 1]);
  return values.slice();
}
