import { expect, it } from 'vitest';
import { IdBuffer } from './id-buffer.js';

const idOf = Uint32Array.of(70_000, 5, 6);

it('collects ids of ranks beyond its capacity, in the narrowest type', () => {
  const narrow = new IdBuffer(7, 0);
  for (let k = 0; k < 10; k++) narrow.append(Uint32Array.of(1, 2), idOf);
  expect(narrow.length).toBe(20);
  expect(narrow.take()).toEqual(Uint16Array.from(Array(10).fill([5, 6]).flat()));
  const wide = new IdBuffer(70_001, 1);
  wide.append(Uint32Array.of(0), idOf);
  expect(wide.take()).toEqual(Uint32Array.of(70_000));
});

it('is empty after its ids are taken, which are a copy', () => {
  const buffer = new IdBuffer(7, 4);
  buffer.append(Uint32Array.of(1, 1), idOf);
  const first = buffer.take();
  expect(buffer.take()).toEqual(new Uint16Array(0));
  buffer.append(Uint32Array.of(2), idOf);
  expect(first).toEqual(Uint16Array.of(5, 5));
  expect(buffer.take()).toEqual(Uint16Array.of(6));
});
