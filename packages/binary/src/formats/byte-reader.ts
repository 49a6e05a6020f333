import { PolytokError } from '@polytok/common';
import type { ByteOrder } from './contract.js';
import { MAX_NAME_BYTES } from './limits.js';

/** Reads integers and text at byte positions of a file; nothing it does reaches outside. */
export class ByteReader {
  readonly length: number;
  private readonly view: DataView;
  private readonly little: boolean;

  constructor(
    private readonly bytes: Uint8Array,
    readonly byteOrder: ByteOrder,
  ) {
    this.length = bytes.length;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.little = byteOrder === 'little';
  }

  /** True when `size` bytes at `offset` lie within the file. */
  holds(offset: number, size: number): boolean {
    return offset >= 0 && size >= 0 && offset <= this.length && size <= this.length - offset;
  }

  u8(at: number): number {
    this.require(at, 1);
    return this.view.getUint8(at);
  }

  u16(at: number): number {
    this.require(at, 2);
    return this.view.getUint16(at, this.little);
  }

  u32(at: number): number {
    this.require(at, 4);
    return this.view.getUint32(at, this.little);
  }

  u64(at: number): bigint {
    this.require(at, 8);
    return this.view.getBigUint64(at, this.little);
  }

  /** An integer as wide as the file's addresses. */
  word(at: number, bits: 32 | 64): bigint {
    return bits === 64 ? this.u64(at) : BigInt(this.u32(at));
  }

  /** A file offset or size as wide as the file's addresses. Inexact above 2^53, which is outside every file. */
  extent(at: number, bits: 32 | 64): number {
    return bits === 64 ? Number(this.u64(at)) : this.u32(at);
  }

  /**
   * Text up to the first NUL, at most `limit` bytes and the end of the file. Bytes that do not print become
   * `\xNN`, so that a hostile name cannot steer a terminal.
   */
  text(at: number, limit = MAX_NAME_BYTES): string {
    this.require(at, 0);
    const window = this.bytes.subarray(at, at + limit);
    const end = window.indexOf(0);
    const codes = end < 0 ? window : window.subarray(0, end);
    const characters = String.fromCharCode.apply(null, codes as unknown as number[]);
    return characters.replace(
      /[^ -~]/g,
      (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
  }

  /** True when text at `at` has a NUL after at most `limit` bytes. */
  endsText(at: number, limit = MAX_NAME_BYTES): boolean {
    this.require(at, 0);
    return this.bytes.subarray(at, at + limit + 1).includes(0);
  }

  /** A reader of a part, with positions from its start. */
  part(offset: number, size: number): ByteReader {
    this.require(offset, size);
    return new ByteReader(this.bytes.subarray(offset, offset + size), this.byteOrder);
  }

  private require(at: number, size: number): void {
    if (this.holds(at, size)) return;
    throw new PolytokError(
      'INVALID_FORMAT',
      `${size} bytes at offset ${at} are needed, but only ${this.length} bytes are there.`,
      { details: { offset: at, size, available: this.length } },
    );
  }
}
