import type { IdArray } from './contract.js';

/** The parts one after another, in a typed array of the given class. */
export function concatIds<Ids extends IdArray>(
  IdsClass: new (length: number) => Ids,
  parts: readonly ArrayLike<number>[],
): Ids {
  const ids = new IdsClass(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    ids.set(part, at);
    at += part.length;
  }
  return ids;
}
