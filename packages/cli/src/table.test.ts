import { expect, test } from 'vitest';
import { formatTable } from './table.js';

test('columns are as wide as their widest cell, and lines end without spaces', () => {
  const columns = [{ title: 'name' }, { title: 'size', align: 'right' as const }, { title: 'note' }];
  const rows = [
    ['a', '5', ''],
    ['longer', '12,345', 'packed'],
  ];
  expect(formatTable(columns, rows)).toBe(
    ['name      size  note', 'a            5', 'longer  12,345  packed', ''].join('\n'),
  );
});
