/**
 * VOTE's decision (arXiv 2507.05116). Similar candidates win with half of the votes, rounded down; otherwise the others
 * do, so that the newest can be voted out. Where nobody would be left, because a single candidate is not even similar to
 * itself, the newest is; the official code divides by zero there.
 * @param votes `(count)`, the oldest first: 1 for similar to the newest, 0 for not; receives 1 for each winner, 0 for others
 */
export function keepMajority(votes: Float64Array, count: number): void {
  let similar = 0;
  for (let i = 0; i < count; i++) similar += votes[i];
  if (similar < Math.floor(count / 2)) {
    for (let i = 0; i < count; i++) votes[i] = 1 - votes[i];
  } else if (similar === 0) {
    votes[count - 1] = 1;
  }
}
