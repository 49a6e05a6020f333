import { expect, test } from 'vitest';
import { parityOf } from './parity.js';

const group = (files: number, bytes: number, tokens: number) => ({
  files,
  bytes,
  tokens,
  bytesPerToken: bytes / tokens,
});

test('without parallel files, groups are compared by tokens per byte', () => {
  expect(
    parityOf({ 'ELF x64': group(2, 400, 100), 'PE x86': group(1, 100, 75), empty: group(1, 0, 0) }, {}),
  ).toEqual({
    basis: 'tokens per byte',
    values: { 'ELF x64': 0.25, 'PE x86': 0.75 },
    gini: expect.closeTo(0.25, 12),
    maxOverMin: 3,
    reference: 'ELF x64',
    premium: { 'ELF x64': 1, 'PE x86': 3 },
  });
});

test('parallel files are compared by tokens, however often a group has the content', () => {
  const groups = { a: group(9, 9, 9), b: group(9, 9, 9) };
  expect(parityOf(groups, { a: group(1, 1000, 300), b: group(2, 1000, 300) })).toMatchObject({
    basis: 'tokens',
    values: { a: 300, b: 150 },
    reference: 'b',
    maxOverMin: 2,
  });
});

test('one group is no comparison', () => {
  expect(parityOf({ a: group(1, 1, 1) }, {})).toBeUndefined();
  expect(parityOf({ a: group(1, 1, 1), b: group(1, 1, 1) }, { a: group(1, 1, 1) })).toBeUndefined();
});
