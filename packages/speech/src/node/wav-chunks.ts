/** The chunks of a RIFF WAVE file, checked before any sample is read: Microsoft's Multimedia Programming Interface 1.0, 1991. */
import { PolytokError } from '@polytok/common';

/** How samples are stored. */
export interface WavFormat {
  readonly kind: 'integer' | 'float';
  readonly channels: number;
  /** Hz. */
  readonly sampleRate: number;
  /** Of one sample. */
  readonly bits: number;
}

export interface WavChunks {
  readonly format: WavFormat;
  /** Samples of all channels, interleaved; whole frames. */
  readonly data: Uint8Array;
}

/** Most channels: a large microphone array. */
export const MAX_WAV_CHANNELS = 1024;

/** Highest rate of any converter. */
export const MAX_SAMPLE_RATE = 10_000_000;

const KINDS: Readonly<Record<number, WavFormat['kind']>> = { 1: 'integer', 3: 'float' };
/** The kind stands in the first two bytes of a GUID, as in files of more than 16 bits. */
const EXTENSIBLE = 0xfffe;
const DEPTHS = { integer: [8, 16, 24, 32], float: [32, 64] } as const;
/** What a program writes that did not know the length: the data go on to the end. */
const UNKNOWN_LENGTH = 0xffffffff;

/** @throws PolytokError `INVALID_FORMAT` for what is no WAV file, or truncated; `UNSUPPORTED` for compressed samples and odd depths */
export function readWavChunks(bytes: Uint8Array): WavChunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || name(0) !== 'RIFF' || name(8) !== 'WAVE') {
    const start = name(0);
    throw new PolytokError(
      start === 'RF64' || start === 'RIFX' ? 'UNSUPPORTED' : 'INVALID_FORMAT',
      `This is no RIFF WAVE file. Convert it, for example: ffmpeg -i in -c:a pcm_s16le out.wav`,
      { details: { bytes: bytes.length } },
    );
  }
  let format: WavFormat | undefined;
  // A chunk of odd length is followed by a byte that does not count.
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    const left = bytes.length - start;
    if (name(at) === 'data')
      return { format: requireFormat(format), data: dataOf(bytes, start, size, format!) };
    if (size > left)
      throw truncated(`chunk '${printable(name(at))}' has ${size} bytes, of which ${left} are there`);
    if (name(at) === 'fmt ') format = formatOf(view, start, size);
    at = start + size + (size % 2);
  }
  throw truncated('it has no data');
}

function requireFormat(format: WavFormat | undefined): WavFormat {
  if (format) return format;
  throw truncated('its data come before their format');
}

function dataOf(bytes: Uint8Array, start: number, size: number, { channels, bits }: WavFormat): Uint8Array {
  const left = bytes.length - start;
  if (size > left && size !== UNKNOWN_LENGTH)
    throw truncated(`its data have ${size} bytes, of which ${left} are there`);
  const length = Math.min(size, left);
  const frame = (channels * bits) / 8;
  return bytes.subarray(start, start + length - (length % frame));
}

/** @throws PolytokError */
function formatOf(view: DataView, at: number, size: number): WavFormat {
  if (size < 16) throw truncated(`its format has ${size} bytes; 16 are the least`);
  const tag = view.getUint16(at, true);
  const isExtensible = tag === EXTENSIBLE && size >= 26;
  const kind = KINDS[isExtensible ? view.getUint16(at + 24, true) : tag];
  const channels = view.getUint16(at + 2, true);
  const sampleRate = view.getUint32(at + 4, true);
  const block = view.getUint16(at + 12, true);
  const bits = view.getUint16(at + 14, true);
  const depths: readonly number[] = kind === undefined ? [] : DEPTHS[kind];
  if (kind === undefined || !depths.includes(bits)) {
    throw new PolytokError(
      'UNSUPPORTED',
      `Samples of WAV format 0x${tag.toString(16)} with ${bits} bits are not read; integers of 8 to 32 and floats of 32 or 64 bits are. Convert it, for example: ffmpeg -i in.wav -c:a pcm_s16le out.wav`,
      { details: { tag, bits } },
    );
  }
  if (
    channels < 1 ||
    channels > MAX_WAV_CHANNELS ||
    sampleRate < 1 ||
    sampleRate > MAX_SAMPLE_RATE ||
    block !== (channels * bits) / 8
  ) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `This WAV file says ${channels} channels, ${sampleRate} Hz and ${block} bytes for ${channels} samples of ${bits} bits, which cannot be.`,
      { details: { channels, sampleRate, block, bits } },
    );
  }
  return { kind, channels, sampleRate, bits };
}

function truncated(what: string): PolytokError {
  return new PolytokError('INVALID_FORMAT', `This WAV file is damaged or truncated: ${what}.`);
}

function printable(text: string): string {
  return text.replace(/[^ -~]/g, '?');
}
