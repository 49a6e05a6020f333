import { PolytokError } from '@polytok/common';
import {
  BpeModel,
  type ParityOptions,
  specialsFirstLayout,
  type TrainedBpe,
  type TrainingProgress,
  trainBpe,
} from '@polytok/common/bpe';
import { BINARY_SPECIALS } from './binary-specials.js';
import { BinaryTokenizer } from './binary-tokenizer.js';
import { type TokenBorders, tokenBorders } from './token-borders.js';

export interface BinaryTrainingFile {
  readonly bytes: Uint8Array;
  /** Name of the parity group (say `ELF arm64`); needed with `parity`. */
  readonly group?: string;
  /** Its tokens measure how well the group is served. Default: false. */
  readonly measured?: boolean;
  /** How often it counts. Default: 1. */
  readonly weight?: number;
}

export interface FitBinaryOptions {
  /** Tokens, special ones included. */
  readonly vocabularySize: number;
  /** Default: the seven of Binary BPE. */
  readonly specials?: readonly string[];
  /** A pair must occur this often. Default: 4. */
  readonly minCount?: number;
  /** Longest token. Default: 16. */
  readonly maxTokenBytes?: number;
  /** Where tokens must end, in training and in the tokenizer. Default: 'file'. */
  readonly borders?: TokenBorders;
  /** Parity-aware selection over the files' groups. Default: off. */
  readonly parity?: Omit<ParityOptions, 'groups'>;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly signal?: AbortSignal;
}

export interface FittedBinary {
  readonly tokenizer: BinaryTokenizer;
  readonly training: TrainedBpe;
}

/**
 * Trains a binary tokenizer exactly (see `trainBpe`). Special tokens get the first ids, so that a cut of the vocabulary keeps all ids.
 *
 * @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED`, `ABORTED`
 */
export async function fitBinaryTokenizer(
  files: readonly BinaryTrainingFile[],
  options: FitBinaryOptions,
): Promise<FittedBinary> {
  const {
    vocabularySize,
    specials = BINARY_SPECIALS,
    minCount = 4,
    maxTokenBytes = 16,
    borders = 'file',
    parity,
    onProgress,
    signal,
  } = options;
  checkVocabulary(vocabularySize, specials);
  const groups = parity ? namedGroups(files) : [];
  const sequences = files.map(({ bytes, group, measured, weight }) => ({
    symbols: bytes,
    borders: tokenBorders(bytes, borders),
    group: parity ? groups.indexOf(group!) : 0,
    measured,
    weight,
  }));
  const training = await trainBpe(sequences, {
    vocabularySize: vocabularySize - specials.length,
    minCount,
    maxTokenSymbols: maxTokenBytes,
    parity: parity && { ...parity, groups },
    onProgress,
    signal,
  });
  const model = new BpeModel({
    table: training.table,
    layout: specialsFirstLayout(training.table, specials),
  });
  return { tokenizer: new BinaryTokenizer({ model, borders }), training };
}

/** Refuses what would fail only after the training. */
function checkVocabulary(vocabularySize: number, specials: readonly string[]): void {
  const smallest = 256 + specials.length;
  if (!(Number.isInteger(vocabularySize) && vocabularySize >= smallest)) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `The vocabulary must hold 256 bytes and ${specials.length} special tokens, ${smallest} or more; got ${vocabularySize}.`,
      { details: { vocabularySize, smallest } },
    );
  }
  if (new Set(specials).size < specials.length) {
    throw new PolytokError('INVALID_ARGUMENT', `Special tokens must differ; got ${specials.join(', ')}.`, {
      details: { specials },
    });
  }
}

/** The files' groups, sorted. */
function namedGroups(files: readonly BinaryTrainingFile[]): string[] {
  const nameless = files.findIndex(({ group }) => group === undefined);
  if (nameless >= 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `File ${nameless} has no group, which parity needs. Name one, say by its format and architecture.`,
      { details: { file: nameless } },
    );
  }
  return [...new Set(files.map(({ group }) => group!))].sort();
}
