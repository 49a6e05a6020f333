import type { SyncTokenizer } from '@polytok/common';

/** What became of one file on its way to tokens and back. */
export interface RoundTrip {
  readonly bytes: number;
  readonly tokens: number;
  /** Bytes per second. */
  readonly encodeRate: number;
  /** Bytes per second. */
  readonly decodeRate: number;
  /** Every byte came back. */
  readonly isExact: boolean;
}

/** A small file takes too little time to measure: it is encoded again until this many milliseconds have passed. */
const MEASURED_MS = 200;

/** Encodes and decodes a file. Rates are those of the fastest run. */
export function roundTrip(tokenizer: SyncTokenizer<Uint8Array>, bytes: Uint8Array): RoundTrip {
  const encoded = fastest(() => tokenizer.encodeSync(bytes));
  const decoded = fastest(() => tokenizer.decodeSync(encoded.result));
  return {
    bytes: bytes.length,
    tokens: encoded.result.length,
    encodeRate: bytes.length / encoded.seconds,
    decodeRate: bytes.length / decoded.seconds,
    isExact: Buffer.compare(bytes, decoded.result) === 0,
  };
}

function fastest<T>(run: () => T): { result: T; seconds: number } {
  const begin = performance.now();
  let best = Number.POSITIVE_INFINITY;
  for (;;) {
    const start = performance.now();
    const result = run();
    const end = performance.now();
    best = Math.min(best, end - start);
    if (end - begin >= MEASURED_MS) return { result, seconds: best / 1000 };
  }
}
