import { sep } from 'node:path';
import type { Alignment, VocabularyIdentity } from '@polytok/common';
import type { TokenRecord } from '@polytok/common/io';

/** What turns a file into rows of a token file: a tokenizer with the options of a command. */
export interface FileEncoder {
  readonly vocabulary: VocabularyIdentity;
  /** What decides the tokens besides file and vocabulary, as JSON; other settings make other shards. */
  readonly settings: unknown;
  /** Files in work at a time: while one is encoded, another one is read. */
  readonly concurrency: number;
  /** @throws PolytokError for a file that cannot be encoded; the other files go on */
  encode(path: string, source: string): Promise<EncodedFile>;
  /** How tokens of a file map back to it, for formats that do not say it themselves. */
  alignmentOf(path: string): Alignment | Promise<Alignment>;
  close(): Promise<void>;
}

/** What became of one file. */
export interface EncodedFile {
  readonly records: readonly TokenRecord[];
  /** That were read. */
  readonly bytes: number;
}

/** The file's path as a token file names it, with `/` on every system. */
export function sourceOf(file: string): string {
  return sep === '/' ? file : file.replaceAll(sep, '/');
}
