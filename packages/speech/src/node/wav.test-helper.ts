/** For tests: pieces of WAV files. */
export interface WavOptions {
  /** Format tag. Default: 1, integers. */
  readonly tag?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly bits?: number;
  /** Bytes of a frame that the header says. Default: what they are. */
  readonly block?: number;
  /** Bytes that the header of the data says. Default: what they are. */
  readonly dataSize?: number;
  /** What stands between `fmt ` and `data`. */
  readonly between?: Uint8Array;
  /** Further bytes of the format. */
  readonly extension?: readonly number[];
}

/** For tests: a WAV file with these bytes as its data. */
export function wavFile(data: Uint8Array, options: WavOptions = {}): Uint8Array {
  const {
    tag = 1,
    channels = 1,
    rate = 16_000,
    bits = 16,
    between = new Uint8Array(0),
    extension = [],
  } = options;
  const { block = (channels * bits) / 8, dataSize = data.length } = options;
  const format = [
    ...u16(tag),
    ...u16(channels),
    ...u32(rate),
    ...u32(rate * block),
    ...u16(block),
    ...u16(bits),
  ];
  const body = [
    ...ascii('WAVE'),
    ...chunk('fmt ', [...format, ...extension]),
    ...between,
    ...ascii('data'),
    ...u32(dataSize),
    ...data,
  ];
  return Uint8Array.from([...ascii('RIFF'), ...u32(body.length), ...body]);
}

export function chunk(name: string, content: readonly number[]): number[] {
  return [...ascii(name), ...u32(content.length), ...content, ...(content.length % 2 ? [0] : [])];
}

export function ascii(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}

export function u16(value: number): number[] {
  return [value & 255, (value >> 8) & 255];
}

export function u32(value: number): number[] {
  return [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);
}

/** The bytes of an array. */
export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
