/** Which weight a bit has in an id: 2^j for bit j (StableToken, Open-MAGVIT2), or the other way round (lucidrains, BSQ). */
export type BitOrder = 'lsb-first' | 'msb-first';
export const BIT_ORDERS: readonly BitOrder[] = ['lsb-first', 'msb-first'];

/** The sign of 0: every published quantizer takes it as negative. */
export type ZeroSign = 'negative' | 'positive';
export const ZERO_SIGNS: readonly ZeroSign[] = ['negative', 'positive'];

/** Bits of the largest codebook that 32-bit ids hold. */
export const MAX_BITS = 32;
