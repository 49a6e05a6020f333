import { DigitLayout } from './digit-layout.js';
import { requireChoice, requireIntegers } from './options.js';

/** Where dimension 0 stands in an id: with weight 1 (StableToken, Open-MAGVIT2) or with the highest (lucidrains, BSQ). */
export type BitOrder = 'lsb-first' | 'msb-first';

/** The sign of 0: every published quantizer takes it as negative. */
export type ZeroSign = 'negative' | 'positive';

/** Bits of the largest codebook that 32-bit ids hold. */
export const MAX_BITS = 32;

export interface SignBitsOptions {
  /** Bits of one id, from 1 to 32. */
  readonly bits: number;
  /** Default: 1. */
  readonly codebooks?: number;
  readonly order: BitOrder;
  /** Default: 'negative'. */
  readonly zero?: ZeroSign;
}

/** Ids made of signs: bit 1 for +1, bit 0 for −1. @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED` */
export function signLayout({ bits, codebooks, order, zero = 'negative' }: SignBitsOptions): DigitLayout {
  requireChoice(order, 'order', ['lsb-first', 'msb-first']);
  requireChoice(zero, 'zero', ['negative', 'positive']);
  requireIntegers([bits], 'bits', { minimum: 1, maximum: MAX_BITS });
  return new DigitLayout({
    levels: new Array<number>(bits).fill(2),
    codebooks,
    order: order === 'lsb-first' ? 'first-fastest' : 'last-fastest',
  });
}

/** The bit of a number: 1 above zero, 0 below. */
export function signBit(value: number, zero: ZeroSign): number {
  return value > 0 || (value === 0 && zero === 'positive') ? 1 : 0;
}
