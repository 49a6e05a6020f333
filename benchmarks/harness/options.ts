import { parseArgs } from 'node:util';

export interface BenchmarkOptions {
  /** Smaller inputs and fewer runs, to see whether everything works. */
  readonly quick: boolean;
  /** Longest wait for quiet moments in each comparison, in seconds. Default: 60, quick: 0. */
  readonly waitSeconds: number;
  readonly rest: readonly string[];
}

/** Options that all benchmarks share: `[--quick] [--wait seconds]`. */
export function benchmarkOptions(): BenchmarkOptions {
  const { values, positionals } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, wait: { type: 'string' } },
    allowPositionals: true,
  });
  return {
    quick: values.quick,
    waitSeconds: Number(values.wait ?? (values.quick ? 0 : 60)),
    rest: positionals,
  };
}
