import { PolytokError, type TokenizerConfig } from '@polytok/common';
import { BpeModel, ShortEncoder } from '@polytok/common/bpe';
import type { CodeEncoder, CoefficientCoder } from './coefficient-coder.js';

/**
 * BPE over the codes themselves. Merges run through the whole chunk, where the published files' regular expression stops
 * them between letters, digits and signs, which the codes only happen to be; ids are not those of published files.
 */
export class IntegerCoder implements CoefficientCoder {
  static readonly type = 'integer';
  readonly idsPerCode = 1;
  readonly #model: BpeModel;

  constructor(model: BpeModel) {
    this.#model = model;
  }

  /** @throws PolytokError `INVALID_FORMAT` */
  static fromJSON({ codes, merges }: TokenizerConfig): IntegerCoder {
    if (typeof codes !== 'number' || !isMerges(merges)) {
      throw new PolytokError(
        'INVALID_FORMAT',
        "An integer coder has 'codes' (a number) and 'merges' (pairs of ranks). Write it with toJSON().",
      );
    }
    const left = Uint32Array.from(merges, ([rank]) => rank);
    const right = Uint32Array.from(merges, ([, rank]) => rank);
    return new IntegerCoder(new BpeModel({ table: { alphabetSize: codes, left, right } }));
  }

  get codes(): number {
    return this.#model.alphabetSize;
  }

  get size(): number {
    return this.#model.size;
  }

  get longest(): number {
    return this.#model.maxTokenSymbols;
  }

  spells(code: number): boolean {
    return code >= 0 && code < this.codes;
  }

  /** Refuses codes that it does not spell. */
  encoder(codes: number): CodeEncoder {
    const encoder = new ShortEncoder(this.#model, { maxSymbols: codes });
    const { symbols } = encoder;
    const limit = this.codes;
    return {
      encodeInto(values, ids, tail) {
        for (let at = 0; at < codes && at <= tail; at++) {
          if (values[at] >= limit) throw noSuchCode(values[at], at, limit);
          symbols[at] = values[at];
        }
        if (tail < codes) symbols.fill(values[tail], tail, codes);
        return encoder.encodeInto(ids, codes);
      },
    };
  }

  codesOf(id: number): readonly number[] {
    return Array.from(this.#model.token(id));
  }

  decode(ids: ArrayLike<number>): number[] {
    return Array.from(this.#model.decode(ids));
  }

  toJSON(): TokenizerConfig {
    const { left, right } = this.#model.table;
    const merges = Array.from(left, (rank, at) => [rank, right[at]]);
    return { type: IntegerCoder.type, codes: this.codes, merges };
  }
}

function noSuchCode(code: number, at: number, limit: number): PolytokError {
  return new PolytokError(
    'INVALID_ARGUMENT',
    `Coefficient ${at} has code ${code}; this vocabulary has codes below ${limit}. Clamp, or fit to such chunks.`,
    { details: { index: at, code, limit } },
  );
}

function isMerges(value: unknown): value is readonly (readonly [number, number])[] {
  return (
    Array.isArray(value) &&
    value.every(
      (pair) =>
        Array.isArray(pair) && pair.length === 2 && pair.every((rank) => Number.isInteger(rank) && rank >= 0),
    )
  );
}
