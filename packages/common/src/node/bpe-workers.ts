import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { requireInteger } from '../arguments.js';
import type { BpeModel } from '../bpe/bpe-model.js';
import { encoderModule } from '../bpe/encode/wasm-module.js';
import { joinEncodings } from '../bpe/join-encodings.js';
import type { IdArray } from '../contract.js';
import { PolytokError } from '../errors.js';
import { idArrayClass } from '../id-array.js';
import {
  type BpeWorkerData,
  type BpeWorkerJob,
  type BpeWorkerResult,
  bpeWorkerSource,
} from './bpe-worker-source.js';

export interface BpeWorkersOptions {
  /** Threads. Default: the processor's, 8 at most. */
  readonly workers?: number;
  /** Shortest stretch given to a thread, in bytes. Default: 131072. */
  readonly minSegmentBytes?: number;
  /** Bytes by which stretches overlap; two encodings of the same bytes agree within a few tokens. Default: 4096. */
  readonly overlapBytes?: number;
}

/** Stretches per thread: more than one, so that a thread that got easy bytes takes another. */
const SEGMENTS_PER_WORKER = 4;
/** Longest stretch in bytes; larger results cost more in fresh memory than further messages do. */
const MAX_SEGMENT_BYTES = 1 << 21;

/** One stretch of an input and, in time, its tokens. */
interface Segment {
  readonly start: number;
  readonly end: number;
  ids: IdArray;
}

/** Encodes single inputs on several threads, with the ids that one thread gives. Close it to let the threads go. */
export class BpeWorkers {
  readonly model: BpeModel;
  readonly #options: Required<BpeWorkersOptions>;
  readonly #idle: Worker[] = [];
  readonly #all: Worker[] = [];
  readonly #queue: BpeWorkerJob[] = [];
  readonly #waiting = new Map<number, { resolve(ids: IdArray): void; reject(error: unknown): void }>();
  #jobs = 0;
  #closed = false;

  constructor(model: BpeModel, options: BpeWorkersOptions = {}) {
    const {
      workers = Math.min(8, availableParallelism()),
      minSegmentBytes = 1 << 17,
      overlapBytes = 1 << 12,
    } = options;
    requireInteger(workers, 'workers', { minimum: 1 });
    requireInteger(minSegmentBytes, 'minSegmentBytes', { minimum: 1 });
    requireInteger(overlapBytes, 'overlapBytes');
    this.model = model;
    // Stretches start and end between symbols, of 4 bytes at most.
    this.#options = { workers, minSegmentBytes, overlapBytes: Math.ceil(overlapBytes / 4) * 4 };
    const workerData: BpeWorkerData = {
      module: encoderModule(),
      image: model.encoderImage(),
      idOf: model.layout.ids,
      wide: idArrayClass(model.size) === Uint32Array,
    };
    for (let k = 0; k < workers; k++) this.#start(workerData);
  }

  /** @throws PolytokError `INVALID_ARGUMENT`, `UNAVAILABLE` when a thread died or the pool is closed */
  async encode(symbols: ArrayLike<number>): Promise<IdArray> {
    if (this.#closed) throw new PolytokError('UNAVAILABLE', 'These workers are closed. Make a new pool.');
    const bytes = this.model.symbolBytes(symbols);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    const segments = this.#cut(bytes.length);
    await Promise.all(
      segments.map(async (segment) => {
        segment.ids = await this.#run(shared, segment);
      }),
    );
    const each = this.model.bytesPerSymbol;
    const stretches = segments.map(({ start, end, ids }) => ({
      start: start / each,
      end: this.#overlappedEnd(end, shared.length) / each,
      ids,
    }));
    return joinEncodings(this.model, shared, stretches);
  }

  /** Ends the threads; encodings under way fail. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#fail(new PolytokError('UNAVAILABLE', 'The workers were closed during an encoding.'));
    await Promise.all(this.#all.map((worker) => worker.terminate()));
  }

  #start(workerData: BpeWorkerData): void {
    const worker = new Worker(bpeWorkerSource, { eval: true, workerData, execArgv: [] });
    worker.unref();
    worker.on('message', ({ job, ids }: BpeWorkerResult) => {
      this.#waiting.get(job)?.resolve(ids);
      this.#waiting.delete(job);
      this.#idle.push(worker);
      this.#dispatch();
    });
    worker.on('error', (cause) => {
      this.#closed = true;
      this.#fail(
        new PolytokError(
          'UNAVAILABLE',
          'A worker thread died. Encode on the main thread, or with fewer workers.',
          { cause },
        ),
      );
    });
    this.#all.push(worker);
    this.#idle.push(worker);
  }

  #run(input: Uint8Array, { start, end }: Segment): Promise<IdArray> {
    const job = this.#jobs++;
    this.#queue.push({
      job,
      input,
      from: start,
      to: this.#overlappedEnd(end, input.length),
    });
    const result = new Promise<IdArray>((resolve, reject) => this.#waiting.set(job, { resolve, reject }));
    this.#dispatch();
    return result;
  }

  #dispatch(): void {
    while (this.#queue.length > 0 && this.#idle.length > 0) {
      const worker = this.#idle.pop()!;
      worker.postMessage(this.#queue.shift()!);
    }
    // Threads keep the process alive only while somebody waits for them.
    for (const worker of this.#all) this.#waiting.size > 0 ? worker.ref() : worker.unref();
  }

  #fail(error: PolytokError): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#queue.length = 0;
    this.#dispatch();
  }

  /** Equal stretches on symbol borders. */
  #cut(length: number): Segment[] {
    const { workers, minSegmentBytes } = this.#options;
    const most = Math.max(1, Math.floor(length / minSegmentBytes));
    const wanted = Math.max(
      Math.min(workers * SEGMENTS_PER_WORKER, most),
      Math.ceil(length / MAX_SEGMENT_BYTES),
    );
    const size = Math.ceil(length / wanted / 4) * 4;
    const segments: Segment[] = [];
    for (let start = 0; start < length || segments.length === 0; start += size) {
      segments.push({ start, end: Math.min(start + size, length), ids: new Uint16Array(0) });
    }
    return segments;
  }

  #overlappedEnd(end: number, length: number): number {
    return Math.min(end + this.#options.overlapBytes, length);
  }
}
