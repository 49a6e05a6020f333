import { requireInteger } from '@polytok/common';
import { type Distribution, distribution } from './distribution.js';

export interface LatencyOptions {
  /** Measurements, at least 1. Default: 200. */
  readonly samples?: number;
  /**
   * Calls per measurement, at least 1, so that it is long against the clock's resolution (browsers: 5 to 100 µs). Of
   * more than one the percentiles are those of their mean. Default: 1.
   */
  readonly batch?: number;
}

/**
 * How long one call takes, in microseconds, after as many calls to warm up.
 * @param call receives the number of the call, from 0
 * @throws PolytokError `INVALID_ARGUMENT`; whatever `call` throws
 */
export function latency(
  call: (index: number) => void,
  { samples = 200, batch = 1 }: LatencyOptions = {},
): Distribution {
  requireInteger(samples, 'samples', { minimum: 1 });
  requireInteger(batch, 'batch', { minimum: 1 });
  for (let index = 0; index < samples * batch; index++) call(index);
  const times = new Float64Array(samples);
  for (let sample = 0, index = 0; sample < samples; sample++) {
    const start = performance.now();
    for (let done = 0; done < batch; done++) call(index++);
    times[sample] = ((performance.now() - start) * 1000) / batch;
  }
  return distribution(times);
}
