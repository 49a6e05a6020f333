import type { Readable } from 'node:stream';
import { readFileBytes } from '@polytok/common/node';
import { type Audio, resample, type StableTokenizer } from '@polytok/speech';
import { type ChannelMix, decodeWav } from '@polytok/speech/node';
import type { FileEncoder } from '../tokens/file-encoder.js';

export interface SpeechEncoderOptions {
  readonly tokenizer: StableTokenizer;
  readonly mix: ChannelMix;
  /** Whether other rates are resampled; else they are refused. */
  readonly resamples: boolean;
  /** What `-` stands for. */
  readonly stdin: Readable;
}

/** Encodes WAV files. */
export function speechEncoder({ tokenizer, mix, resamples, stdin }: SpeechEncoderOptions): FileEncoder {
  const { sampleRate } = tokenizer.config;
  const toRate = (audio: Audio) => (resamples ? resample(audio, sampleRate) : audio);
  return {
    vocabulary: tokenizer.vocabulary,
    settings: { mix, resamples },
    concurrency: 2, // one file is read while another one is encoded
    async encode(path, source) {
      const bytes = await readFileBytes(path, { stdin });
      const tokens = await tokenizer.encode(toRate(decodeWav(bytes, { mix })));
      return { records: [{ ...tokens, source }], bytes: bytes.length };
    },
    alignmentOf: () => ({ kind: 'hop', hop: tokenizer.hop, rate: sampleRate, offset: 0 }),
    close: () => tokenizer.close(),
  };
}
