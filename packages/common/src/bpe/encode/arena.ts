import { PolytokError } from '../../errors.js';

const PAGE = 1 << 16;

/** A stretch of a WebAssembly memory. `view` is made anew on each call, as growing the memory detaches views. */
export interface Stretch<View> {
  /** Address of the first byte. */
  readonly at: number;
  view(): View;
}

/** Hands out a WebAssembly memory from its beginning on. Nothing is given back. */
export class Arena {
  /** First address that is not handed out; a multiple of 16. */
  end = 64;
  readonly memory = new WebAssembly.Memory({ initial: 1 });

  bytes(length: number): Stretch<Uint8Array> {
    const at = this.#take(length);
    return { at, view: () => new Uint8Array(this.memory.buffer, at, length) };
  }

  u32(length: number, fill = 0): Stretch<Uint32Array> {
    const at = this.#take(length * 4);
    const view = () => new Uint32Array(this.memory.buffer, at, length);
    if (fill !== 0) view().fill(fill);
    return { at, view };
  }

  /** Makes the memory reach up to an address, without handing anything out. @throws PolytokError `LIMIT_EXCEEDED` */
  reserve(end: number): void {
    const missing = end - this.memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      this.memory.grow(Math.ceil(missing / PAGE));
    } catch (cause) {
      throw new PolytokError(
        'LIMIT_EXCEEDED',
        `The encoder needs ${end} bytes of memory, more than it can have. Use a smaller vocabulary, or encode in smaller pieces.`,
        { details: { bytes: end }, cause },
      );
    }
  }

  #take(bytes: number): number {
    const at = this.end;
    this.end = Math.ceil((at + bytes) / 16) * 16;
    this.reserve(this.end);
    return at;
  }
}
