import { expect, test } from 'vitest';
import { elfFile } from '../formats/fixtures/elf-fixture.js';
import { readExecutable } from '../formats/index.js';
import { fileGroup } from './file-group.js';

test('executables are grouped by format and architecture, other bytes together', () => {
  expect(fileGroup(readExecutable(elfFile({ machine: 183 })))).toBe('ELF arm64');
  expect(fileGroup(readExecutable(elfFile({ machine: 0xbeef })))).toBe('ELF unknown(0xbeef)');
  expect(fileGroup(readExecutable(new Uint8Array(3)))).toBe('raw');
});
