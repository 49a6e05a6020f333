import { expect, it } from 'vitest';
import { repairIds } from './repair-ids.js';

it('keeps ids as they are when there are as many as needed', () => {
  expect(repairIds([3, 0, 7], { length: 3, size: 8 })).toEqual({ ids: Int32Array.of(3, 0, 7), issues: [] });
});

it('marks what is no id, and what is missing, as unknown', () => {
  const { ids, issues } = repairIds([3, 8, Number.NaN, 1.5], { length: 6, size: 8 });
  expect([...ids]).toEqual([3, -1, -1, -1, -1, -1]);
  expect(issues).toMatchObject([
    { kind: 'id-out-of-range', at: 1, count: 3 },
    { kind: 'too-few-tokens', at: 4, count: 2 },
  ]);
});

it('drops what is beyond', () => {
  const { ids, issues } = repairIds([1, 2, 3], { length: 2, size: 8 });
  expect([...ids]).toEqual([1, 2]);
  expect(issues).toMatchObject([{ kind: 'too-many-tokens', at: 2, count: 1 }]);
});
