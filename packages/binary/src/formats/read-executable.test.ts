import { describe, expect, it } from 'vitest';
import { text } from './fixtures/pack.js';
import { readExecutable } from './read-executable.js';

describe('readExecutable', () => {
  it('describes plain bytes as raw in lenient mode', () => {
    expect(readExecutable(text('hello, world'))).toEqual({
      format: 'raw',
      architecture: 'unknown',
      bits: undefined,
      byteOrder: undefined,
      kind: 'other',
      header: { name: 'header', offset: 0, size: 0 },
      tables: [],
      sections: [],
      issues: [],
    });
  });

  it('refuses plain bytes in strict mode', () => {
    expect(() => readExecutable(text('hello, world'), { mode: 'strict' })).toThrow(
      expect.objectContaining({
        code: 'INVALID_FORMAT',
        message: expect.stringContaining('no ELF, PE or Mach-O file'),
      }),
    );
  });

  it.each([
    ['a string', 'MZ', /got 'MZ'/],
    ['an array', [1, 2, 3], /got object/],
    ['null', null, /got null/],
  ])('refuses %s', (_, value, message) => {
    expect(() => readExecutable(value as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) }),
    );
  });

  it('refuses an unknown mode', () => {
    expect(() => readExecutable(text(''), { mode: 'relaxed' as never })).toThrow(
      /Mode is 'strict' or 'lenient'; got 'relaxed'/,
    );
  });
});
