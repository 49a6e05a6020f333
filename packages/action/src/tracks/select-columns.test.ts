import { describe, expect, it } from 'vitest';
import { createTrack } from './action-track.js';
import { columnIndices, selectColumns } from './select-columns.js';

const names = ['waist', 'elbow', 'wrist', '0', 'gripper'];

describe('columnIndices', () => {
  it('takes half-open ranges', () => {
    expect(columnIndices('1:3,4:5', names)).toEqual([1, 2, 4]);
    expect(columnIndices(':2', names)).toEqual([0, 1]);
    expect(columnIndices('3:', names)).toEqual([3, 4]);
  });

  it('takes names and indices in the order asked for; a name counts first', () => {
    expect(columnIndices('gripper, waist, 2', names)).toEqual([4, 0, 2]);
    expect(columnIndices(['elbow', 4], names)).toEqual([1, 4]);
    expect(columnIndices('0', names)).toEqual([3]);
  });

  it.each(['hip', '5', '2:9', '3:3', '-1', ''])('refuses %j, and lists what there is', (selection) => {
    expect(() => columnIndices(selection, names)).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_NAME',
        details: { column: selection, available: names },
      }),
    );
  });

  it('refuses no column, and one twice', () => {
    expect(() => columnIndices([], names)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(() => columnIndices('0:2,elbow', ['waist', 'elbow'])).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { selection: '0:2,elbow', column: 1 } }),
    );
  });
});

describe('selectColumns', () => {
  it('takes names, units and grippers along', () => {
    const track = createTrack({
      values: Float32Array.of(1, 2, 3, 4, 5, 6),
      names: ['waist', 'elbow', 'gripper'],
      units: ['rad', 'rad', 'm'],
      fps: 50,
      kind: 'delta',
      grippers: [2],
    });
    expect(selectColumns(track, 'gripper,waist')).toEqual({
      values: Float32Array.of(3, 1, 6, 4),
      steps: 2,
      columns: 2,
      names: ['gripper', 'waist'],
      units: ['m', 'rad'],
      fps: 50,
      kind: 'delta',
      grippers: [0],
    });
  });
});
