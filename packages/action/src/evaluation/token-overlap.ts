/**
 * Share of tokens that two sequences have in common, place by place, of the longer one: for chunks one step apart, how
 * steady the targets are that a model learns. 1 for two empty ones.
 */
export function tokenOverlap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const longer = Math.max(a.length, b.length);
  if (longer === 0) return 1;
  let equal = 0;
  for (let at = 0; at < Math.min(a.length, b.length); at++) if (a[at] === b[at]) equal++;
  return equal / longer;
}
