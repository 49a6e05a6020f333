import type { KernelExports, Operation, Words } from './kernels-module.js';

/** One operation over a range, cut into chunks. */
export interface Job {
  readonly operation: Operation;
  readonly words: Words;
  /** Length of the range: rows, or dimensions. */
  readonly items: number;
  /** Items of a chunk. */
  readonly step: number;
  /** Address of `threads` stretches of scratch. */
  readonly scratch: number;
  /** Bytes of scratch of each thread. */
  readonly scratchBytes: number;
  /** Multiplications in all: what tells whether other threads are worth waking. */
  readonly products: number;
}

/** Who does the work on one memory: the calling thread, alone or with others. */
export interface Crew {
  readonly threads: number;
  /** Does all chunks, in any order. @throws PolytokError `UNAVAILABLE` where a thread died or the crew is dismissed */
  run(job: Job): void;
}

/** The calling thread alone. */
export class SoloCrew implements Crew {
  readonly threads = 1;
  readonly #wasm: KernelExports;

  constructor(wasm: KernelExports) {
    this.#wasm = wasm;
  }

  run({ operation, words, items, step, scratch }: Job): void {
    const work = this.#wasm[operation];
    for (let from = 0; from < items; from += step) {
      work(...words, scratch, from, Math.min(items, from + step));
    }
  }
}
