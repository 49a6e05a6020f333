import { requireChoice, requireInteger } from '../arguments.js';
import { BIT_ORDERS, type BitOrder, MAX_BITS, ZERO_SIGNS, type ZeroSign } from '../bit-order.js';
import { DigitLayout } from './digit-layout.js';

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
  requireChoice(order, 'order', BIT_ORDERS);
  requireChoice(zero, 'zero', ZERO_SIGNS);
  requireInteger(bits, 'bits', { minimum: 1, maximum: MAX_BITS });
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
