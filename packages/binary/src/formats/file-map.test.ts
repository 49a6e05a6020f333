import { describe, expect, it } from 'vitest';
import { FileMap } from './file-map.js';
import { elfFile } from './fixtures/elf-fixture.js';
import { text, zeros } from './fixtures/pack.js';
import { readExecutable } from './read-executable.js';

/** Header 0-63, .text 64-87, .note 88-91 (not loaded), .shstrtab and section headers to the end. */
const bytes = elfFile({
  sections: [
    { name: '.text', flags: 6, address: 0xffffffff81000000, data: zeros(24) },
    { name: '.note', data: text('note') },
  ],
});
const map = new FileMap(readExecutable(bytes), bytes.length);

describe('FileMap', () => {
  it.each([
    [0, 'header'],
    [63, 'header'],
    [64, '.text'],
    [87, '.text'],
    [88, '.note'],
    [bytes.length - 1, 'section headers'],
  ])('finds the region of byte %d', (offset, name) => {
    expect(map.regionAt(offset)?.name).toBe(name);
  });

  it('finds sections, and none in headers and tables', () => {
    expect(map.sectionAt(70)?.name).toBe('.text');
    expect(map.sectionAt(0)).toBeUndefined();
    expect(map.sectionAt(bytes.length - 1)).toBeUndefined();
  });

  it('maps file offsets to virtual addresses of loaded sections', () => {
    expect(map.addressOf(64)).toBe(0xffffffff81000000n);
    expect(map.addressOf(87)).toBe(0xffffffff81000017n);
    expect(map.addressOf(88)).toBeUndefined();
    expect(map.addressOf(0)).toBeUndefined();
  });

  it.each([-1, bytes.length, 64.5, Number.NaN])('has no answer at %s', (offset) => {
    expect(map.regionAt(offset)).toBeUndefined();
    expect(map.addressOf(offset)).toBeUndefined();
  });
});
