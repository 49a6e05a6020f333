import { requireInteger } from '../../arguments.js';
import { PolytokError, throwIfAborted } from '../../errors.js';
import type { CheckpointStore } from './checkpoint.js';
import type { Trainer } from './trainer.js';
import type { TrainingBatch, TrainingBatches, TrainingStep } from './trainer-options.js';

/** What an evaluation in training gave. */
export interface TrainingEvaluation {
  /** After which it was. */
  readonly step: number;
  /** As {@link Trainer.evaluate} gives them. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface TrainOptions {
  readonly signal?: AbortSignal;
  /** Step after which training ends. Default: none, it ends with the batches. */
  readonly until?: number;
  /** Called after every step. What it does is waited for: it may evaluate, or store a checkpoint. */
  readonly onStep?: (step: TrainingStep) => void | Promise<void>;
  /** The batches of an evaluation, asked for anew each time. Default: no evaluation. */
  readonly evaluation?: () => TrainingBatches;
  /** Steps between evaluations, at least 1. One more follows the last step. Default: only that one. */
  readonly evaluateEvery?: number;
  /** Whether the averaged weights are evaluated. Default: false. */
  readonly evaluateAveraged?: boolean;
  /** Called after every evaluation. */
  readonly onEvaluation?: (evaluation: TrainingEvaluation) => void | Promise<void>;
  /** Where checkpoints go. Default: nowhere. */
  readonly checkpoints?: CheckpointStore;
  /** Steps between checkpoints, at least 1. One more follows the last step. Default: only that one. */
  readonly checkpointEvery?: number;
  /** Stored with a checkpoint and given back by `restore`, such as a position in a stream. Default: nothing. */
  readonly checkpointMetadata?: () => Readonly<Record<string, string>>;
}

interface Loop extends TrainOptions {
  /** Batches of a step. */
  readonly accumulate: number;
}

/** See {@link Trainer.train}. */
export async function runTraining(trainer: Trainer, batches: TrainingBatches, options: Loop): Promise<void> {
  checkOptions(options);
  const { signal, until = Infinity, onStep, evaluateEvery, checkpointEvery, accumulate } = options;
  const from = trainer.step;
  if (from >= until) return;
  for await (const group of groupsOf(batches, accumulate)) {
    throwIfAborted(signal, 'Training');
    const result = await trainer.trainBatch(...group);
    await onStep?.(result);
    const last = result.step >= until;
    const due = (every: number | undefined) => last || (every !== undefined && result.step % every === 0);
    await look(trainer, options, { evaluate: due(evaluateEvery), save: due(checkpointEvery) });
    if (last) return;
  }
  if (trainer.step === from) return;
  const done = (every: number | undefined) => every !== undefined && trainer.step % every === 0;
  await look(trainer, options, { evaluate: !done(evaluateEvery), save: !done(checkpointEvery) });
}

/** Evaluates and stores, where that is due and wanted. */
async function look(
  trainer: Trainer,
  options: TrainOptions,
  due: { readonly evaluate: boolean; readonly save: boolean },
): Promise<void> {
  const { evaluation, evaluateAveraged: averaged, onEvaluation, signal } = options;
  const { checkpoints, checkpointMetadata } = options;
  let metrics: Readonly<Record<string, number>> | undefined;
  if (evaluation && due.evaluate) {
    metrics = await trainer.evaluate(evaluation(), { averaged, signal });
    await onEvaluation?.({ step: trainer.step, metrics });
  }
  if (checkpoints && due.save) await trainer.save(checkpoints, { metrics, metadata: checkpointMetadata?.() });
}

/** Batches in groups of `size`; the last one may be smaller. */
async function* groupsOf(batches: TrainingBatches, size: number): AsyncGenerator<TrainingBatch[]> {
  let group: TrainingBatch[] = [];
  for await (const batch of batches) {
    group.push(batch);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

function checkOptions(options: TrainOptions): void {
  const { until, evaluation, evaluateEvery, checkpoints, checkpointEvery } = options;
  if (until !== undefined) requireInteger(until, 'until');
  if (evaluateEvery !== undefined) requireInteger(evaluateEvery, 'evaluateEvery', { minimum: 1 });
  if (checkpointEvery !== undefined) requireInteger(checkpointEvery, 'checkpointEvery', { minimum: 1 });
  if (evaluateEvery !== undefined && !evaluation) throw lacks('evaluateEvery', 'evaluation');
  if (checkpointEvery !== undefined && !checkpoints) throw lacks('checkpointEvery', 'checkpoints');
}

function lacks(option: string, needed: string): PolytokError {
  return new PolytokError('INVALID_ARGUMENT', `'${option}' needs '${needed}' beside it.`, {
    details: { option, needed },
  });
}
