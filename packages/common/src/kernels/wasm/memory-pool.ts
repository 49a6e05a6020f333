import { PolytokError } from '../../errors.js';

const PAGE = 1 << 16;
/** Bytes of a 32-bit memory; asking for more cannot succeed. */
const MAX_BYTES = 2 ** 32;
const ALIGNMENT = 16;

interface Gap {
  readonly at: number;
  readonly bytes: number;
}

/**
 * Stretches of one WebAssembly memory, taken first-fit and given back in any order. A memory never shrinks, so
 * one pool serves all operands, and a given back stretch serves the next.
 */
export class MemoryPool {
  readonly memory: WebAssembly.Memory;
  /** Free stretches by address, no two of them adjacent. Address 0 to 64 is never handed out. */
  #gaps: Gap[];
  #held = new Map<number, number>();
  #bytesHeld = 0;

  /** @param memory of at least one page, which nobody else uses or grows */
  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
    this.#gaps = [{ at: 64, bytes: memory.buffer.byteLength - 64 }];
  }

  /** Bytes handed out. */
  get bytesHeld(): number {
    return this.#bytesHeld;
  }

  /** Address of a free stretch, a multiple of 16. Growing ends the use of earlier views. @throws PolytokError `LIMIT_EXCEEDED` */
  take(length: number): number {
    const bytes = Math.max(ALIGNMENT, Math.ceil(length / ALIGNMENT) * ALIGNMENT);
    let index = this.#gaps.findIndex((gap) => gap.bytes >= bytes);
    if (index < 0) {
      this.#grow(bytes);
      index = this.#gaps.length - 1;
    }
    const { at, bytes: available } = this.#gaps[index];
    const rest = available === bytes ? [] : [{ at: at + bytes, bytes: available - bytes }];
    this.#gaps.splice(index, 1, ...rest);
    this.#held.set(at, bytes);
    this.#bytesHeld += bytes;
    return at;
  }

  /** Gives a stretch back. */
  give(at: number): void {
    const bytes = this.#held.get(at) ?? 0;
    this.#held.delete(at);
    this.#bytesHeld -= bytes;
    this.#addGap({ at, bytes });
  }

  f32(at: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, length);
  }

  f64(at: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, at, length);
  }

  u32(at: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, at, length);
  }

  #grow(bytes: number): void {
    const end = this.memory.buffer.byteLength;
    const last = this.#gaps.at(-1);
    const free = last && last.at + last.bytes === end ? last.bytes : 0;
    const pages = Math.ceil((bytes - free) / PAGE);
    try {
      if (end + pages * PAGE > MAX_BYTES) throw new RangeError('beyond 32-bit addresses');
      this.memory.grow(pages);
    } catch (cause) {
      throw new PolytokError(
        'LIMIT_EXCEEDED',
        `The kernels hold ${this.#bytesHeld} bytes and need ${bytes} more, beyond what WebAssembly memory can have. Dispose of operands, or split this one.`,
        { details: { held: this.#bytesHeld, needed: bytes, limit: MAX_BYTES }, cause },
      );
    }
    this.#addGap({ at: end, bytes: pages * PAGE });
  }

  #addGap({ at, bytes }: Gap): void {
    const found = this.#gaps.findIndex((gap) => gap.at > at);
    const index = found < 0 ? this.#gaps.length : found;
    const before = this.#gaps[index - 1];
    const after = this.#gaps[index];
    const joinsBefore = before !== undefined && before.at + before.bytes === at;
    const joinsAfter = after !== undefined && at + bytes === after.at;
    const start = joinsBefore ? before.at : at;
    const end = joinsAfter ? after.at + after.bytes : at + bytes;
    const from = joinsBefore ? index - 1 : index;
    this.#gaps.splice(from, Number(joinsBefore) + Number(joinsAfter), { at: start, bytes: end - start });
  }
}
