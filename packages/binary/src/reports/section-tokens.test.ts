import { describe, expect, test } from 'vitest';
import { elfFile } from '../formats/fixtures/elf-fixture.js';
import { ascii, tinyTokenizer } from './fixtures.js';
import { encodeSections, sectionSource } from './section-tokens.js';

const ALLOC = 2;
const EXECUTE = 4;

/** Sections begin at byte 64. */
const file = elfFile({
  machine: 183,
  sections: [
    { name: '.text', flags: ALLOC | EXECUTE, address: 0x1000, data: ascii('xabababx') },
    { name: '.data', flags: ALLOC, address: 0x2000, data: ascii('ab') },
    { name: '.comment', data: ascii('b') },
    { name: '.bss', flags: ALLOC, type: 8, size: 16 },
  ],
});

function encode(choices: string[], borders: 'file' | 'instructions' = 'file') {
  return encodeSections(tinyTokenizer({ borders }), file, choices).map(({ section, tokens }) => [
    section.name,
    tokens.alignment,
    [...tokens.ids],
  ]);
}

describe('encodeSections', () => {
  test('takes names, code and data, in the order of the file', () => {
    expect(encode(['data', 'code'])).toEqual([
      ['.text', { kind: 'widths', start: 64 }, [122, 259, 259, 259, 122]],
      ['.data', { kind: 'widths', start: 72 }, [259]],
    ]);
    expect(encode(['.comment']).map(([name]) => name)).toEqual(['.comment']);
  });

  test('keeps the borders of the tokenizer inside the section', () => {
    expect(encode(['code'], 'instructions')[0][2]).toEqual([122, 259, 99, 100, 259, 122]);
  });

  test('tells the sections there are when none is meant', () => {
    expect(() => encode(['.rodata'])).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_NAME',
        message:
          "This ELF file has no section that '.rodata' means; it has: .text, .data, .comment, .shstrtab.",
      }),
    );
  });
});

test('sectionSource cannot be led astray by the name of a section', () => {
  const [{ section }] = encodeSections(tinyTokenizer(), file, ['.text']);
  expect(sectionSource('bin/tool', section)).toBe('bin/tool#section=.text&offset=64&address=0x1000');
  expect(sectionSource('tool', { ...section, name: '../../&x=#/\n' })).toBe(
    'tool#section=..%2F..%2F%26x%3D%23%2F%0A&offset=64&address=0x1000',
  );
});
