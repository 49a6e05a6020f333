import { PolytokError, type TokenSequence } from '@polytok/common';
import type { BpeModel } from '@polytok/common/bpe';
import { type Executable, FileMap, type Region, readExecutable } from './formats/index.js';

/** Where one token lies. */
export interface TokenPlace {
  /** First byte in the file. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  readonly region: Region | undefined;
  /** Virtual address of the first byte, where it is loaded. */
  readonly address: bigint | undefined;
}

/** Maps the tokens of one file to offsets, sections and virtual addresses, and back. */
export class TokenMap {
  /** `(tokens + 1)` offset of each token, then the end. */
  readonly offsets: Float64Array;
  readonly #files: FileMap;

  /** @throws PolytokError `ID_OUT_OF_RANGE` for an id that is not in the model's vocabulary */
  constructor(model: BpeModel, tokens: Pick<TokenSequence, 'ids' | 'alignment'>, executable: Executable) {
    const { ids, alignment } = tokens;
    this.offsets = new Float64Array(ids.length + 1);
    this.offsets[0] = alignment.kind === 'widths' ? alignment.start : 0;
    for (let i = 0; i < ids.length; i++) {
      const width = model.widths[ids[i]];
      if (width === undefined) {
        throw new PolytokError(
          'ID_OUT_OF_RANGE',
          `Id ${ids[i]} at position ${i} is not in the vocabulary of ${model.size} ids. Was it made with another vocabulary?`,
          { details: { id: ids[i], position: i, size: model.size } },
        );
      }
      this.offsets[i + 1] = this.offsets[i] + width;
    }
    this.#files = new FileMap(executable, this.offsets[ids.length]);
  }

  /** Of the file that the tokens came from. */
  static of(model: BpeModel, tokens: TokenSequence, bytes: Uint8Array): TokenMap {
    return new TokenMap(model, tokens, readExecutable(bytes));
  }

  get regions(): readonly Region[] {
    return this.#files.regions;
  }

  /** Place of token `index`; undefined past the last. */
  place(index: number): TokenPlace | undefined {
    if (!(index >= 0 && index < this.offsets.length - 1)) return undefined;
    const offset = this.offsets[index];
    return {
      offset,
      size: this.offsets[index + 1] - offset,
      region: this.#files.regionAt(offset),
      address: this.#files.addressOf(offset),
    };
  }

  /** Index of the token that holds the byte at `offset`; -1 outside. */
  tokenAt(offset: number): number {
    const { offsets } = this;
    const last = offsets.length - 1;
    if (!(offset >= offsets[0] && offset < offsets[last])) return -1;
    let low = 0;
    let high = last - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (offsets[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Index of the token that holds the byte at a virtual address; -1 when nothing in the file is loaded there. */
  tokenAtAddress(address: bigint): number {
    for (const { section, offset, size } of this.regions) {
      if (!section || this.#files.addressOf(offset) === undefined) continue;
      const at = section.offset + Number(address - section.address);
      if (at >= offset && at < offset + size) return this.tokenAt(at);
    }
    return -1;
  }
}
