import { describe, expect, it } from 'vitest';
import { activeStages, type QuantizeDropoutOptions } from './quantize-dropout.js';

/** How often each number of stages is drawn in 3000 steps. */
function tally(options: QuantizeDropoutOptions): Map<number, number> {
  const times = new Map<number, number>();
  for (let step = 0; step < 3000; step++) {
    const count = activeStages(options, step);
    times.set(count, (times.get(count) ?? 0) + 1);
  }
  return times;
}

describe('activeStages', () => {
  it('draws every number of stages about equally often', () => {
    const times = tally({ stages: 6 });
    expect([...times.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6]);
    // Mean 500, standard deviation 20.4.
    for (const count of times.values()) expect(Math.abs(count - 500)).toBeLessThan(82);
  });

  it('keeps the stages up to the cutoff', () => {
    expect([...tally({ stages: 6, cutoff: 3 }).keys()].sort()).toEqual([4, 5, 6]);
    expect([...tally({ stages: 6, cutoff: 5 }).keys()]).toEqual([6]);
  });

  it('rounds up to a multiple, and no further than all', () => {
    const times = tally({ stages: 10, multipleOf: 4 });
    // 1 to 4, 5 to 8, 9 and 10.
    expect([...times.keys()].sort((a, b) => a - b)).toEqual([4, 8, 10]);
    expect(Math.abs(times.get(4)! - 1200)).toBeLessThan(110);
  });

  it('draws the same for the same seed and step', () => {
    const draws = (seed: number) =>
      Array.from({ length: 20 }, (_, step) => activeStages({ stages: 8, seed }, step));
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
  });

  it.each([{ stages: 0 }, { cutoff: 4 }, { cutoff: -1 }, { multipleOf: 0 }, { seed: 0.5 }])(
    'refuses %j',
    (bad) => {
      expect(() => activeStages({ stages: 4, ...bad }, 0)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    },
  );
});
