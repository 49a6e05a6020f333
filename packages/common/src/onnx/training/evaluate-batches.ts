import { PolytokError, throwIfAborted } from '../../errors.js';
import type { NetworkTensor } from '../network/network.js';
import type { TrainingBatch, TrainingBatches } from './trainer-options.js';

export interface EvaluateOptions {
  /** Whether the averaged weights are evaluated, of a trainer with `averageDecay`. Default: false. */
  readonly averaged?: boolean;
  /** Called with all outputs of the graph for every batch, for metrics of one's own. */
  readonly onBatch?: (outputs: Readonly<Record<string, NetworkTensor>>, batch: TrainingBatch) => void;
  readonly signal?: AbortSignal;
}

interface Evaluation extends EvaluateOptions {
  /** Outputs to average, by name. */
  readonly names: readonly string[];
  readonly run: (batch: TrainingBatch) => Promise<Record<string, NetworkTensor>>;
  readonly examplesOf: (batch: TrainingBatch) => number;
}

/**
 * Means of numbers over batches, weighted by their examples.
 * @throws PolytokError `INVALID_ARGUMENT` for no examples, or a mean that is not finite, `ABORTED` between two batches
 */
export async function evaluateBatches(
  batches: TrainingBatches,
  { names, run, examplesOf, onBatch, signal }: Evaluation,
): Promise<Record<string, number>> {
  const sums = new Map(names.map((name) => [name, 0]));
  let examples = 0;
  for await (const batch of batches) {
    throwIfAborted(signal, 'Evaluation');
    const outputs = await run(batch);
    const weight = examplesOf(batch);
    examples += weight;
    for (const name of names) sums.set(name, sums.get(name)! + weight * Number(outputs[name].data[0]));
    onBatch?.(outputs, batch);
  }
  if (examples === 0) throw new PolytokError('INVALID_ARGUMENT', 'There is no example to evaluate.');
  const means = Object.fromEntries([...sums].map(([name, sum]) => [name, sum / examples]));
  const bad = names.filter((name) => !Number.isFinite(means[name]));
  if (bad.length === 0) return means;
  const list = bad.map((name) => `${name} is ${means[name]}`);
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `In an evaluation ${list.join(', ')}. Look at the weights and batches.`,
    {
      details: { metrics: means },
    },
  );
}
