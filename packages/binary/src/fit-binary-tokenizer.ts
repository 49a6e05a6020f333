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
    specials = BINARY_SPECIALS,
    minCount = 4,
    maxTokenBytes = 16,
    borders = 'file',
    parity,
    onProgress,
    signal,
  } = options;
  const groups = [...new Set(files.map(({ group = '' }) => group))].sort();
  const sequences = files.map(({ bytes, group = '', measured, weight }) => ({
    symbols: bytes,
    borders: tokenBorders(bytes, borders),
    group: parity ? groups.indexOf(group) : 0,
    measured,
    weight,
  }));
  const training = await trainBpe(sequences, {
    vocabularySize: options.vocabularySize - specials.length,
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
