import { describe, expect, it } from 'vitest';
import { toByteSource } from './byte-source.js';

describe.each([
  ['memory', Uint8Array.of(10, 11, 12, 13)],
  ['a blob', new Blob([Uint8Array.of(10, 11, 12, 13)])],
])('a byte source over %s', (_, data) => {
  const source = toByteSource(data);

  it('knows its length and reads any part', async () => {
    expect(source.byteLength).toBe(4);
    expect([...(await source.slice(0, 4))]).toEqual([10, 11, 12, 13]);
    expect([...(await source.slice(1, 3))]).toEqual([11, 12]);
    expect([...(await source.slice(4, 4))]).toEqual([]);
  });

  it.each([
    [-1, 2],
    [3, 2],
    [0, 5],
    [0.5, 2],
    [0, Number.NaN],
  ])('refuses the range [%s, %s)', async (start, end) => {
    await expect(source.slice(start, end)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

it('reports a blob that turned unreadable', async () => {
  const blob = new Blob([Uint8Array.of(1)]);
  Object.assign(blob, { slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }) });
  await expect(toByteSource(blob).slice(0, 1)).rejects.toMatchObject({ code: 'IO' });
});
