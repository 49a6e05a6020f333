import { encodeNpy } from '@polytok/common/io';
import { expect, it } from 'vitest';
import { createTrack } from '../tracks/action-track.js';
import { readNpyTracks, writeNpyTrack } from './npy-tracks.js';

it.each([new Float32Array(12), new Float64Array(12)])('comes back', (values) => {
  values.forEach((_, i) => {
    values[i] = i / 7;
  });
  const track = createTrack({ values, fps: 20, names: ['a', 'b', 'c'], grippers: [2] });
  expect(readNpyTracks(writeNpyTrack(track), { fps: 20, names: ['a', 'b', 'c'], grippers: [2] })).toEqual([
    track,
  ]);
});

it('reads episodes of equal length', () => {
  const data = Float32Array.from({ length: 24 }, (_, i) => i);
  const tracks = readNpyTracks(encodeNpy({ dtype: 'f4', shape: [2, 4, 3], data }), { fps: 5 });
  expect(tracks.map(({ steps, names }) => [steps, ...names])).toEqual([
    [4, 'column_0', 'column_1', 'column_2'],
    [4, 'column_0', 'column_1', 'column_2'],
  ]);
  expect(tracks[1].values[0]).toBe(12);
});

it.each([
  ['INVALID_FORMAT', encodeNpy({ dtype: 'f4', shape: [4], data: new Float32Array(4) }), {}],
  ['INVALID_FORMAT', encodeNpy({ dtype: 'i4', shape: [2, 2], data: new Int32Array(4) }), {}],
  ['INVALID_FORMAT', encodeNpy({ dtype: 'f4', shape: [2, 0], data: new Float32Array(0) }), {}],
  ['INVALID_FORMAT', Uint8Array.of(1, 2, 3), {}],
  ['INVALID_ARGUMENT', encodeNpy({ dtype: 'f4', shape: [1, 2], data: Float32Array.of(1, Number.NaN) }), {}],
  [
    'INVALID_ARGUMENT',
    encodeNpy({ dtype: 'f4', shape: [1, 2], data: new Float32Array(2) }),
    { names: ['a'] },
  ],
])('refuses with %s', (code, bytes, options) => {
  expect(() => readNpyTracks(bytes, { fps: 10, ...options })).toThrow(expect.objectContaining({ code }));
});
