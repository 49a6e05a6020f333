import { expect, test } from 'vitest';
import { elfFile } from '../formats/fixtures/elf-fixture.js';
import { readExecutable } from '../formats/index.js';
import { TokenMap } from '../token-map.js';
import { ascii, tinyTokenizer } from './fixtures.js';
import { reportSections } from './section-report.js';

function report(sections: { name: string; data?: Uint8Array; size?: number; type?: number }[]) {
  const bytes = elfFile({ sections });
  const executable = readExecutable(bytes);
  const { model } = tinyTokenizer();
  const map = new TokenMap(model, tinyTokenizer().encodeSync(bytes), executable);
  return reportSections(bytes, executable, map).map(({ section, entropy, packed, tokens, bytesPerToken }) => {
    return [section.name, Math.round(entropy * 100) / 100, packed, tokens, bytesPerToken];
  });
}

test('each section has its entropy, its tokens and their mean length', () => {
  const everyByte = Uint8Array.from({ length: 512 }, (_, k) => (k * 3) & 0xff);
  expect(
    report([
      { name: '.text', data: ascii('abab') },
      { name: '.packed', data: everyByte },
    ]).slice(0, 2),
  ).toEqual([
    ['.text', 1, false, 2, 2],
    ['.packed', 8, true, 512, 1],
  ]);
});

test('a token belongs to the section in which it starts', () => {
  expect(
    report([
      { name: '.one', data: ascii('xa') },
      { name: '.two', data: ascii('bx') },
    ]).slice(0, 2),
  ).toEqual([
    ['.one', 1, false, 2, 1],
    ['.two', 1, false, 1, 2],
  ]);
});

test('memory that starts as zeros has no bytes and no tokens', () => {
  expect(report([{ name: '.bss', type: 8, size: 4096 }])[0]).toEqual(['.bss', 0, false, 0, undefined]);
});
