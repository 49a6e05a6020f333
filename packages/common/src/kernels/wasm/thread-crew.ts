import { PolytokError } from '../../errors.js';
import type { Crew, Job } from './crew.js';
import { type KernelExports, OPERATIONS } from './kernels-module.js';
import { CONTROL, claimChunks, type ThreadData, threadSource } from './thread-source.js';

/** A started thread. */
export interface KernelThread {
  terminate(): unknown;
}

/**
 * Starts a thread that evaluates `source`, the text of a function `(data, ready)`, and calls it.
 * @param data can be posted to the thread
 * @param died to be called when the thread ends or fails
 * @returns the thread, when it has called `ready`
 */
export type StartThread = (
  source: string,
  data: unknown,
  died: (cause?: unknown) => void,
) => Promise<KernelThread>;

/** Multiplications below which waking others costs more than they save, about 0.3 ms on one thread. */
const LEAST_PRODUCTS = 6e6;
/** Looks at a word before sleeping: some 20 µs, in which the next call or the last chunk often comes. */
const SPINS = 2000;
/** Longest sleep at a time, in ms, so that a caller notices threads that never come back. */
const WAIT_MS = 100;
/** Waits until a thread counts as lost: 30 s for a chunk that should take milliseconds. */
const MAX_WAITS = 300;

const THREAD = { layout: CONTROL, operations: OPERATIONS, spins: SPINS };

/** The calling thread and others, on one shared memory. */
export class ThreadCrew implements Crew {
  readonly #wasm: KernelExports;
  readonly #control: Int32Array;
  readonly #others: readonly KernelThread[];
  readonly #maxWaits: number;
  #ended: PolytokError | undefined;

  /** Use {@link ThreadCrew.start}. */
  private constructor(wasm: KernelExports, control: Int32Array, others: KernelThread[], maxWaits: number) {
    this.#wasm = wasm;
    this.#control = control;
    this.#others = others;
    this.#maxWaits = maxWaits;
  }

  /** @throws PolytokError `UNAVAILABLE` where a thread cannot be started */
  static async start(
    start: StartThread,
    {
      threads,
      module,
      memory,
      wasm,
      maxWaits = MAX_WAITS,
    }: Pick<ThreadData, 'module' | 'memory'> & { threads: number; wasm: KernelExports; maxWaits?: number },
  ): Promise<ThreadCrew> {
    const control = new Int32Array(new SharedArrayBuffer(CONTROL.length * 4));
    const others: KernelThread[] = [];
    const crew = new ThreadCrew(wasm, control, others, maxWaits);
    const died = (cause?: unknown) => crew.#end('A thread of the kernels died', cause);
    try {
      const starting = Array.from({ length: threads - 1 }, async (_, k) => {
        const data: ThreadData = { ...THREAD, module, memory, control, index: k + 1 };
        others.push(await start(threadSource, data, died));
      });
      // All of them, so that those that did start are known when one did not.
      const outcomes = await Promise.allSettled(starting);
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    } catch (cause) {
      await crew.dismiss();
      throw unavailable('A thread of the kernels did not start', cause);
    }
    return crew;
  }

  get threads(): number {
    return this.#others.length + 1;
  }

  run({ operation, words, items, step, scratch, scratchBytes, products }: Job): void {
    if (this.#ended) throw this.#ended;
    const control = this.#control;
    control[CONTROL.operation] = OPERATIONS.indexOf(operation);
    control[CONTROL.items] = items;
    control[CONTROL.step] = step;
    control[CONTROL.scratch] = scratch;
    control[CONTROL.scratchBytes] = scratchBytes;
    control.set(words, CONTROL.words);
    control[CONTROL.next] = 0;
    const shared = products >= LEAST_PRODUCTS && items > step;
    if (shared) {
      Atomics.store(control, CONTROL.open, 1);
      Atomics.add(control, CONTROL.job, 1);
      Atomics.notify(control, CONTROL.job);
    }
    try {
      claimChunks(this.#wasm, control, { ...THREAD, index: 0 });
    } finally {
      if (shared) this.#shutDoor();
    }
  }

  /** Ends the threads; later runs are refused. */
  async dismiss(): Promise<void> {
    this.#end('The kernels are disposed of');
    await Promise.all(this.#others.map((thread) => thread.terminate()));
  }

  #shutDoor(): void {
    const control = this.#control;
    Atomics.store(control, CONTROL.open, 0);
    for (let spin = 0; spin < SPINS && Atomics.load(control, CONTROL.inside) > 0; spin++);
    let waits = 0;
    for (let inside = 0; (inside = Atomics.load(control, CONTROL.inside)) > 0; waits++) {
      if (waits >= this.#maxWaits) throw this.#end('A thread of the kernels does not answer');
      sleep(control, CONTROL.inside, inside);
    }
    if (Atomics.load(control, CONTROL.failed) === 1) throw this.#end('A thread of the kernels failed');
  }

  /** Refuses later runs. The first reason counts. */
  #end(what: string, cause?: unknown): PolytokError {
    this.#ended ??= unavailable(what, cause);
    return this.#ended;
  }
}

/** Waits until a word changes, at most {@link WAIT_MS}. */
function sleep(control: Int32Array, word: number, value: number): void {
  try {
    Atomics.wait(control, word, value, WAIT_MS);
  } catch {
    // A browser's main thread may not sleep.
    const end = performance.now() + WAIT_MS;
    while (Atomics.load(control, word) === value && performance.now() < end);
  }
}

function unavailable(what: string, cause: unknown): PolytokError {
  return new PolytokError(
    'UNAVAILABLE',
    `${what}. Make new ones, or use createWasmKernels, which needs no threads.`,
    { cause },
  );
}
