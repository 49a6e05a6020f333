import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { isPolytokError } from '@polytok/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileRange } from './contract.js';
import { FileMap } from './file-map.js';
import { elfFile } from './fixtures/elf-fixture.js';
import { fatFile, machFile } from './fixtures/mach-fixture.js';
import { zeros } from './fixtures/pack.js';
import { coffObject, peImage } from './fixtures/pe-fixture.js';
import { readExecutable } from './read-executable.js';

const prebuilds = path.join(
  path.dirname(createRequire(import.meta.url).resolve('bufferutil/package.json')),
  'prebuilds',
);
const real = (target: string) =>
  new Uint8Array(readFileSync(path.join(prebuilds, target, 'bufferutil.node')));

const sections = [
  { name: '.text', flags: 6, data: zeros(64) },
  { name: '.bss', type: 8, flags: 3, size: 4096 },
];
const segments = [{ type: 1, flags: 5, offset: 0, address: 0x10000, size: 100, memorySize: 100 }];
/** At least one sound file for every path through the readers. */
const SOUND: Readonly<Record<string, Uint8Array>> = {
  'ELF x64': real('linux-x64'),
  'ELF 32 big-endian': elfFile({ bits: 32, byteOrder: 'big', machine: 8, sections, segments }),
  'ELF with extended numbering': elfFile({ sections, extendedNumbering: true }),
  'ELF without sections': elfFile({ segments }),
  'PE32+': real('win32-x64'),
  PE32: peImage(),
  'COFF object': coffObject(),
  'Mach-O arm64': real('darwin-arm64'),
  'Mach-O 32 big-endian': machFile({ bits: 32, byteOrder: 'big' }),
  'fat Mach-O': fatFile([
    { cpuType: 0x1000007, bytes: real('darwin-x64') },
    { cpuType: 0xc, bytes: machFile({ bits: 32, cpuType: 0xc }) },
  ]),
  'fat64 Mach-O': fatFile([{ cpuType: 0x1000007, bytes: machFile() }], 64),
};

/** Values that headers least expect in counts, offsets and sizes. */
const nasty = fc.oneof(fc.constantFrom(0, 1, 7, 0x7f, 0x80, 0xff), fc.nat(255));

/** Runs of bytes overwritten, mostly in the first 2 KiB and the last 2 KiB, where headers and section tables are. */
function damaged(sound: Uint8Array): fc.Arbitrary<Uint8Array> {
  const near = fc.nat(Math.min(2048, sound.length - 1));
  const place = fc.oneof(
    near,
    near.map((back) => sound.length - 1 - back),
    fc.nat(sound.length - 1),
  );
  const edit = fc.record({ at: place, bytes: fc.array(nasty, { minLength: 1, maxLength: 8 }) });
  return fc
    .record({ edits: fc.array(edit, { minLength: 1, maxLength: 12 }), kept: fc.option(fc.nat(sound.length)) })
    .map(({ edits, kept }) => {
      const copy = sound.slice();
      for (const { at, bytes } of edits) copy.set(bytes.slice(0, copy.length - at), at);
      return copy.subarray(0, kept ?? copy.length);
    });
}

/** What every result has to satisfy, however broken the file. */
function expectSane(bytes: Uint8Array): void {
  const executable = readExecutable(bytes);
  const isInside = ({ offset, size }: FileRange) => offset >= 0 && size >= 0 && offset + size <= bytes.length;
  for (const range of [executable.header, ...executable.tables, ...executable.sections])
    expect(range).toSatisfy(isInside);
  expect(executable.issues.length).toBeLessThanOrEqual(101);

  let end = 0;
  const map = new FileMap(executable, bytes.length);
  for (const region of map.regions) {
    expect(region.offset).toBe(end);
    expect(region.size).toBeGreaterThan(0);
    expect(map.regionAt(region.offset)).toBe(region);
    expect(map.regionAt(region.offset + region.size - 1)).toBe(region);
    end += region.size;
  }
  expect(end).toBe(bytes.length);
}

/** Strict mode agrees with lenient mode on whether there is anything to complain about. */
function expectTypedErrors(bytes: Uint8Array): void {
  const { format, issues } = readExecutable(bytes);
  let thrown: unknown;
  try {
    readExecutable(bytes, { mode: 'strict' });
  } catch (error) {
    thrown = error;
    if (!isPolytokError(error)) throw error;
    expect(['INVALID_FORMAT', 'LIMIT_EXCEEDED']).toContain(error.code);
  }
  expect(thrown !== undefined).toBe(issues.length > 0 || format === 'raw');
}

describe.each(Object.entries(SOUND))('%s', (_, sound) => {
  it('is sound to begin with', () => {
    expect(readExecutable(sound, { mode: 'strict' }).issues).toEqual([]);
    expectSane(sound);
  });

  it('is read without an exception when damaged or cut, and never loses a byte', () => {
    fc.assert(fc.property(damaged(sound), expectSane), { numRuns: 150 });
  });

  it('throws only typed errors in strict mode', () => {
    fc.assert(fc.property(damaged(sound), expectTypedErrors), { numRuns: 150 });
  });

  it('is read at every truncation of its headers', () => {
    for (let kept = 0; kept <= Math.min(sound.length, 512); kept++) expectSane(sound.subarray(0, kept));
  });
});

describe('random bytes', () => {
  const MAGICS = [
    [0x7f, 0x45, 0x4c, 0x46],
    [0x4d, 0x5a],
    [0xce, 0xfa, 0xed, 0xfe],
    [0xfe, 0xed, 0xfa, 0xcf],
    [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2],
    [0x64, 0x86, 1, 0],
    [],
  ];

  it('behind any magic are read without an exception', () => {
    const file = fc
      .tuple(fc.constantFrom(...MAGICS), fc.uint8Array({ maxLength: 600 }))
      .map(([magic, rest]) => Uint8Array.from([...magic, ...rest]));
    fc.assert(
      fc.property(file, (bytes) => {
        expectSane(bytes);
        expectTypedErrors(bytes);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('files made to be slow', () => {
  const MEBIBYTE = 1 << 20;

  /** Almost nothing but section headers, all with the same name of the greatest length; half of them claim the whole file. */
  function manySections(size: number): { bytes: Uint8Array; count: number } {
    const nameAt = size - 1024;
    const count = nameAt / 64 - 1;
    const bytes = new Uint8Array(size).fill(0x41);
    bytes.set(elfFile({ sections: [] }).subarray(0, 64));
    const view = new DataView(bytes.buffer);
    view.setBigUint64(40, 64n, true);
    view.setUint16(60, 0, true);
    view.setUint16(62, 1, true);
    for (let i = 0; i < count; i++) {
      const at = 64 + 64 * i;
      view.setUint32(at, nameAt, true);
      view.setUint32(at + 4, 1, true);
      view.setBigUint64(at + 24, BigInt(i % 2 === 1 ? 0 : size - i - 1), true);
      view.setBigUint64(at + 32, BigInt(i === 0 ? count : size), true);
    }
    return { bytes, count };
  }

  it('cost time in proportion to their size', () => {
    const { bytes, count } = manySections(4 * MEBIBYTE);
    const start = performance.now();
    const executable = readExecutable(bytes);
    const cut = new FileMap(executable, bytes.length).regions;
    // About 0.5 s alone on a 2-core machine; quadratic work over 65,519 overlapping sections would take minutes.
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(executable.sections).toHaveLength(count);
    expect(executable.sections[7].name).toHaveLength(512);
    expect(cut.reduce((sum, { size }) => sum + size, 0)).toBe(bytes.length);
  });
});
