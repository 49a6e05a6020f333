import { PolytokError } from '@polytok/common';
import { type InputFailure, toInputFailure, writeFileAtomic } from '@polytok/common/node';
import { preparePath, safeRelativePath } from '../safe-path.js';
import type { SourceDecoder } from './source-decoder.js';
import type { SourceRecords } from './token-file.js';

/** What was written. */
export interface WrittenSources {
  readonly files: number;
  readonly bytes: number;
  readonly failures: readonly InputFailure[];
}

/** Writes what token files were made from below a folder, each source under its path, none of which leads out of it. */
export class SourceWriter {
  readonly #decoder: SourceDecoder;
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #written = new Map<string, string>();

  constructor(decoder: SourceDecoder, folder: string, signal: AbortSignal) {
    this.#decoder = decoder;
    this.#folder = folder;
    this.#signal = signal;
  }

  /** @returns bytes written, and the sources that failed @throws PolytokError `ABORTED` */
  async writeAll(sources: readonly SourceRecords[]): Promise<WrittenSources> {
    const failures: InputFailure[] = [];
    let bytes = 0;
    for (const group of sources) {
      try {
        const relative = this.#claim(group.source);
        const content = concatBytes(await this.#decoder.decode(group));
        await writeFileAtomic(await preparePath(this.#folder, relative), content, { signal: this.#signal });
        bytes += content.length;
      } catch (error) {
        if (this.#signal.aborted) throw error;
        failures.push(toInputFailure(group.source, error));
      }
    }
    return { bytes, files: sources.length - failures.length, failures };
  }

  /** The path of a source, which no other may have: one would replace the other unseen. */
  #claim(source: string): string {
    const relative = `${safeRelativePath(source)}${this.#decoder.extension}`;
    const other = this.#written.get(relative);
    if (other !== undefined) {
      throw new PolytokError(
        'INVALID_FORMAT',
        `'${source}' would replace '${relative}', written from '${other}' before. Decode the token files into folders of their own.`,
        { details: { source, path: relative, other } },
      );
    }
    this.#written.set(relative, source);
    return relative;
  }
}

function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
