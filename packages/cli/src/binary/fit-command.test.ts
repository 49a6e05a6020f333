import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BinaryTokenizer } from '@polytok/binary';
import { beforeEach, describe, expect, test } from 'vitest';
import { cli, scratchFolder, writeFiles } from '../cli.test-helper.js';
import { tinyElf } from '../samples.test-helper.js';

let folder: string;

beforeEach(async () => {
  folder = scratchFolder();
  await writeFiles(folder, {
    'c/ab': 'ab'.repeat(100),
    'c/xyz': 'xyz'.repeat(50),
    'dev/xyz': 'xyz'.repeat(20),
    'elf/tool': tinyElf(),
  });
});

const fit = (argv: readonly string[]) => cli(['binary', 'fit', ...argv], { cwd: folder });
const read = (name: string) => readFile(join(folder, name));

test('writes a tokenizer.json that encodes what it was trained on', async () => {
  const { code, stdout } = await fit(['c', '--vocab-size', '266', '--out', 'tokenizer.json']);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^Wrote 266 tokens to 'tokenizer\.json', trained on 2 files \(350 B\) in 0\.\d s; they leave \d+ tokens\.\n$/,
  );
  const tokenizer = BinaryTokenizer.fromTokenizerJson(await read('tokenizer.json'));
  // Pairs by count: ab (100), then abab (50) and xy (50), where the lower id goes first.
  expect([263, 264, 265].map((id) => Buffer.from(tokenizer.model.token(id)).toString())).toEqual([
    'ab',
    'xy',
    'abab',
  ]);
});

test('says as JSON what it did, and warns when the data gives fewer tokens', async () => {
  const { code, stdout, stderr } = await fit([
    'c/ab',
    '--vocab-size',
    '1000',
    '--min-count',
    '20',
    '--out',
    't.json',
    '--json',
  ]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    out: 't.json',
    vocabularySize: 266,
    requestedSize: 1000,
    merges: 3,
    stopped: 'min-count',
    fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
    files: 1,
    bytes: 200,
    tokens: 25,
    failures: [],
    seconds: expect.any(Number),
  });
  expect(stderr).toBe(
    'polytok: warning: the vocabulary has 266 tokens instead of 1000: no other pair occurs often enough. Add data, or lower --min-count.\n',
  );
});

test('the same inputs give the same file', async () => {
  const argv = ['c', '--vocab-size', '270', '--max-token-bytes', '4'];
  await fit([...argv, '--out', '1.json']);
  await fit([...argv, '--out', '2.json']);
  expect((await read('1.json')).equals(await read('2.json'))).toBe(true);
});

test('inputs that fail are named, and the rest is used', async () => {
  expect(await fit(['c', 'gone', '--vocab-size', '264', '--out', 't.json', '-q'])).toEqual({
    code: 1,
    stdout: '',
    stdoutBytes: Buffer.alloc(0),
    stderr: "polytok: IO: gone: Cannot read 'gone': it does not exist. Check the path.\n",
  });
  expect(await readdir(folder)).toContain('t.json');
});

describe('borders', () => {
  test('are kept in a polytok.json', async () => {
    const { stderr } = await fit([
      'elf',
      '--borders',
      'sections',
      '--vocab-size',
      '264',
      '--out',
      'polytok.json',
    ]);
    expect(stderr).toBe('');
    expect(JSON.parse(String(await read('polytok.json')))).toMatchObject({
      type: 'binary-bpe',
      borders: 'sections',
    });
  });

  test('are not in a tokenizer.json, which is said', async () => {
    const { stderr } = await fit([
      'elf',
      '--borders',
      'sections',
      '--vocab-size',
      '264',
      '--out',
      'tokenizer.json',
    ]);
    expect(stderr).toBe(
      'polytok: warning: a tokenizer.json does not hold its borders. Encode with --borders sections, or write a polytok.json.\n',
    );
  });
});

describe('parity', () => {
  test('groups files by format and architecture', async () => {
    const { stdout } = await fit([
      'c',
      'elf',
      '--parity',
      '--vocab-size',
      '270',
      '--min-count',
      '2',
      '--out',
      't.json',
      '--json',
    ]);
    expect(Object.keys(JSON.parse(stdout).groups)).toEqual(['ELF x64', 'raw', 'total']);
  });

  test('takes groups from a file, and its first merges from all of them', async () => {
    await writeFiles(folder, { 'groups.json': '{"c/a*": "first", "c": "second"}' });
    const argv = [
      'c',
      '--parity',
      '--groups',
      'groups.json',
      '--hybrid',
      '1',
      '--vocab-size',
      '267',
      '--out',
      't.json',
      '--json',
    ];
    const { groups } = JSON.parse((await fit(argv)).stdout);
    expect(groups).toMatchObject({ total: 1 });
    expect(groups.first + groups.second).toBe(3);
  });

  test('is measured on files that are no training data', async () => {
    const { stdout } = await fit([
      'c/xyz',
      '--parity',
      '--dev',
      'dev/*',
      '--vocab-size',
      '264',
      '--out',
      't.json',
      '--json',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ files: 2, groups: { raw: 1, total: 0 } });
  });

  test.each([
    [
      ['--dev', 'none/*'],
      "polytok: INVALID_ARGUMENT: --dev: No file matches 'none/*'. Check the pattern, and quote it for the shell.\n",
    ],
    [
      ['--groups', 'list.json'],
      `polytok: INVALID_FORMAT: 'list.json' is not JSON of the form {"pattern": "group", …}.\n`,
    ],
    [['--groups', 'gone.json'], "polytok: IO: Cannot read 'gone.json': it does not exist. Check the path.\n"],
  ])('refuses %j', async (argv, stderr) => {
    await writeFiles(folder, { 'list.json': '["c"]' });
    expect((await fit(['c', '--parity', ...argv, '--out', 't.json'])).stderr).toBe(stderr);
    expect(await readdir(folder)).not.toContain('t.json');
  });
});
