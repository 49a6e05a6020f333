import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { cli, scratchFolder, writeFiles } from '../cli.test-helper.js';
import { tinyElf, tinyTokenizerJson } from '../samples.test-helper.js';

let folder: string;

beforeEach(async () => {
  folder = scratchFolder();
  await writeFiles(folder, {
    '<tiny>.json': tinyTokenizerJson(),
    'b.json': tinyTokenizerJson(),
    'f/tool': tinyElf(),
    'f/raw': 'abababab',
  });
});

const evaluate = (argv: readonly string[]) => cli(['binary', 'eval', ...argv], { cwd: folder });

test('compares tokenizers side by side', async () => {
  const { code, stdout, stderr } = await evaluate(['f', '-t', '<tiny>.json', '-t', 'b.json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.split('\n\n').map((table) => table.split('\n')[0])).toEqual([
    '2 files, 392 B',
    'overall                               <tiny>.json  b.json',
    'bytes per token  <tiny>.json  b.json',
    'premium (tokens per byte)  <tiny>.json  b.json',
    'instructions: x64                         <tiny>.json  b.json',
  ]);
  expect(stdout).toContain('vocabulary (V, specials excluded)             259     259\n');
  expect(stdout).toContain('Rényi efficiency (alpha 2.5, V)  ');
  expect(stdout).toMatch(/^ELF x64 {10} {6}2\.157 {3}2\.157$/m);
  expect(stdout).toMatch(/^raw {14} {6}2\.000 {3}2\.000$/m);
});

test('--json holds the whole report', async () => {
  const { stdout } = await evaluate(['f', '-t', '<tiny>.json', '--alpha', '2', '--json']);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ files: 2, bytes: 392, withoutInstructions: [], failures: [] });
  expect(report.tokenizers[0]).toMatchObject({
    name: '<tiny>.json',
    overall: { files: 2, bytes: 392, tokens: 182 },
    groups: { 'ELF x64': { files: 1, bytes: 384, tokens: 178 }, raw: { files: 1, bytes: 8, tokens: 4 } },
    renyiEfficiency: { alpha: 2, vocabularySize: 259 },
    parity: { basis: 'tokens per byte', reference: 'ELF x64' },
    instructionAlignment: { x64: { instructions: 14, tokens: 16, recall: 1 } },
  });
});

test('--report writes one HTML file that loads nothing', async () => {
  await evaluate(['f', '-t', '<tiny>.json', '--report', 'report.html']);
  const html = await readFile(join(folder, 'report.html'), 'utf8');
  expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(html.match(/<svg /g)).toHaveLength(3);
  expect(html).toContain('&lt;tiny&gt;.json');
  expect(html).not.toContain('<tiny>');
  expect(html).not.toMatch(/<script|<link|<img|url\(|src=|href=/);
});

test('--parallel measures parity on the files it names', async () => {
  await writeFiles(folder, { 'p/tool': tinyElf(), 'p/raw': 'ab'.repeat(400) });
  const { stdout } = await evaluate(['f', 'p', '-t', '<tiny>.json', '--parallel', 'p', '--json']);
  expect(JSON.parse(stdout).tokenizers[0].parity).toMatchObject({
    basis: 'tokens',
    values: { 'ELF x64': 178, raw: 400 },
    reference: 'ELF x64',
  });
});

test('parallel files of one group are no comparison, which is said', async () => {
  const { code, stderr } = await evaluate(['f', '-t', '<tiny>.json', '--parallel', 'f/raw', '-q']);
  expect(code).toBe(0);
  expect(stderr).toBe(
    'polytok: warning: parity needs parallel files of two groups or more; those of --parallel are of one.\n',
  );
});

test('an architecture without instructions is named', async () => {
  const s390 = tinyElf();
  s390[18] = 22;
  await writeFiles(folder, { 'f/s390x': s390 });
  const { stdout } = await evaluate(['f', '-t', '<tiny>.json']);
  expect(stdout).toMatch(/\nNo instruction alignment for s390x: no disassembler is known for them\.\n$/);
});

test('an input that cannot be read is named, the rest is compared', async () => {
  expect(await evaluate(['f', 'gone', '-t', '<tiny>.json', '-q'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: "polytok: IO: gone: Cannot read 'gone': it does not exist. Check the path.\n",
  });
});

test('empty files alone are no comparison', async () => {
  await writeFiles(folder, { 'e/1': '', 'e/2': '' });
  expect(await evaluate(['e', '-t', '<tiny>.json'])).toMatchObject({
    code: 2,
    stderr: 'polytok: INVALID_ARGUMENT: An evaluation needs at least one byte; the 2 files are empty.\n',
  });
});
