import type { IdArray } from '../contract.js';
import type { BpeModel } from './bpe-model.js';
import { startEncoding } from './encode/advance-chunks.js';
import type { RankEncoder } from './encode/rank-encoder.js';
import { IdBuffer } from './id-buffer.js';

/**
 * Append-only encoding in constant memory. `push` returns the ids that no later input can change any more (a few
 * kilobytes stay behind, more only for input whose tokens depend on what follows it much later); `finish`
 * returns the rest. All ids together are those of `encode` on all pieces together.
 */
export class BpeStream {
  readonly #model: BpeModel;
  readonly #encoder: RankEncoder;
  readonly #ids: IdBuffer;
  #state = startEncoding();

  /** See `BpeModel.stream`. */
  constructor(model: BpeModel, encoder: RankEncoder) {
    this.#model = model;
    this.#encoder = encoder;
    this.#ids = new IdBuffer(model.size, 1 << 12);
  }

  /** @throws PolytokError `INVALID_ARGUMENT` for a symbol outside the alphabet; the stream is as before then */
  push(symbols: ArrayLike<number>): IdArray {
    return this.#advance(symbols, false);
  }

  /** Ends the data. The stream can then be used for another. */
  finish(): IdArray {
    const ids = this.#advance([], true);
    this.#state = startEncoding();
    return ids;
  }

  #advance(symbols: ArrayLike<number>, last: boolean): IdArray {
    this.#encoder.advance(this.#state, this.#model.symbolBytes(symbols), last, (ranks) =>
      this.#ids.append(ranks, this.#model.layout.ids),
    );
    return this.#ids.take();
  }
}
