import { expect, test } from 'vitest';
import { choice, flag, integer, parseOptions, text, texts } from './options.js';

const specs = {
  out: text({ hint: 'PATH', short: 'o', description: '' }),
  maxTokenBytes: integer({ hint: 'N', minimum: 2, description: '' }),
  format: choice({ hint: 'FORMAT', of: ['u16', 'u32'], description: '' }),
  dev: texts({ hint: 'PATTERN', description: '' }),
  quiet: flag('', { short: 'q' }),
};

test('values are typed, and inputs stand anywhere between the options', () => {
  expect(
    parseOptions(
      ['a', '-o', 'x', '--max-token-bytes=0x10', '-', '-q', '--dev', 'p', '--dev', 'q', '--', '-b'],
      specs,
    ),
  ).toEqual({
    inputs: ['a', '-', '-b'],
    options: { out: 'x', maxTokenBytes: 16, format: undefined, dev: ['p', 'q'], quiet: true },
  });
});

test('options that are absent are undefined, empty or false', () => {
  expect(parseOptions([], specs)).toEqual({
    inputs: [],
    options: { out: undefined, maxTokenBytes: undefined, format: undefined, dev: [], quiet: false },
  });
});

test.each([
  [['--frobnicate'], "Unknown option '--frobnicate'."],
  [['-z'], "Unknown option '-z'."],
  [['--out'], "Option '-o, --out <value>' argument missing."],
  [['--quiet=yes'], "Option '-q, --quiet' does not take an argument."],
  [['--out', 'a', '--out', 'b'], '--out stands 2 times; give it once.'],
  [['--format', 'u8'], "--format is one of u16, u32; got 'u8'."],
  [['--max-token-bytes', '1'], "--max-token-bytes is a whole number from 2 on; got '1'."],
  [['--max-token-bytes', '1e3'], "--max-token-bytes is a whole number from 2 on; got '1e3'."],
  [['--max-token-bytes='], "--max-token-bytes is a whole number from 2 on; got ''."],
])('%j is refused', (argv, message) => {
  expect(() => parseOptions(argv, specs)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', message }),
  );
});
