import { readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeRecords, type TokenRecord } from '@polytok/common/io';
import { beforeEach, describe, expect, test } from 'vitest';
import { type CliOptions, cli, scratchFolder, writeFiles } from '../cli.test-helper.js';
import { tinyElf, tinyTokenizer, tinyTokenizerJson } from '../samples.test-helper.js';

let folder: string;

beforeEach(async () => {
  folder = scratchFolder();
  await writeFiles(folder, { 'tokenizer.json': tinyTokenizerJson() });
});

const polytok = (argv: readonly string[], options: Partial<CliOptions> = {}) =>
  cli(argv, { cwd: folder, ...options });
const decode = (argv: readonly string[], options: Partial<CliOptions> = {}) =>
  polytok(['binary', 'decode', '-t', 'tokenizer.json', ...argv], options);
const encode = (argv: readonly string[]) => polytok(['binary', 'encode', '-t', 'tokenizer.json', ...argv]);
const read = async (name: string) => String(await readFile(join(folder, name)));

/** A record of the tiny tokenizer, spelling `text`. */
function record(source: string, text: string, changes: Partial<TokenRecord> = {}): TokenRecord {
  return { ...tinyTokenizer().encodeSync(new TextEncoder().encode(text)), source, ...changes };
}

async function tokenFile(records: readonly TokenRecord[], name = 'x.jsonl') {
  await writeFiles(folder, { [name]: await encodeRecords(records, 'jsonl') });
}

describe.each(['parquet', 'jsonl', 'npy', 'u16', 'u32'])('%s', (format) => {
  test('a folder comes back as it was', async () => {
    await writeFiles(folder, { 'c/a': 'abab', 'c/sub/b': '\0\0\0\0\0', 'c/empty': '' });
    await encode(['c', '--out', 't', '--format', format, '--shard-size', '2']);
    expect(await decode(['t', '--out', 'r'])).toMatchObject({
      code: 0,
      stdout: "Decoded 3 files, 9 B, to 'r'.\n",
    });
    expect([await read('r/c/a'), await read('r/c/sub/b'), await read('r/c/empty')]).toEqual([
      'abab',
      '\0\0\0\0\0',
      '',
    ]);
  });

  test('a file comes back by standard output', async () => {
    await writeFiles(folder, { a: 'ab!' });
    await encode(['a', '--out', `a.${format}`]);
    const stdin = await readFile(join(folder, `a.${format}`));
    const { stdout, stderr } = await decode(['-', '--format', format, '--out', '-'], { stdin });
    expect({ stdout, stderr }).toEqual({
      stdout: 'ab!',
      stderr: 'Decoded 1 files, 3 B, to standard output.\n',
    });
  });
});

test('a shard of bare ids is restored under its own name', async () => {
  await writeFiles(folder, { 'c/a': 'abab' });
  await encode(['c', '--out', 't', '--format', 'u16']);
  expect(await decode(['t/shard-00000-of-00001.u16', '--out', 'r/'])).toMatchObject({ code: 0 });
  expect(await read('r/c/a')).toBe('abab');
});

test('sections are restored side by side', async () => {
  await writeFiles(folder, { 'bin/tool': tinyElf() });
  await encode([
    'bin',
    '--sections',
    'code',
    '--sections',
    '.shstrtab',
    '--borders',
    'sections',
    '--out',
    't',
  ]);
  expect(await decode(['t', '--out', 'r'])).toMatchObject({ code: 0 });
  expect(await readdir(join(folder, 'r/bin'))).toEqual([
    'tool#section=.shstrtab&offset=96&address=0x0',
    'tool#section=.text&offset=64&address=0x401000',
  ]);
  expect(
    Buffer.from(await read('r/bin/tool#section=.text&offset=64&address=0x401000'), 'latin1').length,
  ).toBeGreaterThan(0);
});

test('rows of one source that follow each other are one file', async () => {
  await tokenFile([record('a', 'abab'), record('a', 'cd', { alignment: { kind: 'widths', start: 4 } })]);
  expect(await decode(['x.jsonl', '--out', 'a'])).toMatchObject({ code: 0 });
  expect(await read('a')).toBe('ababcd');
});

test('rows of one source with a hole between them are refused', async () => {
  await tokenFile([record('a', 'abab'), record('a', 'cd', { alignment: { kind: 'widths', start: 5 } })]);
  expect(await decode(['x.jsonl', '--out', 'r/'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^polytok: INVALID_FORMAT: a: The records of 'a' do not follow each other/),
  });
});

describe('hostile sources', () => {
  test('stay below the output folder', async () => {
    await tokenFile([record('../../up', 'u'), record('/abs/olute', 'a'), record('x/../../y', 'y')]);
    expect(await decode(['x.jsonl', '--out', 'deep/r'])).toMatchObject({ code: 0 });
    expect((await readdir(join(folder, 'deep'), { recursive: true })).sort()).toEqual([
      'r',
      'r/abs',
      'r/abs/olute',
      'r/up',
      'r/x',
      'r/x/y',
    ]);
    expect((await readdir(folder)).sort()).toEqual(['deep', 'tokenizer.json', 'x.jsonl']);
  });

  test('that would meet in one file are refused, the first is kept', async () => {
    await tokenFile([record('a', '1'), record('b', '2'), record('../a', '3')]);
    const { code, stderr } = await decode(['x.jsonl', '--out', 'r']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        "polytok: INVALID_FORMAT: ../a: '../a' would replace 'a', written from 'a' before. Decode the token files into folders of their own.\n",
    });
    expect([await read('r/a'), await read('r/b')]).toEqual(['1', '2']);
  });

  test.each(['..', 'a\0b', `${'n'.repeat(300)}`])('such as %j cost no other file', async (source) => {
    await tokenFile([record(source, '1'), record('fine', '2')]);
    expect(await decode(['x.jsonl', '--out', 'r'])).toMatchObject({ code: 1 });
    expect(await readdir(join(folder, 'r'))).toEqual(['fine']);
  });

  test('do not follow links out of the folder', async () => {
    await writeFiles(folder, { 'r/keep': '', 'elsewhere/keep': '' });
    await symlink('../elsewhere', join(folder, 'r/link'));
    await tokenFile([record('link/x', '1'), record('y', '2')]);
    expect(await decode(['x.jsonl', '--out', 'r'])).toMatchObject({ code: 1 });
    expect(await readdir(join(folder, 'elsewhere'))).toEqual(['keep']);
  });

  test('are printed without their control characters', async () => {
    await tokenFile([record('\x1b[31m/..', '1'), record('\x1b[31m', '2')]);
    const { stderr } = await decode(['x.jsonl', '--out', 'r']);
    expect(stderr).toContain('\\x1b[31m');
    expect(stderr).not.toContain('\x1b');
  });
});

describe('tokens of another vocabulary', () => {
  test('are refused', async () => {
    await tokenFile([record('a', 'x', { fingerprint: '0123456789abcdef' })]);
    expect(await decode(['x.jsonl', '--out', 'a'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^polytok: VOCABULARY_MISMATCH: /),
    });
    expect(await readdir(folder)).not.toContain('a');
  });

  test('are refused in bare ids with an index', async () => {
    await writeFiles(folder, { 'c/a': 'x' });
    await polytok(['binary', 'encode', 'c', '-t', '4k', '--format', 'u16', '--out', 't']);
    expect(await decode(['t/shard-00000-of-00001.u16', '--out', 'a'])).toMatchObject({ code: 1 });
    expect(await decode(['t', '--out', 'r'])).toMatchObject({ code: 1 });
  });

  test('other borders are no other vocabulary', async () => {
    await writeFiles(folder, { tool: tinyElf() });
    await encode(['tool', '--borders', 'instructions', '--out', 'x.parquet']);
    expect(await decode(['x.parquet', '--out', 'back'])).toMatchObject({ code: 0 });
    expect((await readFile(join(folder, 'back'))).equals(tinyElf())).toBe(true);
  });
});

describe('ids that spell nothing', () => {
  beforeEach(() => writeFiles(folder, { 'x.u16': Uint8Array.of(0, 0, 3, 1, 255, 255) }));

  test('are refused, and leave no file', async () => {
    expect(await decode(['x.u16', '--out', 'a'])).toMatchObject({
      code: 1,
      stderr:
        "polytok: ID_OUT_OF_RANGE: Id 0 at position 0 is the special token '<s>', which spells nothing. Remove it, or decode in 'lenient' mode.\n",
    });
    expect((await readdir(folder)).sort()).toEqual(['tokenizer.json', 'x.u16']);
  });

  test('are left out with --lenient', async () => {
    expect(await decode(['x.u16', '--out', '-', '--lenient'])).toMatchObject({ code: 0, stdout: 'ab' });
  });
});

describe('wrong inputs', () => {
  test.each([
    ['x.u16', 'abc', 1, 'INVALID_FORMAT'],
    ['x.npy', 'abc', 1, 'INVALID_FORMAT'],
    ['x.parquet', 'abc', 1, 'INVALID_FORMAT'],
    ['x.jsonl', '{"source":', 1, 'INVALID_FORMAT'],
    ['x.txt', 'abc', 2, 'INVALID_ARGUMENT'],
  ])('%s with %j', async (name, content, code, error) => {
    await writeFiles(folder, { [name]: content });
    const result = await decode([name, '--out', 'a']);
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(`polytok: ${error}: `);
    expect(await readdir(folder)).not.toContain('a');
  });

  test.each(['damaged', '{}', '{"shards":{"x.u16":null}}', '{"shards":{"x.u16":{"source":1}}}'])(
    'a polytok-index.json of %j',
    async (index) => {
      await writeFiles(folder, { 'polytok-index.json': index, 'x.u16': '' });
      expect(await decode(['x.u16', '--out', 'a'])).toMatchObject({
        code: 1,
        stderr:
          "polytok: INVALID_FORMAT: 'polytok-index.json' is no index of token files. Encode again, or remove it.\n",
      });
    },
  );

  test('a damaged shard costs no other shard', async () => {
    await tokenFile([record('a', '1')], 't/a.jsonl');
    await writeFiles(folder, { 't/b.jsonl': 'damaged' });
    expect(await decode(['t', '--out', 'r'])).toMatchObject({
      code: 1,
      stderr:
        'polytok: INVALID_FORMAT: t/b.jsonl: Line 1 is not JSON in UTF-8. The file is damaged or truncated.\n',
    });
    expect(await read('r/a')).toBe('1');
  });

  test('several sources do not fit into standard output', async () => {
    await tokenFile([record('a', '1'), record('b', '2')]);
    expect(await decode(['x.jsonl', '--out', '-'])).toMatchObject({ code: 2, stdout: '' });
  });
});
