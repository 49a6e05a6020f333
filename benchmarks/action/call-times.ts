import { spread } from '../harness/statistics.js';

/** Of single calls, in microseconds. */
export interface CallTimes {
  readonly median: number;
  readonly p99: number;
}

export interface CallOptions {
  /** Calls of one run. */
  readonly calls: number;
  /** Arguments are the numbers below this, in turn. */
  readonly inputs: number;
}

/** Times every call by itself; the clock's own 0.05 µs are in it. */
export function callTimes(call: (input: number) => void, { calls, inputs }: CallOptions): CallTimes {
  const times = new Float64Array(calls);
  for (let at = 0; at < calls; at++) {
    const start = performance.now();
    call(at % inputs);
    times[at] = 1000 * (performance.now() - start);
  }
  times.sort();
  return { median: times[calls >> 1], p99: times[Math.floor(0.99 * calls)] };
}

/** Bytes on the heap per call: the median of the runs in which it did not shrink, as it does where garbage is collected. */
export function bytesPerCall(call: (input: number) => void, { calls, inputs }: CallOptions): number {
  const bytes: number[] = [];
  for (let run = 0; run < 9; run++) {
    const before = process.memoryUsage().heapUsed;
    for (let at = 0; at < calls; at++) call(at % inputs);
    bytes.push((process.memoryUsage().heapUsed - before) / calls);
  }
  const grown = bytes.filter((each) => each >= 0);
  return grown.length > 0 ? spread(grown).median : Number.NaN;
}

/** Medians of several runs' figures. */
export function overall(runs: readonly CallTimes[]): CallTimes {
  return {
    median: spread(runs.map(({ median }) => median)).median,
    p99: spread(runs.map(({ p99 }) => p99)).median,
  };
}
