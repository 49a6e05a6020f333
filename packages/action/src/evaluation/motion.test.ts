import { describe, expect, it } from 'vitest';
import { flat, goldens } from '../goldens.fixture.js';
import { jerkRms, logDimensionlessJerk } from './jerk.js';
import { limitShares } from './limit-share.js';
import { seamGaps } from './seams.js';
import { SmoothnessSums } from './smoothness.js';
import { spectralArcLength } from './spectral-arc-length.js';

const { metrics } = goldens;
const motion = { columns: 2, fps: metrics.fps };
const input = flat(metrics.input);
/** Rows of one column. */
const column = (...rows: number[]) => Float64Array.from(rows);

describe('jerk', () => {
  it('gives the golden root mean square over all columns', () => {
    const [a, b] = jerkRms(input, motion);
    expect(Math.sqrt((a * a + b * b) / 2) / metrics.jerk_rms).toBeCloseTo(1, 9);
  });

  it('is that of a cube: 6, at any rate', () => {
    for (const fps of [1, 50]) {
      const cube = Float64Array.from({ length: 8 }, (_, t) => (t / fps) ** 3);
      expect(jerkRms(cube, { columns: 1, fps })[0]).toBeCloseTo(6, 6);
    }
  });

  it('gives the golden log dimensionless jerk', () => {
    logDimensionlessJerk(input, motion).forEach((value, at) => {
      expect(value / metrics.ldlj_per_column[at]).toBeCloseTo(1, 9);
    });
  });

  it('is dimensionless where it is called so: neither rate nor amplitude matter', () => {
    const faster = logDimensionlessJerk(input, { columns: 2, fps: 400 });
    const larger = logDimensionlessJerk(
      input.map((value) => 64 * value),
      motion,
    );
    for (const values of [faster, larger]) {
      values.forEach((value, at) => {
        expect(value).toBeCloseTo(metrics.ldlj_per_column[at], 8);
      });
    }
  });

  it('is not known of three steps, nor of what does not move', () => {
    expect([...jerkRms(column(1, 2, 4), { columns: 1, fps: 1 })]).toEqual([Number.NaN]);
    expect([...logDimensionlessJerk(column(2, 2, 2, 2, 2), { columns: 1, fps: 1 })]).toEqual([Number.NaN]);
  });

  it('refuses options that are none', () => {
    expect(() => jerkRms(input, { columns: 0, fps: 1 })).toThrow("'columns'");
    expect(() => logDimensionlessJerk(input, { columns: 2, fps: 0 })).toThrow("'fps'");
  });
});

describe('spectral arc length', () => {
  // Computed with NumPy's FFT from the definition in the file's docstring.
  it('gives golden values', () => {
    const [a, b] = spectralArcLength(input, motion);
    expect(a).toBeCloseTo(-2.137505639290314, 8);
    expect(b).toBeCloseTo(-2.896485599356107, 8);
  });

  it('is shorter for one reach of least jerk than for two with a stop', () => {
    const reach = (t: number) => 10 * t ** 3 - 15 * t ** 4 + 6 * t ** 5;
    const one = Float64Array.from({ length: 101 }, (_, t) => reach(t / 100));
    const two = Float64Array.from({ length: 201 }, (_, t) =>
      t <= 100 ? reach(t / 100) : 1 + reach((t - 100) / 100),
    );
    expect(spectralArcLength(one, { columns: 1, fps: 100 })[0]).toBeCloseTo(-1.4058458516050003, 7);
    expect(spectralArcLength(two, { columns: 1, fps: 100 })[0]).toBeCloseTo(-2.2444559866092906, 7);
  });

  it('does not depend on the amplitude', () => {
    const larger = input.map((value) => -8 * value);
    expect([...spectralArcLength(larger, motion)]).toEqual([...spectralArcLength(input, motion)]);
  });

  it('is not known of one step, nor of what does not move', () => {
    expect([...spectralArcLength(column(1), { columns: 1, fps: 9 })]).toEqual([Number.NaN]);
    expect([...spectralArcLength(column(1, 1, 1), { columns: 1, fps: 9 })]).toEqual([Number.NaN]);
  });
});

describe('smoothness of several episodes', () => {
  it('is the mean of those that have it, or null', () => {
    const sums = new SmoothnessSums({ columns: 2, fps: 1 });
    sums.add(Float64Array.of(0, 5, 1, 5, 8, 5, 27, 5));
    sums.add(Float64Array.of(0, 5, 2, 5, 16, 5, 54, 5));
    sums.add(Float64Array.of(3, 4));
    const { jerkRms: jerk, ldlj, sparc } = sums.summary();
    expect(jerk).toEqual([9, 0]);
    expect(ldlj[0]).toBeLessThan(0);
    expect(ldlj[1]).toBeNull();
    expect(sparc[1]).toBeNull();
  });
});

describe('seams', () => {
  const options = { columns: 1, steps: 4, fps: 10 };

  it('are compared with the steps within chunks', () => {
    const { seams, position } = seamGaps(column(0, 1, 2, 3, 8, 9, 10, 11, 12), options);
    expect(seams).toBe(2);
    expect(position).toEqual([{ seam: Math.sqrt((25 + 1) / 2), inside: 1, largest: 5 }]);
  });

  it('tell a jump from a change of velocity', () => {
    const jump = seamGaps(column(0, 1, 2, 3, 8, 9, 10, 11), options);
    expect(jump.velocity).toEqual([{ seam: 0, inside: 0, largest: 0 }]);
    const turn = seamGaps(column(0, 1, 2, 3, 3, 2, 1, 0), options);
    expect(turn.position[0].seam).toBe(0);
    expect(turn.velocity).toEqual([{ seam: 20, inside: 0, largest: 20 }]);
  });

  it('are looked at column by column', () => {
    const { position } = seamGaps(Float64Array.of(0, 5, 0, 5, 3, 5), { columns: 2, steps: 2, fps: 1 });
    expect(position.map(({ seam, inside }) => [seam, inside])).toEqual([
      [3, 0],
      [0, 0],
    ]);
  });

  it('are not known of a single chunk', () => {
    const { seams, position, velocity } = seamGaps(column(0, 1), options);
    expect(seams).toBe(0);
    expect(position).toEqual([{ seam: null, inside: 1, largest: null }]);
    expect(velocity).toEqual([{ seam: null, inside: null, largest: null }]);
  });
});

describe('limits', () => {
  const options = { columns: 2, fps: 10 };
  const values = Float64Array.of(0, 0, 1, 0, 3, 0, 3, 9);

  it('are passed by a share of the numbers', () => {
    const limits = { position: { low: [0, 0], high: [2, 8] }, velocity: [15, 100], acceleration: [100, 1e9] };
    // Speeds of the first column are 10, 20 and 0; accelerations 100 and −200.
    expect(limitShares(values, limits, options)).toEqual({
      position: 3 / 8,
      velocity: 1 / 6,
      acceleration: 1 / 4,
    });
  });

  it('are null where none is given, or nothing can pass them', () => {
    expect(limitShares(values, { velocity: [1, 1] }, options)).toMatchObject({
      position: null,
      acceleration: null,
    });
    expect(limitShares(values.subarray(0, 2), { velocity: [1, 1] }, options).velocity).toBeNull();
  });

  it('need a number for each column', () => {
    expect(() => limitShares(values, { velocity: [1] }, options)).toThrow('limits for 1 columns');
  });
});
