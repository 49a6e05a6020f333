/** Rows whose sums are under way at a time: one sum waits for itself, four do not. */
const BLOCK = 4;

/**
 * A matrix, made to be multiplied by columns of chunks: blocks of four rows, each from its first column that is not 0 to its
 * last. Where curves have degree p, a block of the basis has not many more than p + 1 of them.
 */
export class BandedProduct {
  readonly #rows: number;
  /** `(blocks, inner, 4)`, the last block filled up with zeros. */
  readonly #packed: Float64Array;
  /** `(blocks)`: columns of the matrix from `first` to before `end` are not all 0. */
  readonly #first: Uint32Array;
  readonly #end: Uint32Array;
  readonly #inner: number;

  /** @param matrix `(rows, inner)` */
  constructor(matrix: Float64Array, inner: number) {
    this.#rows = matrix.length / inner;
    this.#inner = inner;
    const blocks = Math.ceil(this.#rows / BLOCK);
    this.#packed = new Float64Array(blocks * inner * BLOCK);
    this.#first = new Uint32Array(blocks).fill(inner);
    this.#end = new Uint32Array(blocks);
    for (const [at, value] of matrix.entries()) {
      if (value === 0) continue;
      const row = Math.floor(at / inner);
      const k = at % inner;
      const block = Math.floor(row / BLOCK);
      this.#packed[(block * inner + k) * BLOCK + (row % BLOCK)] = value;
      this.#first[block] = Math.min(this.#first[block], k);
      this.#end[block] = Math.max(this.#end[block], k + 1);
    }
  }

  /**
   * The chosen columns of `out` become the matrix times those of `values`.
   * @param values `(inner, columns)`
   * @param out `(rows, columns)`
   */
  multiply(
    values: ArrayLike<number>,
    out: Float32Array | Float64Array,
    columns: number,
    chosen: Uint32Array,
  ): void {
    const packed = this.#packed;
    const rows = this.#rows;
    for (let block = 0; block < this.#end.length; block++) {
      const first = this.#first[block];
      const from = (block * this.#inner + first) * BLOCK;
      const end = (block * this.#inner + this.#end[block]) * BLOCK;
      const row = block * BLOCK;
      for (let c = 0; c < chosen.length; c++) {
        const column = chosen[c];
        let s0 = 0;
        let s1 = 0;
        let s2 = 0;
        let s3 = 0;
        for (let at = from, of = first * columns + column; at < end; at += BLOCK, of += columns) {
          const value = values[of];
          s0 += packed[at] * value;
          s1 += packed[at + 1] * value;
          s2 += packed[at + 2] * value;
          s3 += packed[at + 3] * value;
        }
        const to = row * columns + column;
        out[to] = s0;
        if (row + 1 < rows) out[to + columns] = s1;
        if (row + 2 < rows) out[to + 2 * columns] = s2;
        if (row + 3 < rows) out[to + 3 * columns] = s3;
      }
    }
  }
}
