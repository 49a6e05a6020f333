import { MAX_VOCABULARY, type MergeTable } from '../merge-table.js';
import { quoted, tokenizerJsonError } from './file-error.js';

/**
 * Tokens in rank order, grown merge by merge. A token is known by its spelling: where two merges spell the
 * same one, both have a rank and {@link rankOf} knows the first.
 */
export class RankedTokens {
  readonly rankOf = new Map<string, number>();
  /** External id of each rank. */
  readonly ids: Uint32Array;
  readonly #vocabulary: ReadonlyMap<string, number>;
  readonly #left: Uint32Array;
  readonly #right: Uint32Array;
  #merges = 0;
  /** Products by pair, filled up to {@link #indexed} merges: only files with ambiguous merges need it. */
  readonly #products = new Map<number, number>();
  #indexed = 0;
  /** Pairs whose product an earlier merge spells. */
  readonly #respelling = new Set<number>();

  /**
   * @param characters `(256)` spelling of each byte, all in the vocabulary
   * @param merges how many merges will be added at most
   */
  constructor(vocabulary: ReadonlyMap<string, number>, characters: readonly string[], merges: number) {
    this.#vocabulary = vocabulary;
    this.ids = new Uint32Array(256 + merges);
    this.#left = new Uint32Array(merges);
    this.#right = new Uint32Array(merges);
    for (const [byte, character] of characters.entries()) {
      this.rankOf.set(character, byte);
      this.ids[byte] = vocabulary.get(character)!;
    }
  }

  /** The table of all merges added. */
  get table(): MergeTable {
    return {
      alphabetSize: 256,
      left: this.#left.slice(0, this.#merges),
      right: this.#right.slice(0, this.#merges),
    };
  }

  /** Adds the next merge. @throws PolytokError `INVALID_FORMAT` when a part is not made before, or the product is no token */
  add(left: string, right: string): void {
    const leftRank = this.rankOf.get(left);
    const rightRank = this.rankOf.get(right);
    if (leftRank === undefined || rightRank === undefined) {
      throw this.#dangling(left, right, leftRank === undefined ? left : right);
    }
    const product = left + right;
    const id = this.#vocabulary.get(product);
    if (id === undefined) throw this.#dangling(left, right, product);
    const rank = 256 + this.#merges;
    if (this.rankOf.has(product)) this.#refuseRepeated(leftRank, rightRank, product);
    else this.rankOf.set(product, rank);
    this.ids[rank] = id;
    this.#left[this.#merges] = leftRank;
    this.#right[this.#merges] = rightRank;
    this.#merges++;
  }

  /**
   * True when the merges so far leave the tokens of these ranks side by side, that is, when a merge of the two
   * can ever apply: undoes the later of the two and looks for a merge across the seam that came before it.
   */
  canMeet(left: number, right: number): boolean {
    this.#indexProducts();
    let a = left;
    let b = right;
    let bar = Number.POSITIVE_INFINITY;
    for (;;) {
      const made = this.#products.get(a * MAX_VOCABULARY + b);
      if (made !== undefined && made < bar) return false;
      if (a > b) {
        if (a < 256) return true;
        bar = a;
        a = this.#right[a - 256];
      } else {
        if (b < 256) return true;
        // The leftmost of equal merges wins, so a merge of b's own rank comes before it.
        bar = b + 1;
        b = this.#left[b - 256];
      }
    }
  }

  #indexProducts(): void {
    for (; this.#indexed < this.#merges; this.#indexed++) {
      const pair = this.#left[this.#indexed] * MAX_VOCABULARY + this.#right[this.#indexed];
      this.#products.set(pair, 256 + this.#indexed);
    }
  }

  /** A pair that is listed again has the same product, so only respelled products need the check. */
  #refuseRepeated(left: number, right: number, product: string): void {
    const pair = left * MAX_VOCABULARY + right;
    const first = this.rankOf.get(product)! - 256;
    if (this.#respelling.has(pair) || (this.#left[first] === left && this.#right[first] === right)) {
      throw tokenizerJsonError(
        'INVALID_FORMAT',
        `model.merges[${this.#merges}] repeats an earlier merge; it makes ${quoted(product)} again.`,
        { merge: this.#merges, product },
      );
    }
    this.#respelling.add(pair);
  }

  #dangling(left: string, right: string, missing: string) {
    const known = this.#vocabulary.has(missing);
    return tokenizerJsonError(
      'INVALID_FORMAT',
      `model.merges[${this.#merges}] joins ${quoted(left)} and ${quoted(right)}, but ${quoted(missing)} is ${
        known ? 'neither a byte nor made by an earlier merge' : 'not in model.vocab'
      }.`,
      { merge: this.#merges, left, right, missing },
    );
  }
}
