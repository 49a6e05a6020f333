import type { BitOrder, ZeroSign } from '../bit-order.js';
import type { Vectors } from './contract.js';
import { DigitQuantizer } from './digit-quantizer.js';
import { signBit, signLayout } from './sign-bits.js';

/** What a {@link SignQuantizer} is built on. */
export interface SignQuantizerShape {
  /** Bits of one id. */
  readonly bits: number;
  readonly codebooks: number;
  readonly order: BitOrder;
  readonly zero: ZeroSign;
  /** The number that a set bit decodes to, a clear one to its negative. */
  readonly codeValue: number;
  /** Numbers per row where they are not one per bit. */
  readonly dimension?: number;
}

/** A quantizer whose digits are signs. A row has one number per bit, unless a subclass reads several as one bit. */
export abstract class SignQuantizer extends DigitQuantizer {
  readonly bits: number;
  readonly codebooks: number;
  readonly order: BitOrder;
  readonly zero: ZeroSign;
  readonly codeValue: number;

  constructor({ bits, codebooks, order, zero, codeValue, dimension }: SignQuantizerShape) {
    const layout = signLayout({ bits, codebooks, order, zero });
    const { digits } = layout;
    super({ dimension: dimension ?? digits, codeDimension: digits, layout, layoutName: order });
    this.bits = bits;
    this.codebooks = codebooks;
    this.order = order;
    this.zero = zero;
    this.codeValue = codeValue;
  }

  protected rowToDigits(vectors: Vectors, at: number, digits: Uint32Array): void {
    for (let i = 0; i < digits.length; i++) digits[i] = signBit(vectors[at + i], this.zero);
  }

  protected digitsToRow(digits: Uint32Array, vectors: Vectors, at: number): void {
    const { codeValue } = this;
    for (let i = 0; i < digits.length; i++) vectors[at + i] = digits[i] === 1 ? codeValue : -codeValue;
  }
}
