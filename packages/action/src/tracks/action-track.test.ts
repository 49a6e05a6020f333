import { describe, expect, it } from 'vitest';
import { createTrack } from './action-track.js';

const values = Float64Array.of(1, 2, 3, 4, 5, 6);

describe('createTrack', () => {
  it('counts steps, and names columns where nobody did', () => {
    expect(createTrack({ values, columns: 3, fps: 50, grippers: [2] })).toEqual({
      values,
      steps: 2,
      columns: 3,
      names: ['column_0', 'column_1', 'column_2'],
      units: undefined,
      fps: 50,
      kind: 'absolute',
      grippers: [2],
    });
  });

  it('takes an empty episode', () => {
    expect(createTrack({ values: new Float32Array(0), names: ['a'], fps: 10 })).toMatchObject({ steps: 0 });
  });

  it.each([
    ['values that are no whole steps', { columns: 4 }, { values: 6, columns: 4 }],
    ['no columns', {}, { name: 'columns' }],
    ['a frame rate of 0', { columns: 3, fps: 0 }, { name: 'fps' }],
    ['too few names', { columns: 3, names: ['a'] }, { name: 'names', actual: 1, expected: 3 }],
    ['a name twice', { names: ['a', 'b', 'a'] }, { name: 'names', value: 'a' }],
    ['too many units', { columns: 1, units: ['rad', 'm'] }, { name: 'units' }],
    ['a gripper that is no column', { columns: 3, grippers: [3] }, { name: 'grippers', value: 3 }],
    ['a gripper twice', { columns: 3, grippers: [1, 1] }, { name: 'grippers', value: 1 }],
    ['an unknown kind', { columns: 3, kind: 'velocity' as 'delta' }, { name: 'kind' }],
    [
      'NaN',
      { columns: 3, values: Float64Array.of(0, 0, 0, 0, Number.NaN, 0) },
      { step: 1, column: 1, value: Number.NaN },
    ],
  ])('refuses %s', (_, options, details) => {
    expect(() => createTrack({ values, fps: 50, ...options })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: expect.objectContaining(details) }),
    );
  });
});
