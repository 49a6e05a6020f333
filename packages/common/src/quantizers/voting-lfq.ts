/**
 * Voting-LFQ (StableToken, arXiv 2509.22220): N branches project the same features to d numbers each, and every bit of
 * the id is the majority of the branches' signs. A branch that errs is outvoted bit by bit, also where no two branches
 * agree on a whole token.
 *
 *     B_i = sign(p_i),   s = 1/N Σ B_i  (soft average),   bit_j = [s_j > 0]
 *
 * With sign(0) = −1 published. An even N can tie; a tie is s_j = 0 and takes the sign of 0 as well.
 * A row is `(voters, bits)`: the numbers of the first branch, then those of the second (see `projectBranches`).
 */

import { requireInteger } from '../arguments.js';
import { type BitOrder, MAX_BITS, type ZeroSign } from '../bit-order.js';
import { checkVectors } from './check-vectors.js';
import { checkConfig } from './config-fields.js';
import type { QuantizerConfig, Vectors } from './contract.js';
import { signBit } from './sign-bits.js';
import { SignQuantizer } from './sign-quantizer.js';

/** Most branches that vote; published models have 3 to 7. */
export const MAX_VOTERS = 1024;

export interface VotingLfqOptions {
  /** N, odd so that no bit ties; from 1 to 1024. */
  readonly voters: number;
  /** d: bits of an id, from 1 to 32. */
  readonly bits: number;
  /** Default: 'lsb-first', as published. */
  readonly order?: BitOrder;
  /** Default: 'negative', as published. */
  readonly zero?: ZeroSign;
}

/**
 * See the top of this file. Takes rows of `voters · bits` numbers and gives back rows of `bits` numbers, each ±1: what
 * the shared output projection is fed. Quantizing such a row, once for each voter, gives the same id.
 */
export class VotingLfq extends SignQuantizer {
  static readonly type = 'voting-lfq';
  readonly type = VotingLfq.type;
  readonly voters: number;

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link VotingLfqOptions} says */
  constructor({ voters, bits, order = 'lsb-first', zero = 'negative' }: VotingLfqOptions) {
    requireInteger(voters, 'voters', { minimum: 1, maximum: MAX_VOTERS });
    requireInteger(bits, 'bits', { minimum: 1, maximum: MAX_BITS });
    super({ bits, codebooks: 1, order, zero, codeValue: 1, dimension: voters * bits });
    this.voters = voters;
  }

  /**
   * The mean of the branches' signs, −1 to 1 in steps of 2/N: what training feeds to the output projection in place of
   * the voted signs.
   * @param branches `(rows, voters, bits)`
   * @returns `(rows, bits)`
   * @throws PolytokError `INVALID_ARGUMENT` as `quantize` does
   */
  softAverage(branches: Vectors): Float64Array {
    const { voters, bits, dimension } = this;
    const rows = checkVectors(branches, dimension);
    const average = new Float64Array(rows * bits);
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < bits; j++) {
        average[row * bits + j] = this.#balance(branches, row * dimension + j) / voters;
      }
    }
    return average;
  }

  protected override rowToDigits(branches: Vectors, at: number, digits: Uint32Array): void {
    for (let j = 0; j < digits.length; j++) digits[j] = signBit(this.#balance(branches, at + j), this.zero);
  }

  /** Votes for +1 less votes for −1, of the bit whose first voter stands at `at`. */
  #balance(branches: Vectors, at: number): number {
    const { voters, bits, zero } = this;
    let positive = 0;
    for (let voter = 0; voter < voters; voter++) positive += signBit(branches[at + voter * bits], zero);
    return 2 * positive - voters;
  }

  toJSON(): QuantizerConfig {
    const { type, voters, bits, order, zero } = this;
    return { type, voters, bits, order, zero };
  }

  /** @throws PolytokError `INVALID_FORMAT`, and what the constructor throws */
  static fromJSON(config: unknown): VotingLfq {
    checkConfig(config, [VotingLfq.type], {
      voters: 'number',
      bits: 'number',
      order: 'string',
      zero: 'string',
    });
    return new VotingLfq(config as unknown as VotingLfqOptions);
  }
}
