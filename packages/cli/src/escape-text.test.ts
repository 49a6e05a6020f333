import { expect, test } from 'vitest';
import { escapeText } from './escape-text.js';

test.each([
  ['plain text, ünïcödé 漢字', 'plain text, ünïcödé 漢字'],
  ['\x1b[31mred\x07', '\\x1b[31mred\\x07'],
  ['a\nb\r\tc\0', 'a\\x0ab\\x0d\\x09c\\x00'],
  ['\x9b31m', '\\x9b31m'],
  ['exe\u202egpj.', 'exe\\u{202e}gpj.'],
  ['\u2028\ud800', '\\u{2028}\\u{d800}'],
])('%j is shown as %j', (hostile, shown) => {
  expect(escapeText(hostile)).toBe(shown);
});
