import { PolytokError, throwIfAborted } from '../../errors.js';
import { MAX_TOKEN_SYMBOLS, MAX_VOCABULARY, type MergeTable } from '../merge-table.js';
import { PairTrainer } from './pair-trainer.js';
import { type ParityOptions, ParityPolicy } from './parity.js';
import { layOutStream, type TrainingSequence } from './symbol-stream.js';

export interface TrainBpeOptions {
  /** Base symbols; 256 for bytes. Default: 256. */
  readonly alphabetSize?: number;
  /** Tokens to end with, base symbols included. Fewer result when no pair reaches `minCount`. */
  readonly vocabularySize: number;
  /** A pair must occur this often to be merged. Default: 2. */
  readonly minCount?: number;
  /** Longest token, in symbols, at most MAX_TOKEN_SYMBOLS. Default: MAX_TOKEN_SYMBOLS. */
  readonly maxTokenSymbols?: number;
  /** Parity-aware selection. Default: the pair with the highest count overall. */
  readonly parity?: ParityOptions;
  /** Called about ten times a second. */
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Stops the training with `ABORTED`. */
  readonly signal?: AbortSignal;
}

export interface TrainingProgress {
  readonly merges: number;
  readonly targetMerges: number;
  /** Count of the pair merged last. */
  readonly count: number;
  /** Tokens left in the training data. */
  readonly tokens: number;
}

export interface TrainedBpe {
  readonly table: MergeTable;
  /** `(merges)` count of each pair when it was chosen, in the channel that chose it. */
  readonly counts: Float64Array;
  /** `(merges)` group that chose each merge; -1 for the sum over groups. */
  readonly groups: Int32Array;
  /** Tokens left in the training data. */
  readonly tokens: number;
  /** Why training stopped. */
  readonly stopped: 'vocabulary-size' | 'min-count';
}

/** Time between two looks at progress, abort signal and event loop, in milliseconds. */
const BREATH_MS = 100;

/**
 * Trains a merge list, exactly: every step merges the pair with the highest count (ties: lowest left id, then
 * lowest right id) everywhere, left to right, never across a border. `count(a,a)` is the sum of ⌊n/2⌋ over
 * maximal runs. Pairs over the length limit are passed over. The result depends on nothing but its arguments.
 *
 * Memory: 2 bytes per symbol for the stream and 4 for position lists, at their peak near the start; with what the first
 * merges note down, pairs and the caller's data about 14 bytes per symbol in all (95 MB of executables: 1.4 GB).
 *
 * @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED`, `ABORTED`
 */
export async function trainBpe(
  sequences: readonly TrainingSequence[],
  options: TrainBpeOptions,
): Promise<TrainedBpe> {
  const {
    alphabetSize = 256,
    vocabularySize,
    minCount = 2,
    maxTokenSymbols = MAX_TOKEN_SYMBOLS,
    parity,
    onProgress,
    signal,
  } = options;
  checkOptions(alphabetSize, vocabularySize, minCount, maxTokenSymbols);
  throwIfAborted(signal, 'Training');
  const groups = parity?.groups.length ?? 1;
  checkSequences(sequences, groups);
  const stream = layOutStream(sequences, alphabetSize, vocabularySize);
  const policy = parity ? new ParityPolicy(parity, measuredTokens(sequences, groups)) : undefined;
  const trainer = new PairTrainer(stream, {
    alphabetSize,
    maxVocabulary: vocabularySize,
    minCount,
    maxTokenSymbols,
    groups,
    sumChannel: policy?.hybrid ?? false,
  });

  const target = vocabularySize - alphabetSize;
  const left = new Uint32Array(target);
  const right = new Uint32Array(target);
  const counts = new Float64Array(target);
  const chosenBy = new Int32Array(target);
  let merges = 0;
  let breath = Date.now();
  for (; merges < target; merges++) {
    const choice = choose(trainer, policy?.channels(merges) ?? [0]);
    if (!choice) break;
    const { record, channel } = choice;
    ({ left: left[merges], right: right[merges] } = trainer.pair(record));
    counts[merges] = trainer.count(record, channel);
    chosenBy[merges] = channel < groups && policy ? channel : -1;
    const loss = trainer.merge(record, alphabetSize + merges);
    policy?.record(chosenBy[merges], loss);
    if (Date.now() - breath >= BREATH_MS) {
      onProgress?.({
        merges: merges + 1,
        targetMerges: target,
        count: counts[merges],
        tokens: trainer.tokens,
      });
      await new Promise((resolve) => setTimeout(resolve, 0));
      throwIfAborted(signal, 'Training');
      breath = Date.now();
    }
  }
  onProgress?.({
    merges,
    targetMerges: target,
    count: merges > 0 ? counts[merges - 1] : 0,
    tokens: trainer.tokens,
  });
  return {
    table: { alphabetSize, left: left.slice(0, merges), right: right.slice(0, merges) },
    counts: counts.slice(0, merges),
    groups: chosenBy.slice(0, merges),
    tokens: trainer.tokens,
    stopped: merges === target ? 'vocabulary-size' : 'min-count',
  };
}

/** The best pair of the first channel that has one. */
function choose(
  trainer: PairTrainer,
  channels: readonly number[],
): { record: number; channel: number } | undefined {
  for (const channel of channels) {
    const record = trainer.best(channel);
    if (record >= 0) return { record, channel };
  }
  return undefined;
}

function measuredTokens(sequences: readonly TrainingSequence[], groups: number): Float64Array {
  const tokens = new Float64Array(groups);
  for (const { measured, group = 0, symbols } of sequences) if (measured) tokens[group] += symbols.length;
  return tokens;
}

function checkOptions(
  alphabetSize: number,
  vocabularySize: number,
  minCount: number,
  maxTokenSymbols: number,
): void {
  const refuse = (what: string, details: Record<string, unknown>) => {
    throw new PolytokError('INVALID_ARGUMENT', what, { details });
  };
  if (!Number.isInteger(alphabetSize) || alphabetSize < 1)
    refuse(`The alphabet needs at least one symbol; got ${alphabetSize}.`, { alphabetSize });
  if (!Number.isInteger(vocabularySize) || vocabularySize < alphabetSize || vocabularySize > MAX_VOCABULARY) {
    refuse(
      `The vocabulary must have ${alphabetSize} (the alphabet) to ${MAX_VOCABULARY} tokens; got ${vocabularySize}.`,
      { vocabularySize, alphabetSize },
    );
  }
  if (!(minCount >= 1)) refuse(`The minimum count must be at least 1; got ${minCount}.`, { minCount });
  if (!(maxTokenSymbols >= 1 && maxTokenSymbols <= MAX_TOKEN_SYMBOLS)) {
    refuse(`The longest token must have 1 to ${MAX_TOKEN_SYMBOLS} symbols; got ${maxTokenSymbols}.`, {
      maxTokenSymbols,
      limit: MAX_TOKEN_SYMBOLS,
    });
  }
}

function checkSequences(sequences: readonly TrainingSequence[], groups: number): void {
  sequences.forEach(({ weight = 1, group = 0 }, sequence) => {
    if (!(weight >= 0) || !Number.isFinite(weight)) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Sequence ${sequence} has weight ${weight}; weights are finite and not negative.`,
        { details: { sequence, weight } },
      );
    }
    if (!Number.isInteger(group) || group < 0 || group >= groups) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Sequence ${sequence} is of group ${group}; there are ${groups}.`,
        { details: { sequence, group, groups } },
      );
    }
  });
}
