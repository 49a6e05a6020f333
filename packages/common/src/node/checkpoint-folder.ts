/**
 * Checkpoints of a training as files of a folder, `step-00000120.safetensors` and so on.
 *
 * It guarantees: whatever happens, also a full disk or a killed process, a file of this name is complete, and those before
 * it stay until it is. It does not guarantee anything for two trainings that share a folder.
 */
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { requireInteger } from '../arguments.js';
import { PolytokError } from '../errors.js';
import {
  type CheckpointFacts,
  type CheckpointStore,
  parseCheckpointFacts,
  type TrainingCheckpoint,
} from '../onnx/training/checkpoint.js';
import type { Trainer } from '../onnx/training/trainer.js';
import { type AtomicFileSystem, createAtomicFile, temporaryTarget } from './atomic-file.js';
import { ioError } from './io-error.js';
import { readFileBytes } from './read-file-bytes.js';
import { namingFile, readSafetensorsHeader } from './safetensors-file.js';

/** Largest checkpoint that is read back: what one array of bytes holds in Node 20. */
export const MAX_CHECKPOINT_BYTES = 2 ** 32;

export interface CheckpointFolderOptions {
  /** How many of the newest checkpoints stay, at least 1. Default: 3. */
  readonly keep?: number;
  /** Name of a metric: the checkpoint where it is smallest stays too. Default: none. */
  readonly best?: string;
  /** Whether a larger metric is better, as with accuracies. Default: false. */
  readonly largestIsBest?: boolean;
  /** Default: `node:fs/promises`. */
  readonly fs?: AtomicFileSystem;
}

/** A checkpoint on the disk, of which only the header was read. */
export interface StoredCheckpoint extends CheckpointFacts {
  readonly path: string;
}

/** A file that is named as a checkpoint and is none. */
export interface DamagedCheckpoint {
  readonly path: string;
  /** By its name. */
  readonly step: number;
  /** What is wrong with it. */
  readonly message: string;
}

/** What {@link CheckpointFolder.resume} did. */
export interface ResumedCheckpoint {
  /** That training goes on from; undefined where it starts anew. */
  readonly checkpoint?: StoredCheckpoint;
  /** As `checkpointMetadata` gave them. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Newer files that were passed over. */
  readonly damaged: readonly DamagedCheckpoint[];
}

export class CheckpointFolder implements CheckpointStore {
  readonly path: string;
  readonly #keep: number;
  readonly #best: string | undefined;
  readonly #largestIsBest: boolean;
  readonly #fs: AtomicFileSystem;

  private constructor(path: string, options: CheckpointFolderOptions) {
    const { keep = 3, best, largestIsBest = false, fs = { open, rename, rm } } = options;
    requireInteger(keep, 'keep', { minimum: 1 });
    this.path = path;
    this.#keep = keep;
    this.#best = best;
    this.#largestIsBest = largestIsBest;
    this.#fs = fs;
  }

  /**
   * Makes the folder where it is missing, and removes what a killed process left half written.
   * @throws PolytokError `IO`, `INVALID_ARGUMENT` for options
   */
  static async open(path: string, options: CheckpointFolderOptions = {}): Promise<CheckpointFolder> {
    const folder = new CheckpointFolder(path, options);
    await mkdir(path, { recursive: true }).catch((error: unknown) => {
      throw ioError(error, 'write', path);
    });
    const rests = (await folder.#names()).filter((name) => stepOf(temporaryTarget(name) ?? '') !== undefined);
    for (const name of rests) await folder.#remove(join(path, name));
    return folder;
  }

  /**
   * Writes a checkpoint, and removes the oldest ones. Damaged files stay.
   * @returns its path
   * @throws PolytokError `IO`, such as for a full disk: earlier checkpoints stay valid; `INVALID_ARGUMENT` where the folder
   *   holds later steps, which are of another training
   */
  async save({ step, parts }: TrainingCheckpoint): Promise<string> {
    const { valid } = await this.list();
    const later = valid.filter((other) => other.step > step);
    if (later.length > 0) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `'${this.path}' holds checkpoints of later steps than ${step}, the last of step ${later[0].step}. Resume from it, or give this training another folder.`,
        { details: { step, later: later.map(({ path }) => path) } },
      );
    }
    const path = join(this.path, nameOf(step));
    const file = await createAtomicFile(path, { fs: this.#fs });
    for (const part of parts) await file.write(part);
    await file.commit();
    await this.#prune();
    return path;
  }

  /** All checkpoints, newest first, and files that are none. @throws PolytokError `IO` */
  async list(): Promise<{ valid: StoredCheckpoint[]; damaged: DamagedCheckpoint[] }> {
    const valid: StoredCheckpoint[] = [];
    const damaged: DamagedCheckpoint[] = [];
    const names = (await this.#names()).filter((name) => stepOf(name) !== undefined);
    for (const name of names.sort((a, b) => stepOf(b)! - stepOf(a)!)) {
      const path = join(this.path, name);
      try {
        valid.push({ path, ...(await readFacts(path, stepOf(name)!)) });
      } catch (error) {
        if (!(error instanceof PolytokError) || error.code === 'IO') throw error;
        damaged.push({ path, step: stepOf(name)!, message: error.message });
      }
    }
    return { valid, damaged };
  }

  /** The newest one. @throws PolytokError `IO` */
  async latest(): Promise<StoredCheckpoint | undefined> {
    return (await this.list()).valid[0];
  }

  /** The best by the metric of the options; of equals the newest. @throws PolytokError `IO` */
  async best(): Promise<StoredCheckpoint | undefined> {
    return this.#bestOf((await this.list()).valid);
  }

  /**
   * Goes on from the newest checkpoint; from none in an empty folder. Damaged ones are passed over, and named.
   * @throws PolytokError `INVALID_FORMAT` when all are damaged, or the newest is of another network; `IO`
   */
  async resume(trainer: Trainer): Promise<ResumedCheckpoint> {
    const { valid, damaged } = await this.list();
    const [checkpoint] = valid;
    if (checkpoint === undefined) {
      if (damaged.length === 0) return { metadata: {}, damaged };
      const list = damaged.map(({ message }) => message).join(' ');
      throw new PolytokError('INVALID_FORMAT', `'${this.path}' holds no valid checkpoint. ${list}`, {
        details: { damaged },
      });
    }
    const metadata = await restoreCheckpoint(trainer, checkpoint.path);
    const newer = damaged.filter(({ step }) => step > checkpoint.step);
    return { checkpoint, metadata, damaged: newer };
  }

  async #prune(): Promise<void> {
    const { valid } = await this.list();
    const best = this.#bestOf(valid);
    for (const { path } of valid.slice(this.#keep)) if (path !== best?.path) await this.#remove(path);
  }

  #bestOf(checkpoints: readonly StoredCheckpoint[]): StoredCheckpoint | undefined {
    const name = this.#best;
    if (name === undefined) return undefined;
    const sign = this.#largestIsBest ? -1 : 1;
    const measured = checkpoints.filter(({ metrics }) => Object.hasOwn(metrics, name));
    return measured.sort((a, b) => sign * (a.metrics[name] - b.metrics[name]) || b.step - a.step)[0];
  }

  async #names(): Promise<string[]> {
    return readdir(this.path).catch((error: unknown) => {
      throw ioError(error, 'read', this.path);
    });
  }

  async #remove(path: string): Promise<void> {
    await this.#fs.rm(path, { force: true }).catch((error: unknown) => {
      throw ioError(error, 'remove', path);
    });
  }
}

/**
 * Goes on from the checkpoint of a file.
 * @returns the metadata that it was made with
 * @throws PolytokError `IO`, `INVALID_FORMAT` for a damaged file, or one of another network, naming what differs;
 *   `LIMIT_EXCEEDED` above {@link MAX_CHECKPOINT_BYTES}
 */
export async function restoreCheckpoint(trainer: Trainer, path: string): Promise<Record<string, string>> {
  const bytes = await readFileBytes(path, { maxBytes: MAX_CHECKPOINT_BYTES });
  return namingFile(path, () => trainer.restore(bytes, { name: path }));
}

async function readFacts(path: string, step: number): Promise<CheckpointFacts> {
  const { metadata } = await readSafetensorsHeader(path);
  const facts = parseCheckpointFacts(metadata);
  if (facts?.step === step) return facts;
  const problem = facts ? `is of step ${facts.step}, not ${step}` : 'is no checkpoint of a Trainer';
  throw new PolytokError('INVALID_FORMAT', `'${path}' ${problem}.`, { details: { path } });
}

/** Digits of a step in a name, so that names are in the order of steps. */
const STEP_DIGITS = 8;

function nameOf(step: number): string {
  return `step-${String(step).padStart(STEP_DIGITS, '0')}.safetensors`;
}

/** Undefined for other files. */
function stepOf(name: string): number | undefined {
  const digits = /^step-(\d{8,15})\.safetensors$/.exec(name)?.[1];
  return digits === undefined || nameOf(Number(digits)) !== name ? undefined : Number(digits);
}
