/**
 * Turns many inputs into numbered shards, and survives being killed.
 *
 * It guarantees: the same inputs and configuration give the same shards under the same names, byte for byte when
 * `process` and `encode` are deterministic, whatever the concurrency and however often the run was cut off; a shard is
 * complete or absent; an input that fails is reported and costs no other input.
 *
 * It does not guarantee: anything for two runs in one folder at the same time, nor progress inside a shard: a run that
 * is cut off repeats the shard it was in. Inputs of one shard run side by side, shards one after the other, so that
 * memory holds one shard; a shard should have many times more inputs than `concurrency`.
 */
import { stat } from 'node:fs/promises';
import { PolytokError, throwIfAborted } from '../errors.js';
import { type InputFailure, toInputFailure } from './input-failure.js';
import { mapConcurrent } from './map-concurrent.js';
import { planShards, type Shard, type ShardInput, type ShardSize } from './shard-plan.js';
import { type ShardMarker, ShardState, type StaleShards } from './shard-state.js';

export interface RunShardsOptions<Result> {
  /** Distinct names, in the order in which they fill the shards; see `expandInputs`. */
  readonly inputs: readonly string[];
  /** Folder of the shards. Made if missing; may not hold shards of another origin. */
  readonly out: string;
  readonly shardSize: ShardSize;
  /** Extension of the shards, without the dot. */
  readonly extension: string;
  /** Fingerprint of all that decides the output besides the inputs: tokenizer, options, format. */
  readonly config: string;
  /** Turns one input into what a shard holds. What it throws is a failure of this input. */
  readonly process: (input: string, signal: AbortSignal) => Promise<Result>;
  /** A shard's bytes; the results are in the order of the inputs, without those that failed. */
  readonly encode: (results: readonly Result[]) => Promise<Uint8Array>;
  /** Inputs under way at a time. Default: 1. */
  readonly concurrency?: number;
  /** Stops between inputs; complete shards stay. Also handed to `process`. */
  readonly signal?: AbortSignal;
  /** Called after every input that was processed and every shard that is complete. */
  readonly onProgress?: (progress: ShardProgress) => void;
  /** Default: 'refuse'. */
  readonly staleShards?: StaleShards;
  /** Write complete shards again when inputs of theirs had failed. Default: false. */
  readonly retryFailures?: boolean;
  /**
   * Size and version of an input. Default: those of the file, the version being its modification time, so that a
   * shard is stale once one of its files has changed. An input that cannot be inspected has the version ''.
   */
  readonly inspect?: (input: string) => Promise<Omit<ShardInput, 'name'>>;
}

/** Counts since the beginning of the run; skipped shards count with their inputs. */
export interface ShardProgress {
  readonly inputs: number;
  readonly totalInputs: number;
  readonly failedInputs: number;
  readonly bytes: number;
  readonly totalBytes: number;
  readonly shards: number;
  readonly totalShards: number;
  /** Of `shards`, those that an earlier run completed. */
  readonly skippedShards: number;
}

export interface ShardReport {
  /** Names of all shards, in order. */
  readonly shards: readonly string[];
  /** Shards that this run wrote; the others were complete. */
  readonly written: number;
  readonly inputs: number;
  readonly records: number;
  /** Inputs that are in no shard. */
  readonly failures: readonly InputFailure[];
}

/**
 * Also writes the report to `.polytok/report.json` in the folder.
 * @throws PolytokError `IO` (disk full, no permission), `ABORTED`, `INVALID_ARGUMENT` (options; stale shards when
 * refused), and what `encode` throws for a shard when no single result is to blame
 */
export async function runShards<Result>(options: RunShardsOptions<Result>): Promise<ShardReport> {
  const { out, signal, concurrency = 1, retryFailures = false, staleShards = 'refuse' } = options;
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new PolytokError('INVALID_ARGUMENT', `concurrency is a positive integer; got ${concurrency}.`, {
      details: { concurrency },
    });
  }
  const shards = planShards({ ...options, inputs: await inspectInputs(options) });
  const state = new ShardState(out);
  await state.adopt(shards, staleShards);
  const tally = new Tally(shards, options.onProgress);
  for (const shard of shards) {
    throwIfAborted(signal, 'Writing shards');
    const earlier = await state.findComplete(shard);
    if (earlier && !(retryFailures && earlier.failures.length > 0)) tally.addSkipped(shard, earlier);
    else tally.addWritten(await writeShard({ shard, state, tally, options: { ...options, concurrency } }));
  }
  await state.writeReport(tally.report());
  return tally.report();
}

/** Calls to the file system at a time: enough to hide its latency, far below common limits on open files. */
const INSPECT_CONCURRENCY = 16;

function inspectInputs<Result>({
  inputs,
  signal,
  inspect = inspectFile,
}: RunShardsOptions<Result>): Promise<ShardInput[]> {
  return mapConcurrent(inputs, INSPECT_CONCURRENCY, async (name) => {
    throwIfAborted(signal, 'Listing inputs');
    // An input that cannot be inspected will fail in `process`, where it is reported.
    const outcome = await settle(name, () => inspect(name));
    return { name, ...('result' in outcome ? outcome.result : { bytes: 0, version: '' }) };
  });
}

async function inspectFile(input: string): Promise<Omit<ShardInput, 'name'>> {
  const { size, mtimeMs } = await stat(input);
  return { bytes: size, version: String(Math.floor(mtimeMs)) };
}

interface WriteShardOptions<Result> {
  readonly shard: Shard;
  readonly state: ShardState;
  readonly tally: Tally;
  readonly options: RunShardsOptions<Result> & { readonly concurrency: number };
}

/** What became of an input. */
type Outcome<Result> = { readonly input: string; readonly result: Result } | InputFailure;

async function settle<Result>(input: string, work: () => Promise<Result>): Promise<Outcome<Result>> {
  try {
    return { input, result: await work() };
  } catch (error) {
    return toInputFailure(input, error);
  }
}

async function writeShard<Result>({
  shard,
  state,
  tally,
  options,
}: WriteShardOptions<Result>): Promise<ShardMarker> {
  const { concurrency, signal = new AbortController().signal } = options;
  const outcomes = await mapConcurrent(shard.inputs, concurrency, async ({ name, bytes }) => {
    throwIfAborted(signal, 'Writing shards');
    const outcome = await settle(name, () => options.process(name, signal));
    // A failure by abort is the end of the run, not the input's fault.
    throwIfAborted(signal, 'Writing shards');
    tally.addInput(bytes, 'code' in outcome);
    return outcome;
  });
  const { bytes, encoded } = await encodeOutcomes(outcomes, options.encode);
  const failures = encoded.filter((outcome) => 'code' in outcome);
  return state.complete(shard, bytes, { records: encoded.length - failures.length, failures }, signal);
}

/** Encodes the results; where that fails, makes failures of the results that cannot be encoded, and does without them. */
async function encodeOutcomes<Result>(
  outcomes: readonly Outcome<Result>[],
  encode: RunShardsOptions<Result>['encode'],
): Promise<{ bytes: Uint8Array; encoded: readonly Outcome<Result>[] }> {
  const resultsOf = (all: readonly Outcome<Result>[]) =>
    all.flatMap((outcome) => ('result' in outcome ? [outcome.result] : []));
  try {
    return { bytes: await encode(resultsOf(outcomes)), encoded: outcomes };
  } catch (error) {
    const encoded = await mapConcurrent(outcomes, 1, async (outcome) => {
      if ('code' in outcome) return outcome;
      const alone = await settle(outcome.input, () => encode([outcome.result]));
      return 'code' in alone ? alone : outcome;
    });
    const results = resultsOf(encoded);
    if (results.length === resultsOf(outcomes).length) throw error;
    return { bytes: await encode(results), encoded };
  }
}

/** Counts what is done, for progress and report. */
class Tally {
  private inputs = 0;
  private failedInputs = 0;
  private bytes = 0;
  private skipped = 0;
  private readonly markers: ShardMarker[] = [];
  private readonly totalInputs: number;
  private readonly totalBytes: number;

  constructor(
    private readonly shards: readonly Shard[],
    private readonly onProgress: ((progress: ShardProgress) => void) | undefined,
  ) {
    this.totalInputs = shards.reduce((sum, { inputs }) => sum + inputs.length, 0);
    this.totalBytes = shards.reduce((sum, shard) => sum + bytesOf(shard), 0);
  }

  addInput(bytes: number, failed: boolean): void {
    this.inputs++;
    this.bytes += bytes;
    if (failed) this.failedInputs++;
    this.notify();
  }

  addSkipped(shard: Shard, marker: ShardMarker): void {
    this.inputs += shard.inputs.length;
    this.bytes += bytesOf(shard);
    this.skipped++;
    this.addWritten(marker);
  }

  addWritten(marker: ShardMarker): void {
    this.markers.push(marker);
    // Encoding may have found more failures than were counted input by input.
    this.failedInputs = this.markers.reduce((sum, { failures }) => sum + failures.length, 0);
    this.notify();
  }

  report(): ShardReport {
    return {
      shards: this.shards.map(({ name }) => name),
      written: this.markers.length - this.skipped,
      inputs: this.totalInputs,
      records: this.markers.reduce((sum, { records }) => sum + records, 0),
      failures: this.markers.flatMap(({ failures }) => failures),
    };
  }

  private notify(): void {
    this.onProgress?.({
      inputs: this.inputs,
      totalInputs: this.totalInputs,
      failedInputs: this.failedInputs,
      bytes: this.bytes,
      totalBytes: this.totalBytes,
      shards: this.markers.length,
      totalShards: this.shards.length,
      skippedShards: this.skipped,
    });
  }
}

function bytesOf({ inputs }: Shard): number {
  return inputs.reduce((sum, { bytes }) => sum + bytes, 0);
}
