import { isPolytokError } from '@polytok/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTrack } from '../../tracks/action-track.js';
import { readCsv, writeCsv } from './csv-tracks.js';

describe('readCsv', () => {
  it('takes the rate from the times, and leaves times and counts out', () => {
    const text =
      '\ufefftimestamp,episode_index,"shoulder, left",gripper\n0.00,3,1,0\n0.02,3,1.5,0\n0.04,3,-2e-3,1\n';
    const [{ index, track }] = readCsv(text, { grippers: ['gripper'] });
    expect([index, track.fps, track.names, track.grippers]).toEqual([
      3,
      50,
      ['shoulder, left', 'gripper'],
      [1],
    ]);
    expect([...track.values]).toEqual([1, 0, 1.5, 0, -0.002, 1]);
  });

  it('reads episodes, columns in the order that is asked for, and other delimiters', () => {
    const text = 'episode_index;a;b\r\n0;1;2\r\n0;3;4\r\n1;5;6\r\n';
    const episodes = readCsv(text, { columns: ['b', 'a'], fps: 10 });
    expect(episodes.map(({ index, track }) => [index, ...track.values])).toEqual([
      [0, 2, 1, 4, 3],
      [1, 6, 5],
    ]);
  });

  it.each([
    ['INVALID_FORMAT', '', {}],
    ['INVALID_FORMAT', 'a,b\n1,\n', { fps: 10 }],
    ['INVALID_FORMAT', 'a,b\n1,NaN\n', { fps: 10 }],
    ['INVALID_FORMAT', 'a,b\n1,2\n3\n', { fps: 10 }],
    ['INVALID_FORMAT', 'a,a\n1,2\n', { fps: 10 }],
    ['INVALID_FORMAT', 'a,b\n1,"2\n', { fps: 10 }],
    ['INVALID_FORMAT', 'time,a\n0,1\n0.1,2\n0.5,3\n', {}],
    ['INVALID_FORMAT', 'time,a\n0,1\n0.1,2\n', { fps: 50 }],
    ['INVALID_ARGUMENT', 'a,b\n1,2\n', {}],
    ['UNKNOWN_NAME', 'a,b\n1,2\n', { columns: ['c'], fps: 10 }],
    ['UNKNOWN_NAME', 'a,b\n1,2\n', { columns: ['a'], grippers: ['b'], fps: 10 }],
  ])('refuses with %s: %j %j', (code, text, options) => {
    expect(() => readCsv(text, options)).toThrow(expect.objectContaining({ code }));
  });

  it('names the row of uneven times', () => {
    expect(() => readCsv('time,a\n0,1\n0.1,2\n0.2,2\n0.9,3\n')).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ row: 5 }) }),
    );
  });

  it('gives tracks or a typed error for any text', () => {
    const text = fc.array(fc.constantFrom('a', ',', '\n', '1', '"', '.', '-', 'time', '\0', ';', 'e'), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(text, (parts) => {
        try {
          readCsv(parts.join(''), { fps: 10 });
        } catch (error) {
          expect(isPolytokError(error)).toBe(true);
        }
      }),
    );
  });
});

it('comes back, to the last digit', () => {
  const values = Float64Array.from({ length: 60 }, (_, i) => Math.sin(i) * 10 ** ((i % 7) - 3));
  const track = createTrack({ values, fps: 30, names: ['x', 'y "z"', 'w'] });
  const back = readCsv(
    writeCsv([
      { index: 0, track },
      { index: 7, track },
    ]),
  );
  expect(back.map(({ index }) => index)).toEqual([0, 7]);
  expect(back[1].track).toEqual(track);
});

it('refuses to write episodes of other columns to one file', () => {
  const track = (name: string) => createTrack({ values: Float64Array.of(1), fps: 1, names: [name] });
  expect(() =>
    writeCsv([
      { index: 0, track: track('a') },
      { index: 1, track: track('b') },
    ]),
  ).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});
