import type { Readable } from 'node:stream';
import { readFileBytes } from '@polytok/common/node';
import type { Audio } from '../audio.js';
import { type DecodeWavOptions, decodeWav } from './decode-wav.js';

export interface ReadWavOptions extends DecodeWavOptions {
  /** What `-` stands for. Default: `process.stdin`. */
  readonly stdin?: Readable;
}

/** A WAV file of up to 1 GiB. @throws PolytokError `IO`, `LIMIT_EXCEEDED`, and what `decodeWav` throws */
export async function readWav(path: string, { stdin, ...options }: ReadWavOptions = {}): Promise<Audio> {
  return decodeWav(await readFileBytes(path, { stdin }), options);
}
