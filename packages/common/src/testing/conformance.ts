import type { SignalShape, Tokenizer, TokenizerConfig, TokenSequence } from '../contract.js';
import type { ErrorCode } from '../errors.js';
import { configLaws } from './config-laws.js';
import { decodeLaws } from './decode-laws.js';
import { encodeLaws } from './encode-laws.js';

/** A tokenizer under test and what it is tried on. */
export interface ConformanceSubject<Signal, Decoded = Signal> {
  /** Called once for each law. */
  tokenizer(): Tokenizer<Signal, Decoded>;
  fromJSON(config: TokenizerConfig): Tokenizer<Signal, Decoded> | Promise<Tokenizer<Signal, Decoded>>;
  /** At least one of them must encode to a token or more. Ordinary and extreme ones: empty, silent, saturated. */
  readonly signals: readonly ConformanceSignal<Signal>[];
  /**
   * How far a decoded signal is from its original, in units of your choice; 0 for equal ones, NaN never passes. A
   * tokenizer that decodes to features compares them with those that the signal has, as another implementation knows them.
   */
  distance(original: Signal, decoded: Decoded): number;
  /** Largest distance that the tokenizer promises. Default: 0, lossless. */
  readonly tolerance?: number;
  /** Signals that `encode` must refuse. */
  readonly badSignals?: readonly {
    readonly name: string;
    readonly signal: Signal;
    readonly code: ErrorCode;
  }[];
  /** Tokens of another tokenizer, besides the own ones under a changed fingerprint that are always tried. */
  readonly foreign?: TokenSequence;
  /** Encodes in pieces what must give the tokens of the whole; leave it out where the method does not allow it. */
  encodeChunked?(tokenizer: Tokenizer<Signal, Decoded>, signal: Signal): Promise<TokenSequence>;
}

export interface ConformanceSignal<Signal> {
  readonly name: string;
  readonly signal: Signal;
  /** What `tokenShape` takes. */
  readonly shape: SignalShape;
}

/** One promise of the contract. `check` rejects with an `Error` that says what broke it. */
export interface Law {
  readonly name: string;
  check(): Promise<void>;
}

/**
 * The laws that hold for every tokenizer, for any test runner:
 *
 * ```ts
 * describe('conformance', () => {
 *   for (const law of conformanceLaws(subject)) it(law.name, law.check);
 * });
 * ```
 *
 * Laws about what the subject lacks (synchronous calls, chunks, bad signals) are left out.
 * @throws Error when there is no signal, since every law would hold
 */
export function conformanceLaws<Signal, Decoded = Signal>(
  subject: ConformanceSubject<Signal, Decoded>,
): Law[] {
  if (subject.signals.length === 0) throw new Error('A conformance subject needs at least one signal.');
  return [...encodeLaws(subject), ...decodeLaws(subject), ...configLaws(subject)];
}
