/**
 * What training leaves behind now and then, and where.
 *
 * A checkpoint is a safetensors file with all that changes in training: trained parameters, moments, averages, and in its
 * metadata the step and the number of batches taken. It does not hold frozen parameters, options or the learning rate's
 * schedule: training goes on as if it had never stopped only where these are the same.
 */
import { isJsonObject } from '../../json.js';
import { parseJsonText } from '../../json-text.js';

/** The state after a step, to be stored before the next one begins: its parts are the trainer's own memory. */
export interface TrainingCheckpoint {
  readonly step: number;
  /** Of the evaluation after this step; empty where there was none. */
  readonly metrics: Readonly<Record<string, number>>;
  /** A safetensors file, in parts that follow each other. */
  readonly parts: readonly Uint8Array[];
}

/** Where checkpoints go: `CheckpointFolder` of `@polytok/common/node`, or storage of a browser. */
export interface CheckpointStore {
  /**
   * Stores a checkpoint in full or not at all; earlier ones stay valid until it is there.
   * @returns what names it in messages, such as its path
   */
  save(checkpoint: TrainingCheckpoint): Promise<string>;
}

/** What the metadata of a checkpoint say. */
export interface CheckpointFacts {
  readonly step: number;
  readonly batches: number;
  readonly metrics: Readonly<Record<string, number>>;
}

const KEYS = { step: 'polytok.step', batches: 'polytok.batches', metrics: 'polytok.metrics' } as const;

/** As metadata of a safetensors file; {@link parseCheckpointFacts} reads it. */
export function formatCheckpointFacts({ step, batches, metrics }: CheckpointFacts): Record<string, string> {
  return { [KEYS.step]: `${step}`, [KEYS.batches]: `${batches}`, [KEYS.metrics]: JSON.stringify(metrics) };
}

/** Undefined for metadata that are not of a checkpoint. */
export function parseCheckpointFacts(
  metadata: Readonly<Record<string, string>>,
): CheckpointFacts | undefined {
  const [step, batches] = [metadata[KEYS.step], metadata[KEYS.batches]].map((text) =>
    /^\d{1,15}$/.test(text ?? '') ? Number(text) : undefined,
  );
  const metrics = parseMetrics(metadata[KEYS.metrics] ?? '');
  return step === undefined || batches === undefined || !metrics ? undefined : { step, batches, metrics };
}

function parseMetrics(text: string): Record<string, number> | undefined {
  try {
    const json = parseJsonText(text);
    const valid = isJsonObject(json) && Object.values(json).every((value) => Number.isFinite(value));
    return valid ? (json as Record<string, number>) : undefined;
  } catch {
    return undefined;
  }
}

/** The metadata that are not the trainer's own. */
export function foreignMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const own: readonly string[] = Object.values(KEYS);
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !own.includes(key)));
}
