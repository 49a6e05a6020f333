import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  constantRate,
  cosineRate,
  oneCycleRate,
  type Schedule,
  warmupDecayRate,
  warmupRate,
} from './schedules.js';

type Options = Readonly<Record<string, never>>;
const schedules: Readonly<Record<string, (options: never) => Schedule>> = {
  warmupRate,
  cosineRate,
  warmupDecayRate,
  oneCycleRate,
};
const golden: readonly { schedule: string; options: Options; rates: readonly number[] }[] = JSON.parse(
  readFileSync(new URL('../../../goldens/schedules.json', import.meta.url), 'utf8'),
);

describe('rates are those of PyTorch', () => {
  it.each(golden)('$schedule $options', ({ schedule, options, rates }) => {
    const rate = schedules[schedule](options as never);
    for (const [at, expected] of rates.entries()) expect(rate(at + 1)).toBeCloseTo(expected, 12);
  });
});

it('a plan holds its last rate', () => {
  expect(cosineRate({ rate: 1, steps: 4, endRate: 0.5 })(100)).toBe(0.5);
  expect(oneCycleRate({ rate: 1, steps: 10 })(100)).toBeCloseTo(1 / 25 / 1e4, 12);
  expect(warmupDecayRate({ rate: 1, warmup: 2, steps: 5, endRate: 0.1 })(6)).toBe(0.1);
  expect(warmupRate({ rate: 1, warmup: 3 })(100)).toBe(1);
  expect(constantRate(0.3)(100)).toBe(0.3);
});

it('a rise of one step is at the top at once', () => {
  expect(warmupRate({ rate: 2, warmup: 1 })(1)).toBe(2);
  expect(oneCycleRate({ rate: 2, steps: 5, warmup: 1 })(1)).toBe(2);
});

describe('options out of range', () => {
  it.each<[string, () => Schedule]>([
    ['a rate of 0', () => constantRate(0)],
    ['a rate that is no number', () => cosineRate({ rate: Number.NaN, steps: 3 })],
    ['a warm-up of no steps', () => warmupRate({ rate: 1, warmup: 0 })],
    ['a negative first rate', () => warmupRate({ rate: 1, warmup: 3, startRate: -1 })],
    ['a decay of no steps', () => cosineRate({ rate: 1, steps: 0 })],
    ['a negative last rate', () => cosineRate({ rate: 1, steps: 3, endRate: -0.1 })],
    ['no steps left to decay', () => warmupDecayRate({ rate: 1, warmup: 3, steps: 3 })],
    ['an unknown shape', () => warmupDecayRate({ rate: 1, warmup: 3, steps: 9, shape: 'square' as never })],
    ['a rise that leaves nothing', () => oneCycleRate({ rate: 1, steps: 10, warmup: 10 })],
    ['two rises that leave nothing', () => oneCycleRate({ rate: 1, steps: 10, warmup: 5, phases: 3 })],
    ['four phases', () => oneCycleRate({ rate: 1, steps: 10, phases: 4 as never })],
    ['a divisor of 0', () => oneCycleRate({ rate: 1, steps: 10, endDivisor: 0 })],
  ])('are refused: %s', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
