import { requireInteger } from '../arguments.js';
import { MAX_BITS } from '../bit-order.js';
import { PolytokError } from '../errors.js';
import { MAX_VOTERS } from './voting-lfq.js';

export interface VotedBitErrorOptions {
  /** e: probability, 0 to 1, that one voter has a bit wrong, independently of the others. */
  readonly bitError: number;
  /** n, odd. */
  readonly voters: number;
  /** Bits of a token, from 1 to 32. */
  readonly bits: number;
}

/** Probabilities that voting ends wrong. */
export interface VotedBitError {
  /** Of one bit: Σ_{k > n/2} C(n,k) e^k (1−e)^(n−k). */
  readonly bit: number;
  /** Of at least one bit of a token. */
  readonly token: number;
}

/**
 * What majority voting makes of independent bit errors: 10 % become 0.9 % with five voters.
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function votedBitError({ bitError, voters, bits }: VotedBitErrorOptions): VotedBitError {
  requireInteger(voters, 'voters', { minimum: 1, maximum: MAX_VOTERS });
  requireInteger(bits, 'bits', { minimum: 1, maximum: MAX_BITS });
  if (!(bitError >= 0 && bitError <= 1) || voters % 2 === 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `The error of a vote is defined for a bit error from 0 to 1 and an odd number of voters; got ${bitError} and ${voters}.`,
      { details: { bitError, voters } },
    );
  }
  // P(k of i wrong), voter by voter: no binomial coefficient, which would overflow from n = 1030 on.
  const wrong = new Float64Array(voters + 1);
  wrong[0] = 1;
  for (let i = 1; i <= voters; i++) {
    for (let k = i; k > 0; k--) wrong[k] = wrong[k] * (1 - bitError) + wrong[k - 1] * bitError;
    wrong[0] *= 1 - bitError;
  }
  let bit = 0;
  for (let k = voters; 2 * k > voters; k--) bit += wrong[k];
  return { bit, token: 1 - (1 - bit) ** bits };
}
