import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { mapConcurrent } from './map-concurrent.js';

it('keeps the order of the items, whichever is done first', async () => {
  const doubled = await mapConcurrent([30, 1, 10], 3, (ms) => wait(ms, ms * 2));
  expect(doubled).toEqual([60, 2, 20]);
});

it('has as many calls under way as allowed, not more', async () => {
  let underWay = 0;
  let most = 0;
  await mapConcurrent(Array(10).fill(0), 3, async () => {
    most = Math.max(most, ++underWay);
    await wait(1);
    underWay--;
  });
  expect(most).toBe(3);
});

it('after a failure starts nothing, waits for the rest, and throws the first', async () => {
  const finished: number[] = [];
  const run = mapConcurrent([0, 1, 2, 3], 2, async (item) => {
    await wait(item === 1 ? 1 : 20);
    if (item === 1) throw new Error('first');
    finished.push(item);
    throw new Error('later');
  });
  await expect(run).rejects.toThrow('first');
  expect(finished).toEqual([0]);
});

it('maps nothing to nothing', async () => {
  expect(await mapConcurrent([], 4, async () => 1)).toEqual([]);
});
