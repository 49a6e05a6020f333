import { describe, expect, it } from 'vitest';
import { shuffledBatches, shuffledRows, takeRows } from './shuffled-batches.js';

const list = (options: Parameters<typeof shuffledRows>[0]) =>
  Array.from(shuffledRows(options), (rows) => [...rows]);

describe('shuffledRows', () => {
  it('gives every row once per epoch, each epoch in an order of its own', () => {
    const batches = list({ count: 12, batchSize: 4, epochs: 2 });
    expect(batches.map((rows) => rows.length)).toEqual([4, 4, 4, 4, 4, 4]);
    const [first, second] = [batches.slice(0, 3).flat(), batches.slice(3).flat()];
    const all = Array.from({ length: 12 }, (_, row) => row);
    expect(first.toSorted((a, b) => a - b)).toEqual(all);
    expect(second.toSorted((a, b) => a - b)).toEqual(all);
    expect(first).not.toEqual(all);
    expect(second).not.toEqual(first);
  });

  it('gives the same order for the same seed, on every platform', () => {
    // As an independent Python implementation of sfc32 and the shuffle gives it.
    expect(list({ count: 8, batchSize: 4, epochs: 1, seed: 3 })).toEqual([
      [5, 0, 2, 4],
      [6, 1, 3, 7],
    ]);
    expect(list({ count: 8, batchSize: 4, epochs: 1, seed: 4 })).not.toEqual(
      list({ count: 8, batchSize: 4, epochs: 1, seed: 3 }),
    );
  });

  it.each([false, true])('goes on after any number of batches (keepLast: %s)', (keepLast) => {
    const options = { count: 11, batchSize: 4, epochs: 3, seed: 1, keepLast };
    const whole = list(options);
    expect(whole).toHaveLength(keepLast ? 9 : 6);
    for (let start = 0; start <= whole.length + 1; start++) {
      expect(list({ ...options, start })).toEqual(whole.slice(start));
    }
  });

  it('never ends unless it is told to', () => {
    const rows = shuffledRows({ count: 2, batchSize: 2 });
    for (let batch = 0; batch < 100; batch++) expect(rows.next().done).toBe(false);
  });

  it.each([
    { count: 0, batchSize: 1 },
    { count: 4, batchSize: 5 },
    { count: 4, batchSize: 0 },
    { count: 4, batchSize: 1, seed: 0.5 },
    { count: 4, batchSize: 1, start: -1 },
    { count: 4, batchSize: 1, epochs: 1.5 },
  ])('refuses %j', (options) => {
    expect(() => shuffledRows(options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

describe('shuffledBatches', () => {
  it('takes the same rows of every tensor', () => {
    const x = {
      type: 'float32',
      shape: [4, 2],
      data: Float32Array.of(0, 1, 10, 11, 20, 21, 30, 31),
    } as const;
    const label = { type: 'int64', shape: [4], data: BigInt64Array.of(0n, 1n, 2n, 3n) } as const;
    const order = { batchSize: 2, seed: 5, epochs: 1 };
    const rows = list({ ...order, count: 4 });
    for (const [at, batch] of [...shuffledBatches({ data: { x, label }, ...order })].entries()) {
      expect(batch).toEqual({
        x: {
          type: 'float32',
          shape: [2, 2],
          data: Float32Array.from(rows[at].flatMap((row) => [10 * row, 10 * row + 1])),
        },
        label: { type: 'int64', shape: [2], data: BigInt64Array.from(rows[at], BigInt) },
      });
    }
  });

  it('refuses tensors that differ in their rows, and none', () => {
    const row = (count: number) =>
      ({ type: 'float32', shape: [count], data: new Float32Array(count) }) as const;
    const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    expect(() => shuffledBatches({ data: { a: row(3), b: row(4) }, batchSize: 1 })).toThrow(refused);
    expect(() => shuffledBatches({ data: {}, batchSize: 1 })).toThrow(refused);
  });
});

it('takeRows takes rows in any order, and again', () => {
  const tensor = { type: 'uint8', shape: [3, 1, 2], data: Uint8Array.of(1, 2, 3, 4, 5, 6) } as const;
  expect(takeRows(tensor, [2, 0, 2])).toEqual({
    type: 'uint8',
    shape: [3, 1, 2],
    data: Uint8Array.of(5, 6, 1, 2, 5, 6),
  });
});
