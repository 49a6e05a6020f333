/**
 * How often each id stands on one side of the tokens that a merge just made: in places, and weighted by
 * channel. Sparse: only the ids in `ids[0 … count)` are not zero.
 */
export class NeighbourTally {
  readonly ids: Uint32Array;
  count = 0;
  /** `(ids)` places */
  readonly places: Uint32Array;
  /** `(ids, channels)` weighted places */
  readonly weights: Float64Array;
  readonly #channels: number;
  readonly #groups: number;
  readonly #inSpan: Uint32Array;
  readonly #spanIds: Uint32Array;

  /** @param channels `groups`, or one more: then the last channel holds the sum of all groups */
  constructor(idCount: number, groups: number, channels: number) {
    this.#groups = groups;
    this.#channels = channels;
    this.ids = new Uint32Array(idCount);
    this.places = new Uint32Array(idCount);
    this.weights = new Float64Array(idCount * channels);
    this.#inSpan = new Uint32Array(idCount);
    this.#spanIds = new Uint32Array(idCount);
  }

  /** Counts `neighbours[first … end)`, all in one group and of one weight. */
  add(neighbours: Uint32Array, first: number, end: number, group: number, weight: number): void {
    const inSpan = this.#inSpan;
    const spanIds = this.#spanIds;
    let distinct = 0;
    for (let k = first; k < end; k++) {
      const id = neighbours[k];
      if (inSpan[id]++ === 0) spanIds[distinct++] = id;
    }
    const { places, weights } = this;
    const channels = this.#channels;
    const withSum = channels > this.#groups;
    for (let k = 0; k < distinct; k++) {
      const id = spanIds[k];
      const n = inSpan[id];
      inSpan[id] = 0;
      if (places[id] === 0) this.ids[this.count++] = id;
      places[id] += n;
      weights[id * channels + group] += n * weight;
      if (withSum) weights[id * channels + this.#groups] += n * weight;
    }
  }

  clear(): void {
    const channels = this.#channels;
    for (let k = 0; k < this.count; k++) {
      const id = this.ids[k];
      this.places[id] = 0;
      for (let c = 0; c < channels; c++) this.weights[id * channels + c] = 0;
    }
    this.count = 0;
  }
}
