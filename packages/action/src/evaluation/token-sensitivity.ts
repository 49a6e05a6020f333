import type { ActionTokenizer } from '../contract.js';
import type { TokenProbes } from './token-probes.js';

/** What one wrong token does to a decoded chunk. Plain JSON. */
export interface TokenChange {
  /** Root mean square change of all numbers of a chunk, mean over the tokens tried; in the tokenizer's unit. */
  readonly rmse: number;
  /** Largest change of any number. */
  readonly maxAbs: number;
  /** Steps that changed, mean over the tokens tried. */
  readonly movedSteps: number;
}

export interface TokenSensitivity {
  /** Tokens that were exchanged, one at a time. */
  readonly tokens: number;
  /** The next id, up or down: a small step where ids are levels. */
  readonly level: TokenChange;
  /** Any other id. */
  readonly random: TokenChange;
}

/** Differences up to this are rounding: what linear decoders leave at steps that a token does not reach. */
const MOVED = 1e-12;

/**
 * How much one wrong token changes, decoded leniently. For each sequence one token, at a random place, is exchanged.
 * @param sequences tokens of chunks; at least one that is not empty
 * @returns NaN where there is none
 */
export function tokenSensitivity(
  tokenizer: ActionTokenizer,
  sequences: Iterable<ArrayLike<number>>,
  probes: TokenProbes,
): TokenSensitivity {
  const level = new ChangeSums();
  const random = new ChangeSums();
  for (const ids of sequences) {
    if (ids.length === 0) continue;
    const right = tokenizer.decodeLenient(ids).actions.slice();
    const at = probes.below(ids.length);
    const wrong = Uint32Array.from(ids);
    wrong[at] = probes.nextLevel(ids[at], at);
    level.add(right, tokenizer.decodeLenient(wrong).actions, tokenizer.columns);
    wrong[at] = probes.otherId(ids[at], at);
    random.add(right, tokenizer.decodeLenient(wrong).actions, tokenizer.columns);
  }
  return { tokens: level.count, level: level.summary(), random: random.summary() };
}

class ChangeSums {
  count = 0;
  #rmse = 0;
  #maxAbs = 0;
  #moved = 0;

  add(right: Float64Array, wrong: Float64Array, columns: number): void {
    let squares = 0;
    let lastMoved = -1;
    for (let at = 0; at < right.length; at++) {
      const change = Math.abs(wrong[at] - right[at]);
      squares += change * change;
      this.#maxAbs = Math.max(this.#maxAbs, change);
      const step = Math.floor(at / columns);
      if (change <= MOVED * Math.max(1, Math.abs(right[at])) || step === lastMoved) continue;
      lastMoved = step;
      this.#moved++;
    }
    this.#rmse += Math.sqrt(squares / right.length);
    this.count++;
  }

  summary(): TokenChange {
    const { count } = this;
    return { rmse: this.#rmse / count, maxAbs: this.#maxAbs, movedSteps: this.#moved / count };
  }
}
