import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestDifference } from '../goldens.fixture.js';
import { fromAbsolute, toAbsolute } from './action-kind.js';

const targets = () => Float64Array.of(11, 21, 1, 13, 24, 0); // two steps of two joints and a gripper
const origin = { state: [10, 20, 0.5], grippers: [2] };

describe('kinds of actions', () => {
  it.each([
    ['absolute', [11, 21, 1, 13, 24, 0]],
    ['relative', [1, 1, 1, 3, 4, 0]],
    ['delta', [1, 1, 1, 2, 3, 0]],
  ] as const)('%s actions keep the gripper, and come back', (kind, expected) => {
    const chunk = targets();
    fromAbsolute(chunk, kind, origin);
    expect([...chunk]).toEqual(expected);
    toAbsolute(chunk, kind, origin);
    expect(chunk).toEqual(targets());
  });

  it('come back up to rounding, whatever they are', () => {
    const numbers = fc.float64Array({ min: -1e3, max: 1e3, noNaN: true, minLength: 3, maxLength: 60 });
    fc.assert(
      fc.property(numbers, fc.constantFrom('relative' as const, 'delta' as const), (values, kind) => {
        const whole = values.subarray(0, values.length - (values.length % 3));
        const chunk = whole.slice();
        fromAbsolute(chunk, kind, origin);
        toAbsolute(chunk, kind, origin);
        return largestDifference(chunk, whole) < 1e-10;
      }),
    );
  });

  it('refuse a state of other columns', () => {
    expect(() => fromAbsolute(targets(), 'relative', { state: [1, 2, 3, 4] })).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        details: { name: 'chunk', actual: 6, expected: 8 },
      }),
    );
  });
});
