import { PolytokError } from '../errors.js';

export type FsqVariant = 'fsq-paper' | 'fsq-lucidrains' | 'fsq-lucidrains-symmetric';

export const FSQ_VARIANTS: readonly FsqVariant[] = [
  'fsq-paper',
  'fsq-lucidrains',
  'fsq-lucidrains-symmetric',
];

const EPSILON = 1e-3;

/** `tanh(z + shift)·half − offset` is what gets rounded. */
export interface FsqBound {
  readonly half: number;
  readonly shift: number;
  readonly offset: number;
}

/** Per dimension. @throws PolytokError `INVALID_ARGUMENT` for 2 levels, which only the symmetric variant has */
export function fsqBounds(variant: FsqVariant, levels: readonly number[]): FsqBound[] {
  if (levels.includes(2)) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `'${variant}' needs at least 3 levels per dimension; got [${levels}]. Use 'fsq-lucidrains-symmetric' for 2.`,
      { details: { variant, levels } },
    );
  }
  return levels.map((count) => {
    const offset = count % 2 === 0 ? 0.5 : 0;
    if (variant === 'fsq-paper') {
      const half = ((count - 1) * (1 - EPSILON)) / 2;
      return { half, offset, shift: Math.tan(offset / half) };
    }
    const half = ((count - 1) * (1 + EPSILON)) / 2;
    return { half, offset, shift: Math.atanh(offset / half) };
  });
}
