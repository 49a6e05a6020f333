import { advanceChunks, startEncoding } from '../bpe/encode/advance-chunks.js';
import type { EncoderImage } from '../bpe/encode/rank-encoder.js';
import type { EncoderExports } from '../bpe/encode/wasm-module.js';
import type { IdArray } from '../contract.js';

/** What a worker is started with. */
export interface BpeWorkerData {
  readonly module: WebAssembly.Module;
  readonly image: EncoderImage;
  /** Id of each rank. */
  readonly idOf: Uint32Array;
  /** Whether ids need 32 bits. */
  readonly wide: boolean;
}

export interface BpeWorkerJob {
  readonly job: number;
  /** Shared bytes of the whole input. */
  readonly input: Uint8Array;
  readonly from: number;
  readonly to: number;
}

export interface BpeWorkerResult {
  readonly job: number;
  readonly ids: IdArray;
}

/** Body of a worker thread: encodes stretches of shared input. Runs from its source text, so it uses nothing but its arguments. */
function runBpeWorker(
  { parentPort, workerData }: typeof import('node:worker_threads'),
  advance: typeof advanceChunks,
  start: typeof startEncoding,
): void {
  const { module, image, idOf, wide } = workerData as BpeWorkerData;
  const allocate = (length: number): IdArray => (wide ? new Uint32Array(length) : new Uint16Array(length));
  const memory = new WebAssembly.Memory({ initial: Math.ceil(image.scratchAt / 65536) });
  new Uint8Array(memory.buffer).set(image.tables);
  const wasm = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as EncoderExports;
  wasm.configure(...image.layout);
  const handle = {
    ...image,
    wasm,
    memory,
    reserve(end: number): void {
      const missing = end - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    },
  };
  parentPort?.on('message', ({ job, input, from, to }: BpeWorkerJob) => {
    let ids = allocate(Math.ceil((to - from) / 2) + 16);
    let length = 0;
    advance(handle, start(), input.subarray(from, to), true, (ranks) => {
      if (length + ranks.length > ids.length) {
        const larger = allocate(Math.max(length + ranks.length, ids.length * 2));
        larger.set(ids.subarray(0, length));
        ids = larger;
      }
      for (let k = 0; k < ranks.length; k++) ids[length++] = idOf[ranks[k]];
    });
    parentPort?.postMessage({ job, ids: ids.subarray(0, length) }, [ids.buffer as ArrayBuffer]);
  });
}

/**
 * Program of a worker thread, as text: the package then needs no second file that a bundler could lose.
 * `__name` is what some TypeScript runners wrap functions in.
 */
export const bpeWorkerSource = `const __name = (f) => f; (${runBpeWorker})(require('node:worker_threads'), ${advanceChunks}, ${startEncoding})`;
