import { PolytokError } from '@polytok/common';
import { requireFinite, requireLength } from '../check-chunk.js';
import type { ActionChunk } from '../contract.js';
import { Reservoir } from '../reservoir.js';

/** Chunks that are held to fit to, a uniform sample of all. */
export const MAX_SAMPLED_CHUNKS = 1 << 15;

/** A sample of chunks, and the range of all of them. */
export class ChunkSample {
  /** `(columns)` */
  readonly low: Float64Array;
  /** `(columns)` */
  readonly high: Float64Array;
  readonly #held = new Reservoir<Float32Array>(MAX_SAMPLED_CHUNKS);

  private constructor(columns: number) {
    this.low = new Float64Array(columns).fill(Infinity);
    this.high = new Float64Array(columns).fill(-Infinity);
  }

  /** @throws PolytokError `INVALID_ARGUMENT` for no chunks, or a bad one, naming it */
  static async of(
    chunks: Iterable<ActionChunk> | AsyncIterable<ActionChunk>,
    { steps, columns }: { readonly steps: number; readonly columns: number },
  ): Promise<ChunkSample> {
    const sample = new ChunkSample(columns);
    for await (const chunk of chunks) {
      requireLength(chunk, `chunk ${sample.#held.seen}`, steps, columns);
      requireFinite(chunk, columns);
      for (let at = 0; at < chunk.length; at++) {
        const column = at % columns;
        sample.low[column] = Math.min(sample.low[column], chunk[at]);
        sample.high[column] = Math.max(sample.high[column], chunk[at]);
      }
      sample.#held.offer(() => Float32Array.from(chunk));
    }
    if (sample.#held.seen > 0) return sample;
    throw new PolytokError('INVALID_ARGUMENT', 'A tokenizer is fitted to at least one chunk; got none.');
  }

  /** `(chunks, steps · columns)` */
  rows(): Float32Array {
    const [first] = this.#held.items;
    const rows = new Float32Array(this.#held.items.length * first.length);
    for (const [at, row] of this.#held.items.entries()) rows.set(row, at * first.length);
    return rows;
  }
}
