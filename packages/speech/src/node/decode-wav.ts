import wavDecoder from 'wav-decoder';
import type { Audio } from '../audio.js';
import { readWavChunks, type WavChunks } from './wav-chunks.js';

/** What becomes of several channels: the first one alone, as in StableToken's reference, or their mean. */
export type ChannelMix = 'first' | 'mean';
export const CHANNEL_MIXES: readonly ChannelMix[] = ['first', 'mean'];

export interface DecodeWavOptions {
  /** Default: 'first'. */
  readonly mix?: ChannelMix;
}

/**
 * A WAV file: integers of 8, 16, 24 or 32 bits, divided by 2^(bits − 1), or floats, as they are.
 * @throws PolytokError `INVALID_FORMAT` for what is no WAV file, or truncated; `UNSUPPORTED` for compressed samples
 */
export function decodeWav(bytes: Uint8Array, { mix = 'first' }: DecodeWavOptions = {}): Audio {
  const chunks = readWavChunks(bytes);
  const { channelData, sampleRate } = wavDecoder.decode.sync(canonicalWav(chunks), { symmetric: true });
  const channels = mix === 'first' ? channelData.slice(0, 1) : channelData;
  for (const channel of channels) mend(channel, chunks.format.bits);
  return { samples: channels.length === 1 ? channels[0] : meanOf(channels), sampleRate };
}

/**
 * The same samples behind the shortest header. wav-decoder reads that as it should; of others it trusts the sizes, knows no
 * bytes of padding and no extensible format.
 */
function canonicalWav({ format, data }: WavChunks): ArrayBuffer {
  const { kind, channels, sampleRate, bits } = format;
  const bytes = new Uint8Array(44 + data.length);
  const view = new DataView(bytes.buffer);
  const block = (channels * bits) / 8;
  bytes.set(new TextEncoder().encode('RIFF    WAVEfmt '));
  view.setUint32(4, 36 + data.length, true);
  view.setUint32(16, 16, true);
  view.setUint16(20, kind === 'integer' ? 1 : 3, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * block, true);
  view.setUint16(32, block, true);
  view.setUint16(34, bits, true);
  bytes.set(new TextEncoder().encode('data'), 36);
  view.setUint32(40, data.length, true);
  bytes.set(data, 44);
  return bytes.buffer;
}

/** wav-decoder 1.3.0 gives the least 24-bit integer as +1, and centres 8 bits on 127.5 instead of 128. */
function mend(samples: Float32Array, bits: number): void {
  if (bits === 24) {
    for (let i = 0; i < samples.length; i++) if (samples[i] === 1) samples[i] = -1;
  } else if (bits === 8) {
    for (let i = 0; i < samples.length; i++)
      samples[i] = (Math.round(samples[i] * 127.5 + 127.5) - 128) / 128;
  }
}

function meanOf(channels: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(channels[0].length);
  for (let i = 0; i < mean.length; i++) {
    let sum = 0;
    for (const channel of channels) sum += channel[i];
    mean[i] = sum / channels.length;
  }
  return mean;
}
