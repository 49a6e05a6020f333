import { describe, expect, it } from 'vitest';
import { elfFile } from './formats/fixtures/elf-fixture.js';
import { readExecutable, type Section } from './formats/index.js';
import { prebuild } from './prebuilds.fixture.js';
import { tokenBorders } from './token-borders.js';

const ARM64 = 183;
const X64 = 62;
/** Allocated and executable, as `.text` is. */
const CODE = 6;

/** Header, 11 bytes of code at 64, `.shstrtab`, section headers. */
function fileWithCode(machine: number, address: number): Uint8Array {
  return elfFile({
    machine,
    sections: [{ name: '.text', type: 1, flags: CODE, address, data: new Uint8Array(11) }],
  });
}

const inCode = (borders: Float64Array) => Array.from(borders).filter((p) => p >= 64 && p < 75);

describe('tokenBorders', () => {
  it('has none for whole files', () => {
    expect(tokenBorders(prebuild('linux-x64'), 'file')).toEqual(new Float64Array(0));
  });

  it('starts every region', () => {
    const bytes = fileWithCode(X64, 0x1000);
    const borders = Array.from(tokenBorders(bytes, 'sections'));
    expect(borders.slice(0, 3)).toEqual([0, 64, 75]);
    expect(borders.every((p, k) => k === 0 || p > borders[k - 1])).toBe(true);
  });

  it.each([
    { address: 0x1000, expected: [64, 68, 72] },
    { address: 0x1001, expected: [64, 67, 71] },
    { address: 0x1003, expected: [64, 65, 69, 73] },
  ])('follows the instruction grid in memory: code at $address', ({ address, expected }) => {
    expect(inCode(tokenBorders(fileWithCode(ARM64, address), 'instructions'))).toEqual(expected);
  });

  it('counts the grid from the part of a section that is left to it', () => {
    const text: Section = {
      name: '.text',
      offset: 62,
      size: 13,
      address: 0x1000n,
      memorySize: 13n,
      permissions: { read: true, write: false, execute: true },
      isCode: true,
    };
    // The header keeps the first 64 bytes, so that the code's region begins inside its section.
    const executable = { ...readExecutable(fileWithCode(ARM64, 0x1000)), tables: [], sections: [text] };
    const borders = tokenBorders(new Uint8Array(75), 'instructions', executable);
    expect(Array.from(borders)).toEqual([0, 64, 66, 70, 74]);
  });

  it('has section borders alone where instructions start anywhere', () => {
    const bytes = prebuild('linux-x64');
    expect(tokenBorders(bytes, 'instructions')).toEqual(tokenBorders(bytes, 'sections'));
  });

  it.each([
    { name: 'no bytes', bytes: new Uint8Array(0), expected: [] },
    { name: 'unknown bytes', bytes: Uint8Array.of(1, 2, 3), expected: [0] },
  ])('has none inside $name', ({ bytes, expected }) => {
    expect(Array.from(tokenBorders(bytes, 'sections'))).toEqual(expected);
  });
});
