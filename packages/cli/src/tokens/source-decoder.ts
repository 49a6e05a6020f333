import type { Alignment, VocabularyIdentity } from '@polytok/common';
import type { SourceRecords } from './token-file.js';

/** What turns the tokens of one source into the bytes of a file. */
export interface SourceDecoder {
  /** Taken for bare ids that say nothing about themselves. */
  readonly vocabulary: VocabularyIdentity;
  readonly bareAlignment: Alignment;
  /** What the name of a source gets at its end, such as `.npy`; empty where the file itself comes back. */
  readonly extension: string;
  /**
   * The file, in parts.
   * @throws PolytokError `VOCABULARY_MISMATCH`, `ID_OUT_OF_RANGE`, `INVALID_FORMAT`
   */
  decode(records: SourceRecords): readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
}
