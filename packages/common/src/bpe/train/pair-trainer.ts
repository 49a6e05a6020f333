import { indexInitialPairs, reaches } from './initial-pairs.js';
import { MergeEvents } from './merge-events.js';
import type { NeighbourTally } from './neighbour-tally.js';
import { PairHeap } from './pair-heap.js';
import { NONE, PairStore } from './pair-store.js';
import { MAX_ENTRIES, type PositionLists } from './position-lists.js';
import type { SymbolStream } from './symbol-stream.js';

/** How much is left lying about before it is cleared away. Results do not depend on it; tests make it small. */
export interface TrainerSlack {
  /** Dead pairs tolerated beyond as many as there are live ones. Default: 2^20. */
  readonly pairs: number;
  /** Entries of position lists beyond those of the first pairs. Default: one per position of the stream. */
  readonly positions: number;
}

export interface PairTrainerOptions {
  readonly alphabetSize: number;
  readonly maxVocabulary: number;
  readonly minCount: number;
  readonly maxTokenSymbols: number;
  readonly groups: number;
  /** Keep one more channel with the sum over groups. */
  readonly sumChannel: boolean;
  readonly slack?: TrainerSlack;
}

/**
 * Exact incremental BPE state: the stream, the pairs that can still be merged with their true counts and
 * places, and a queue per channel. `merge` costs time in proportion to the places it changes.
 *
 * Counts: `count(a,b)` is the number of places; `count(a,a)` is the sum of ⌊n/2⌋ over maximal runs of n.
 */
export class PairTrainer {
  readonly lengths: Uint32Array;
  /** Tokens in the stream now, all spans. */
  tokens: number;
  readonly #options: PairTrainerOptions;
  readonly #stream: SymbolStream;
  readonly #store: PairStore;
  readonly #lists: PositionLists;
  readonly #heaps: PairHeap[];
  readonly #events: MergeEvents;
  readonly #slack: TrainerSlack;
  readonly #cursor: { left: Uint32Array; right: Uint32Array };
  /** Pairs that were live at the last compaction. */
  #settled = 0;

  constructor(stream: SymbolStream, options: PairTrainerOptions) {
    const { alphabetSize, maxVocabulary, groups } = options;
    this.#slack = options.slack ?? { pairs: 1 << 20, positions: stream.ids.length };
    const channels = groups + (options.sumChannel ? 1 : 0);
    this.#options = options;
    this.#stream = stream;
    this.lengths = new Uint32Array(maxVocabulary).fill(1, 0, alphabetSize);
    this.tokens = stream.symbols;
    this.#store = new PairStore(channels);
    const minCount = options.maxTokenSymbols < 2 ? Infinity : options.minCount;
    this.#lists = indexInitialPairs(stream, this.#store, {
      alphabetSize,
      groups,
      minCount,
      headroom: this.#slack.positions,
    });
    this.#heaps = Array.from({ length: channels }, (_, channel) => new PairHeap(this.#store, channel));
    for (let record = 0; record < this.#store.size; record++) this.#enqueue(record);
    this.#settled = this.#store.size;
    this.#events = new MergeEvents(stream, this.lengths, groups, channels);
    this.#cursor = { left: new Uint32Array(stream.border + 1), right: new Uint32Array(stream.border + 1) };
  }

  /** The best pair of a channel, or -1 when none reaches the minimum count. */
  best(channel: number): number {
    return this.#heaps[channel].peek(this.#options.minCount);
  }

  pair(record: number): { left: number; right: number } {
    return { left: this.#store.left[record], right: this.#store.right[record] };
  }

  count(record: number, channel: number): number {
    return this.#store.counts[record * this.#store.channels + channel];
  }

  /** Merges a pair everywhere into the new token `product`. Returns tokens lost by measured data, `(groups)`; valid until the next call. */
  merge(record: number, product: number): Float64Array {
    const store = this.#store;
    const { left, right } = this.pair(record);
    const events = this.#events;
    this.lengths[product] = this.lengths[left] + this.lengths[right];
    const selfLeft = store.find(left, left);
    const selfRight = store.find(right, right);
    events.apply(this.#lists.of(store, record), left, right, product, {
      left: selfLeft !== NONE,
      right: selfRight !== NONE,
    });
    this.tokens -= events.size;

    this.#subtract(record, left, right, product, selfLeft, selfRight);
    const crowded = this.#lists.used + 2 * events.size > this.#lists.capacity;
    if (crowded || this.#store.size > 2 * this.#settled + this.#slack.pairs) this.#compact(2 * events.size);
    this.#addPairs(product);
    return events.measuredLoss;
  }

  /** Takes the vanished pairs out of their counts. */
  #subtract(
    merged: number,
    left: number,
    right: number,
    product: number,
    selfLeft: number,
    selfRight: number,
  ): void {
    const { counts, channels } = this.#store;
    const { leftTally, rightTally, self } = this.#events;
    this.#subtractTally(leftTally, (id) =>
      id === product || id === left ? NONE : this.#store.find(id, left),
    );
    this.#subtractTally(rightTally, (id) =>
      id === product || id === right ? NONE : this.#store.find(right, id),
    );
    subtract(counts, selfLeft, self.left, channels);
    subtract(counts, selfRight, self.right, channels);
    subtract(counts, this.#store.find(right, left), self.inner, channels);
    counts.fill(0, merged * channels, (merged + 1) * channels);
  }

  #subtractTally(tally: NeighbourTally, find: (id: number) => number): void {
    const { counts, channels } = this.#store;
    for (let k = 0; k < tally.count; k++) {
      const id = tally.ids[k];
      if (id === this.#stream.border) continue;
      const record = find(id);
      if (record === NONE) continue;
      for (let c = 0; c < channels; c++) counts[record * channels + c] -= tally.weights[id * channels + c];
    }
  }

  /** Records the pairs that the new token forms, with their places. */
  #addPairs(product: number): void {
    const { leftTally, rightTally, self, size, positions, leftOf, rightOf } = this.#events;
    const { channels } = this.#store;
    const cursors = this.#cursor;
    this.#reserve(leftTally, product, cursors.left, 'left');
    this.#reserve(rightTally, product, cursors.right, 'right');
    // Two products side by side are one pair, seen from both sides: listed once, counted by runs.
    cursors.left[product] = NONE;
    cursors.right[product] = NONE;
    if (rightTally.places[product] > 0 && this.#eligible(product, product, self.product, 0)) {
      const record = this.#store.add(product, product);
      this.#store.counts.set(self.product, record * channels);
      cursors.right[product] = this.#lists.reserve(this.#store, record, rightTally.places[product]);
      this.#enqueue(record);
    }
    const entries = this.#lists.entries;
    const { lengths } = this;
    const { left: leftCursor, right: rightCursor } = cursors;
    for (let k = 0; k < size; k++) {
      const p = positions[k];
      const l = leftOf[k];
      const r = rightOf[k];
      if (leftCursor[l] !== NONE) entries[leftCursor[l]++] = p - lengths[l];
      if (rightCursor[r] !== NONE) entries[rightCursor[r]++] = p;
    }
  }

  /** Opens a list for each neighbour on one side; `cursor` gets its first entry, or NONE for pairs not worth keeping. */
  #reserve(tally: NeighbourTally, product: number, cursor: Uint32Array, side: 'left' | 'right'): void {
    const { channels } = this.#store;
    for (let k = 0; k < tally.count; k++) {
      const id = tally.ids[k];
      cursor[id] = NONE;
      if (id === this.#stream.border || id === product) continue;
      if (!this.#eligible(id, product, tally.weights, id)) continue;
      const record = side === 'left' ? this.#store.add(id, product) : this.#store.add(product, id);
      this.#store.counts.set(tally.weights.subarray(id * channels, (id + 1) * channels), record * channels);
      cursor[id] = this.#lists.reserve(this.#store, record, tally.places[id]);
      this.#enqueue(record);
    }
  }

  #eligible(a: number, b: number, weights: Float64Array, row: number): boolean {
    if (this.lengths[a] + this.lengths[b] > this.#options.maxTokenSymbols) return false;
    return reaches(weights, row, this.#store.channels, this.#options.minCount);
  }

  #enqueue(record: number): void {
    for (let channel = 0; channel < this.#store.channels; channel++) {
      if (this.count(record, channel) >= this.#options.minCount) this.#heaps[channel].push(record);
    }
  }

  /** Makes room for `entries` more list entries: drops dead pairs and stale places, then grows if that was not enough. */
  #compact(entries: number): void {
    const { minCount } = this.#options;
    const renumbered = this.#store.compact((record) =>
      reaches(this.#store.counts, record, this.#store.channels, minCount),
    );
    for (const heap of this.#heaps) heap.renumber(renumbered, NONE);
    this.#lists.compact(this.#store, this.#stream, this.lengths);
    this.#settled = this.#store.size;
    const needed = this.#lists.used + entries;
    if (needed > this.#lists.capacity * 0.75) {
      this.#lists.grow(Math.max(needed, Math.min(MAX_ENTRIES, Math.ceil(needed * 1.5))));
    }
  }
}

function subtract(counts: Float64Array, record: number, loss: Float64Array, channels: number): void {
  if (record === NONE) return;
  for (let c = 0; c < channels; c++) counts[record * channels + c] -= loss[c];
}
