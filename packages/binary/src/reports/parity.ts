import { gini, premium } from '@polytok/common/metrics';
import type { GroupCompression } from './evaluate-binary.js';

/** How evenly a tokenizer serves the groups. */
export interface Parity {
  /** What is compared: `tokens` of the same content, or, where no content is parallel, `tokens per byte`. */
  readonly basis: 'tokens' | 'tokens per byte';
  /** Value of each group. */
  readonly values: Readonly<Record<string, number>>;
  /** 0 is parity. */
  readonly gini: number;
  /** 1 is parity. */
  readonly maxOverMin: number;
  /** The group that the premiums are relative to: the one that is served best. */
  readonly reference: string;
  /** Value of each group divided by the reference's. */
  readonly premium: Readonly<Record<string, number>>;
}

/**
 * Parity over groups, of the parallel files if there are any. A group's parallel tokens are averaged over its files,
 * so that a group with the content twice does not count as twice as badly served.
 *
 * @returns undefined for fewer than two groups with tokens
 */
export function parityOf(
  groups: Readonly<Record<string, GroupCompression>>,
  parallel: Readonly<Record<string, GroupCompression>>,
): Parity | undefined {
  const isParallel = Object.keys(parallel).length > 0;
  const values = Object.fromEntries(
    Object.entries(isParallel ? parallel : groups)
      .filter(([, { tokens }]) => tokens > 0)
      .map(([group, { files, bytes, tokens }]) => [group, tokens / (isParallel ? files : bytes)]),
  );
  const names = Object.keys(values);
  if (names.length < 2) return undefined;
  const reference = names.reduce((best, name) => (values[name] < values[best] ? name : best));
  const { values: premiums, maxOverMin } = premium({ tokens: values, reference });
  return {
    basis: isParallel ? 'tokens' : 'tokens per byte',
    values,
    gini: gini(Object.values(values)),
    maxOverMin,
    reference,
    premium: premiums,
  };
}
