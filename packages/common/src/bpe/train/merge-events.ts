import { NeighbourTally } from './neighbour-tally.js';
import type { Span, SymbolStream } from './symbol-stream.js';

/** Weighted sums that one merge changes apart from its neighbours' pairs, `(channels)` each. */
interface SelfSums {
  /** New (product, product) pairs: half of each run of products, rounded down. */
  readonly product: Float64Array;
  /** (right, left) pairs that vanished between two products. */
  readonly inner: Float64Array;
  /** (left, left) pairs lost from runs that ended at a product. */
  readonly left: Float64Array;
  /** (right, right) pairs lost from runs that began at a product. */
  readonly right: Float64Array;
}

/**
 * What one merge did to the stream: where the new tokens stand and what stands beside them, gathered so that
 * pair counts and position lists are updated once per distinct neighbour instead of once per place.
 */
export class MergeEvents {
  /** Number of new tokens. */
  size = 0;
  /** Positions of the new tokens, ascending. */
  positions = new Uint32Array(1 << 12);
  /** Neighbours of each new token; the product itself where two new tokens touch. */
  leftOf = new Uint32Array(1 << 12);
  rightOf = new Uint32Array(1 << 12);
  readonly leftTally: NeighbourTally;
  readonly rightTally: NeighbourTally;
  readonly self: SelfSums;
  /** `(groups)` tokens that measured data lost. */
  readonly measuredLoss: Float64Array;

  readonly #stream: SymbolStream;
  readonly #lengths: Uint32Array;
  readonly #groups: number;
  readonly #channels: number;

  constructor(stream: SymbolStream, lengths: Uint32Array, groups: number, channels: number) {
    const idCount = stream.border + 1;
    this.#stream = stream;
    this.#lengths = lengths;
    this.#groups = groups;
    this.#channels = channels;
    this.leftTally = new NeighbourTally(idCount, groups, channels);
    this.rightTally = new NeighbourTally(idCount, groups, channels);
    const sums = () => new Float64Array(channels);
    this.self = { product: sums(), inner: sums(), left: sums(), right: sums() };
    this.measuredLoss = new Float64Array(groups);
  }

  /**
   * Replaces every place of (left, right) in `places` (ascending; stale ones are passed over) by `product`,
   * from left to right, and gathers the events. `watch` says whether the parts' self-pairs still matter.
   */
  apply(
    places: Uint32Array,
    left: number,
    right: number,
    product: number,
    watch: { left: boolean; right: boolean },
  ): void {
    this.#reset(places.length);
    const { ids, interior, spans } = this.#stream;
    const { positions, leftOf, rightOf } = this;
    const leftLength = this.#lengths[left];
    const rightLength = this.#lengths[right];
    const watchLeft = watch.left && left !== right;
    const watchRight = watch.right && left !== right;
    let size = 0;
    let span = 0;
    let spanEnd = spans.length > 0 ? spans[0].end : 0;
    let first = 0; // first event of the span
    let touching = 0; // places where two products touch
    let selfPairs = 0;
    let run = 0; // products in the run that ends at the last event
    let lostLeft = 0;
    let lostRight = 0;

    for (let k = 0; k < places.length; k++) {
      const p = places[k];
      const q = p + leftLength;
      if (ids[p] !== left || ids[q] !== right) continue;
      if (p >= spanEnd) {
        this.#closeSpan(spans[span], first, size, selfPairs + (run >> 1), touching, lostLeft, lostRight);
        first = size;
        touching = selfPairs = run = lostLeft = lostRight = 0;
        span = spanAt(spans, span, p);
        spanEnd = spans[span].end;
      }
      const end = q + rightLength;
      const before = ids[p - 1];
      const after = ids[end];
      ids[q] = interior;
      ids[p] = product;
      ids[end - 1] = product;
      positions[size] = p;
      leftOf[size] = before;
      rightOf[size] = after;
      if (before === product) {
        rightOf[size - 1] = product;
        touching++;
        run++;
      } else {
        selfPairs += run >> 1;
        run = 1;
        if (watchLeft && before === left) lostLeft += runLength(ids, p - 1, left, -leftLength) & 1;
      }
      if (watchRight && after === right) lostRight += runLength(ids, end, right, rightLength) & 1;
      size++;
    }
    this.#closeSpan(spans[span], first, size, selfPairs + (run >> 1), touching, lostLeft, lostRight);
    this.size = size;
  }

  #closeSpan(
    span: Span,
    first: number,
    end: number,
    selfPairs: number,
    touching: number,
    lostLeft: number,
    lostRight: number,
  ): void {
    if (first === end) return;
    const { group, weight } = span;
    this.leftTally.add(this.leftOf, first, end, group, weight);
    this.rightTally.add(this.rightOf, first, end, group, weight);
    if (span.measured) this.measuredLoss[group] += end - first;
    const { product, inner, left, right } = this.self;
    for (const channel of this.#channels > this.#groups ? [group, this.#groups] : [group]) {
      product[channel] += selfPairs * weight;
      inner[channel] += touching * weight;
      left[channel] += lostLeft * weight;
      right[channel] += lostRight * weight;
    }
  }

  #reset(places: number): void {
    if (places > this.positions.length) {
      const capacity = Math.max(places, this.positions.length * 2);
      this.positions = new Uint32Array(capacity);
      this.leftOf = new Uint32Array(capacity);
      this.rightOf = new Uint32Array(capacity);
    }
    this.leftTally.clear();
    this.rightTally.clear();
    for (const sums of Object.values(this.self)) sums.fill(0);
    this.measuredLoss.fill(0);
  }
}

/** Tokens `id` in a row from `at` in steps of `step`. Each costs one read, paid for by the count of its self-pair. */
function runLength(ids: Uint16Array | Uint32Array, at: number, id: number, step: number): number {
  let n = 0;
  while (ids[at] === id) {
    n++;
    at += step;
  }
  return n;
}

/** Index of the span that holds position `p`, searched upwards from `from`. */
function spanAt(spans: readonly Span[], from: number, p: number): number {
  let low = from;
  let high = spans.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (p < spans[middle].end) high = middle;
    else low = middle + 1;
  }
  return low;
}
