import { describe, expect, it } from 'vitest';
import { BeastTokenizer } from './beast-tokenizer.js';
import { fitBeastBounds } from './fit-beast-bounds.js';
import { fitBeastKnots } from './fit-beast-knots.js';

const sizes = { steps: 40, columns: 2, points: 8, degree: 3, grippers: [1] };

/** A joint that rests, snaps to another place about step 8, and rests; a gripper that closes at the end. */
const snap = (n: number) =>
  Float64Array.from({ length: 80 }, (_, at) => {
    const step = Math.floor(at / 2);
    if (at % 2) return Number(step > 30);
    return 5 + (1 + (n % 7)) * Math.tanh((step - 8 - 0.1 * (n % 5)) / 2);
  });
const snaps = Array.from({ length: 60 }, (_, n) => snap(n));

const fitted = fitBeastKnots(snaps, sizes);

function meanSquare(innerKnots?: readonly number[]): number {
  const of = { ...sizes, innerKnots };
  const tokenizer = new BeastTokenizer({ ...of, bounds: fitBeastBounds(snaps, of).bounds });
  const errors = snaps.map((chunk) => {
    const back = tokenizer.decodeSync(tokenizer.encodeSync(chunk));
    return back.reduce((sum, value, at) => sum + (at % 2 ? 0 : (value - chunk[at]) ** 2), 0) / 40;
  });
  return errors.reduce((sum, error) => sum + error) / errors.length;
}

describe('fitted knots', () => {
  it('stand where the chunks bend', () => {
    const nearBend = fitted.innerKnots.filter((knot) => Math.abs(knot - 8 / 39) < 0.11);
    expect(nearBend.length).toBeGreaterThanOrEqual(3);
    expect(fitted.chunks).toBe(60);
  });

  it('leave less than equally spaced ones, as the tokens show', () => {
    expect(fitted.left).toBeLessThan(0.1 * fitted.leftUniform);
    expect(meanSquare(fitted.innerKnots)).toBeLessThan(0.15 * meanSquare());
  });

  it('say what is left of the joints’ energy', () => {
    // The same by definition: residuals of the fits, over the energy about the means.
    const tokenizer = (innerKnots?: readonly number[]) => {
      const length = { low: new Float64Array(16), high: new Float64Array(16) };
      return new BeastTokenizer({ ...sizes, innerKnots, bounds: length });
    };
    const leftOf = (of: BeastTokenizer) => {
      const weights = new Float64Array(16);
      const back = new Float64Array(80);
      let [residual, energy] = [0, 0];
      for (const chunk of snaps) {
        of.fitInto(chunk, weights);
        of.evaluateInto(weights, back);
        const joint = chunk.filter((_, at) => at % 2 === 0);
        const mean = joint.reduce((sum, value) => sum + value) / 40;
        joint.forEach((value, step) => {
          residual += (value - back[2 * step]) ** 2;
          energy += (value - mean) ** 2;
        });
      }
      return residual / energy;
    };
    expect(fitted.left).toBeCloseTo(leftOf(tokenizer(fitted.innerKnots)), 9);
    expect(fitted.leftUniform).toBeCloseTo(leftOf(tokenizer()), 9);
  });

  it('are equally spaced where nothing is gained', () => {
    const constant = new Float64Array(80).fill(3);
    const { innerKnots, left } = fitBeastKnots([constant], sizes);
    expect(innerKnots).toEqual([0.2, 0.4, 0.6, 0.8]);
    expect(left).toBe(0);
  });

  it('are none where a curve is one piece', () => {
    expect(fitBeastKnots(snaps, { ...sizes, points: 4 }).innerKnots).toEqual([]);
  });

  it('may take as many points as there are steps', () => {
    const ramp = Float64Array.from({ length: 6 }, (_, step) => Math.abs(step - 2));
    const { innerKnots, left } = fitBeastKnots([ramp], { steps: 6, columns: 1, points: 6, degree: 2 });
    expect(innerKnots).toHaveLength(3);
    expect(left).toBeLessThan(1e-8);
  });
});

describe('bad input', () => {
  const refusal = (code: string) => expect.objectContaining({ code });
  it('is refused', () => {
    expect(() => fitBeastKnots([], sizes)).toThrow(refusal('INVALID_ARGUMENT'));
    expect(() => fitBeastKnots([new Float64Array(79)], sizes)).toThrow(/chunk 0/);
    expect(() => fitBeastKnots([snap(0).fill(Number.NaN)], sizes)).toThrow(refusal('INVALID_ARGUMENT'));
    expect(() => fitBeastKnots(snaps, { ...sizes, degree: 0 })).toThrow(refusal('INVALID_ARGUMENT'));
    expect(() => fitBeastKnots([], { ...sizes, steps: 4096, columns: 7 })).toThrow(refusal('LIMIT_EXCEEDED'));
  });
});
