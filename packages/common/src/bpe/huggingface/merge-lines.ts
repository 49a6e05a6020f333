import { quoted, tokenizerJsonError } from './file-error.js';
import { MAX_SPLIT_WORK } from './limits.js';
import type { RankedTokens } from './ranked-tokens.js';

/** The two tokens a merge joins. */
export interface MergePair {
  readonly left: string;
  readonly right: string;
}

/**
 * Merges written as `"left right"`. Latin-1 tokens contain spaces themselves, so a line may divide at several
 * places. Divisions are narrowed down, in this order:
 *
 * 1. both halves and the product are in the vocabulary;
 * 2. both halves are bytes or made by earlier merges;
 * 3. the earlier merges leave the halves side by side: another division's merge could never apply. Of the
 *    divisions with one product at most one passes. When none passes at all, the choice changes no ids, and
 *    the first division is taken;
 * 4. the product is made neither by an earlier line nor by a line that divides in one way only.
 *
 * What is still ambiguous then is refused: the divisions would make different tokens.
 */
export class MergeLines {
  readonly #candidates: readonly (readonly MergePair[])[];
  readonly #claimed = new Set<string>();

  /** @throws PolytokError `INVALID_FORMAT` for a line with no division, `LIMIT_EXCEEDED` above {@link MAX_SPLIT_WORK} */
  constructor(lines: readonly string[], vocabulary: ReadonlyMap<string, number>) {
    let work = 0;
    this.#candidates = lines.map((line, merge) => {
      const cuts = spacesInside(line);
      if (cuts.length > 1) work += cuts.length * line.length;
      if (work > MAX_SPLIT_WORK) {
        throw tokenizerJsonError(
          'LIMIT_EXCEEDED',
          `model.merges has too many lines with several spaces, from line ${merge} on. Write merges as arrays, ["left", "right"].`,
          { merge, limit: MAX_SPLIT_WORK },
        );
      }
      const pairs = cuts.map((cut) => ({ left: line.slice(0, cut), right: line.slice(cut + 1) }));
      // With one space there is nothing to choose, and a missing token is named when the merge is added.
      const known = cuts.length === 1 ? pairs : pairs.filter((pair) => isKnown(pair, vocabulary));
      if (known.length === 0) {
        throw tokenizerJsonError(
          'INVALID_FORMAT',
          `model.merges[${merge}], ${quoted(line)}, does not divide at a space into two tokens of the vocabulary whose product is one too.`,
          { merge },
        );
      }
      if (known.length === 1) this.#claimed.add(known[0].left + known[0].right);
      return known;
    });
  }

  get length(): number {
    return this.#candidates.length;
  }

  /**
   * The pair of line `merge`, given the merges before it.
   * @throws PolytokError `INVALID_FORMAT` when the line stays ambiguous
   */
  pairOf(merge: number, earlier: RankedTokens): MergePair {
    const candidates = this.#candidates[merge];
    if (candidates.length === 1) return candidates[0];
    const made = candidates.filter(
      ({ left, right }) => earlier.rankOf.has(left) && earlier.rankOf.has(right),
    );
    if (made.length === 0) return candidates[0];
    const live = made.filter(({ left, right }) =>
      earlier.canMeet(earlier.rankOf.get(left)!, earlier.rankOf.get(right)!),
    );
    if (live.length === 0) return made[0];
    const fresh = live.filter(({ left, right }) => !this.#isTaken(left + right, earlier));
    const [chosen, ...others] = live.length === 1 ? live : fresh;
    if (chosen === undefined || others.length > 0) {
      throw tokenizerJsonError(
        'INVALID_FORMAT',
        `model.merges[${merge}] is ambiguous: ${live.map(({ left, right }) => `${quoted(left)} + ${quoted(right)}`).join(' or ')}. Write merges as arrays, ["left", "right"].`,
        { merge, candidates: live },
      );
    }
    return chosen;
  }

  #isTaken(product: string, earlier: RankedTokens): boolean {
    return this.#claimed.has(product) || earlier.rankOf.has(product);
  }
}

/** Positions of spaces with something on either side. */
function spacesInside(line: string): number[] {
  const positions: number[] = [];
  for (let at = line.indexOf(' ', 1); at > 0 && at < line.length - 1; at = line.indexOf(' ', at + 1))
    positions.push(at);
  return positions;
}

function isKnown({ left, right }: MergePair, vocabulary: ReadonlyMap<string, number>): boolean {
  return vocabulary.has(left) && vocabulary.has(right) && vocabulary.has(left + right);
}
