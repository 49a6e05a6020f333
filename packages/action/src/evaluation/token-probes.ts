/** Token sequences as models get them wrong: made up, with some exchanged, or broken off. */
import { randomBelow, seededRandom } from '@polytok/common';
import type { ActionTokenizer } from '../contract.js';

/** Makes probes for one tokenizer. The same seed gives the same ones. */
export class TokenProbes {
  readonly #sizes: readonly number[];
  readonly #next: () => number;

  /** @param seed integer; its low 32 bits count */
  constructor({ vocabulary }: Pick<ActionTokenizer, 'vocabulary'>, seed: number) {
    this.#sizes = vocabulary.codebookSizes;
    this.#next = seededRandom(seed);
  }

  /** An integer from 0 to `limit` − 1. */
  below(limit: number): number {
    return randomBelow(this.#next, limit);
  }

  /** Ids of the codebook at a position. */
  sizeAt(position: number): number {
    return this.#sizes[position % this.#sizes.length];
  }

  /** Any legal ids. */
  random(length: number): Uint32Array {
    return Uint32Array.from({ length }, (_, at) => this.below(this.sizeAt(at)));
  }

  /** Another id at `at`, each as likely; the same one where there is no other. */
  otherId(id: number, at: number): number {
    const size = this.sizeAt(at);
    return size === 1 ? id : (id + 1 + this.below(size - 1)) % size;
  }

  /** The id above or below, as likely, where both exist. */
  nextLevel(id: number, at: number): number {
    const up = this.below(2) === 1;
    if (id === 0) return Math.min(1, this.sizeAt(at) - 1);
    return up && id + 1 < this.sizeAt(at) ? id + 1 : id - 1;
  }

  /** A share of the ids, at least one, exchanged for others, each at a place of its own. */
  mutated(ids: ArrayLike<number>, share: number): Uint32Array {
    const mutated = Uint32Array.from(ids);
    const places = Array.from(mutated, (_, at) => at);
    const count = Math.min(Math.max(Math.round(share * mutated.length), 1), mutated.length);
    for (let done = 0; done < count; done++) {
      const pick = done + this.below(places.length - done);
      const at = places[pick];
      places[pick] = places[done];
      mutated[at] = this.otherId(mutated[at], at);
    }
    return mutated;
  }

  /** A beginning, of any length from none to all but one. */
  truncated(ids: ArrayLike<number>): Uint32Array {
    return Uint32Array.from(ids).slice(0, ids.length === 0 ? 0 : this.below(ids.length));
  }
}
