/** Tokens in order, of which any but the first can be taken out in constant time. */
export class TokenChain {
  /** `(length)` position of the token after each one; {@link end} after the last. */
  readonly next: Uint32Array;
  /** `(length)` position of the token before each one; the first has none, its entry means nothing. */
  readonly previous: Uint32Array;
  readonly end: number;
  readonly #tokens: Uint32Array;
  #length: number;

  /** @param tokens is read when they are collected; callers may change it until then */
  constructor(tokens: Uint32Array) {
    this.#tokens = tokens;
    this.#length = tokens.length;
    this.end = tokens.length;
    this.next = Uint32Array.from(tokens, (_, i) => i + 1);
    this.previous = Uint32Array.from(tokens, (_, i) => i - 1);
  }

  removeAfter(at: number): void {
    const after = this.next[this.next[at]];
    this.next[at] = after;
    if (after < this.end) this.previous[after] = at;
    this.#length--;
  }

  /** The tokens that are left. */
  collect(): Uint32Array {
    const left = new Uint32Array(this.#length);
    for (let i = 0, at = 0; i < left.length; i++, at = this.next[at]) left[i] = this.#tokens[at];
    return left;
  }
}
