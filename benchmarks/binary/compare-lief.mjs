#!/usr/bin/env node
/**
 * Compares the executable readers with LIEF on every file of the corpus: number, name, address, file offset and
 * stored size of each section, the entry point, and the time both take. Prints each difference.
 *
 *   node fetch-corpus.mjs && npm install --no-save node-lief@1.0.0 && node compare-lief.mjs [file …]
 *
 * Exit code 1 when anything differs.
 */
import { readFileSync } from 'node:fs';
import { FileMap, readExecutable } from '@polytok/binary/formats';
import LIEF from 'node-lief';
import { loadCorpus } from './corpus.mjs';

LIEF.logging.disable();
const named = process.argv.slice(2).map((file) => ({ path: file, file }));
const totals = { files: 0, sections: 0, differences: 0, ownMs: 0, liefMs: 0 };
for (const { path, file } of named.length > 0 ? named : loadCorpus({ allowMissing: true })) {
  const bytes = new Uint8Array(readFileSync(file));
  const [executable, ownMs] = timed(() => readExecutable(bytes, { mode: 'strict' }));
  const [peers, liefMs] = timed(() => parseWithLief(file, executable));
  const slices = executable.slices ?? [executable];
  const differences = slices.flatMap((slice, index) =>
    compare(slice, peers[index], new FileMap(slice, bytes.length)),
  );
  for (const difference of differences) console.log(`${path}: ${difference}`);
  totals.files++;
  totals.sections += slices.reduce((sum, slice) => sum + comparable(slice).length, 0);
  totals.differences += differences.length;
  totals.ownMs += ownMs;
  totals.liefMs += liefMs;
}
const ms = (value) => `${value.toFixed(0)} ms`;
console.log(
  `${totals.files} files, ${totals.sections} sections, ${totals.differences} differences; ` +
    `polytok ${ms(totals.ownMs)}, LIEF (which reads far more: symbols, imports, relocations) ${ms(totals.liefMs)}`,
);
process.exitCode = totals.differences > 0 ? 1 : 0;

function timed(action) {
  const start = performance.now();
  return [action(), performance.now() - start];
}

/** One LIEF binary per slice. */
function parseWithLief(file, { slices }) {
  if (!slices) return [LIEF.parse(file)];
  const fat = LIEF.MachO.parse(file);
  return slices.map((_, index) => fat.at(index));
}

/** Mach-O segments without sections are sections here, but not in LIEF. */
function comparable({ format, sections }) {
  return format === 'Mach-O' ? sections.filter(({ name }) => name.includes(',')) : sections;
}

/** @returns {string[]} one line per difference */
function compare(executable, peer, map) {
  const { format, header, entry } = executable;
  // LIEF lists the empty section that every ELF table begins with, and gives PE addresses relative to the image.
  const expected = format === 'ELF' ? peer.sections().slice(1) : peer.sections();
  const base = format === 'PE' ? peer.optionalHeader.imagebase : 0n;
  const actual = comparable(executable);
  const differences = Array.from({ length: Math.max(expected.length, actual.length) }, (_, i) => [
    actual[i],
    expected[i],
  ])
    .filter(([own, lief]) => !own || !lief || !isSame(own, lief, { base, start: header.offset }))
    .map(([own, lief]) => `${describe(own)} where LIEF has ${describe(lief)}`);
  for (const { name, offset, size, address, permissions } of actual) {
    if (size === 0 || !Object.values(permissions).includes(true)) continue;
    const last = map.addressOf(offset + size - 1);
    if (last !== address + BigInt(size - 1)) differences.push(`${name}: last byte maps to ${last}`);
  }
  if (entry !== undefined && entry !== peer.entrypoint)
    differences.push(`entry ${entry} where LIEF has ${peer.entrypoint}`);
  return differences;
}

function isSame(own, lief, { base, start }) {
  const sameName = own.name.slice(own.name.indexOf(',') + 1) === lief.name;
  if (!sameName || own.address !== lief.virtualAddress + base) return false;
  // Memory that starts as zeros has its size in memory in LIEF, also in ELF and Mach-O, and no place worth comparing.
  if (own.size === 0) return lief.size === 0n || lief.size === own.memorySize;
  return BigInt(own.size) === lief.size && BigInt(own.offset - start) === lief.fileOffset;
}

function describe(section) {
  if (!section) return 'nothing';
  const address = section.address ?? section.virtualAddress;
  return `${section.name} @${address.toString(16)} ${section.fileOffset ?? section.offset}+${section.size}`;
}
