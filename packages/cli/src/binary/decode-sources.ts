import type { BinaryTokenizer } from '@polytok/binary';
import { PolytokError } from '@polytok/common';
import type { BpeDecodeOptions } from '@polytok/common/bpe';
import { type InputFailure, toInputFailure, writeFileAtomic } from '@polytok/common/node';
import { preparePath, safeRelativePath } from '../safe-path.js';
import { AcceptVocabulary } from './accept-vocabulary.js';
import type { SourceRecords } from './token-file.js';

export interface SourceDecoderOptions {
  readonly tokenizer: BinaryTokenizer;
  readonly mode: BpeDecodeOptions['mode'];
  readonly signal: AbortSignal;
}

/** Turns records back into the files they were made from. */
export class SourceDecoder {
  readonly #options: SourceDecoderOptions;
  readonly #vocabulary: AcceptVocabulary;
  readonly #written = new Map<string, string>();

  constructor(options: SourceDecoderOptions) {
    this.#options = options;
    this.#vocabulary = new AcceptVocabulary(options.tokenizer);
  }

  /**
   * The bytes of one source, part after part.
   * @throws PolytokError `VOCABULARY_MISMATCH`, `ID_OUT_OF_RANGE`; `INVALID_FORMAT` when parts do not follow each other
   */
  decode({ source, records }: SourceRecords): Uint8Array[] {
    const { tokenizer, mode } = this.#options;
    let end: number | undefined;
    return records.map((record) => {
      this.#vocabulary.check(record);
      const start = record.alignment.kind === 'widths' ? record.alignment.start : 0;
      if (end !== undefined && start !== end) {
        throw new PolytokError(
          'INVALID_FORMAT',
          `The records of '${source}' do not follow each other: one ends at byte ${end}, the next starts at ${start}. Was a row lost, or is the source there twice?`,
          { details: { source, end, start } },
        );
      }
      const bytes = tokenizer.model.decode(record.ids, { mode }) as Uint8Array;
      end = start + bytes.length;
      return bytes;
    });
  }

  /**
   * Writes sources as files below a folder.
   * @returns bytes written, and the sources that failed
   * @throws PolytokError `ABORTED`
   */
  async writeAll(
    sources: readonly SourceRecords[],
    folder: string,
  ): Promise<{ bytes: number; files: number; failures: InputFailure[] }> {
    const { signal } = this.#options;
    const failures: InputFailure[] = [];
    let bytes = 0;
    for (const group of sources) {
      try {
        const relative = this.#claim(group.source);
        const content = concatBytes(this.decode(group));
        await writeFileAtomic(await preparePath(folder, relative), content, { signal });
        bytes += content.length;
      } catch (error) {
        if (signal.aborted) throw error;
        failures.push(toInputFailure(group.source, error));
      }
    }
    return { bytes, files: sources.length - failures.length, failures };
  }

  /** The path of a source, which no other may have: one would replace the other unseen. */
  #claim(source: string): string {
    const relative = safeRelativePath(source);
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

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
