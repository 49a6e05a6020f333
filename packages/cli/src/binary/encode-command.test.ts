import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BinaryTokenizer } from '@polytok/binary';
import { BpeModel } from '@polytok/common/bpe';
import { decodeRecords } from '@polytok/common/io';
import { beforeEach, describe, expect, test } from 'vitest';
import { type CliOptions, cli, scratchFolder, writeFiles } from '../cli.test-helper.js';
import { tinyElf, tinyTokenizer, tinyTokenizerJson } from '../samples.test-helper.js';

let folder: string;

beforeEach(async () => {
  folder = scratchFolder();
  await writeFiles(folder, { 'tokenizer.json': tinyTokenizerJson() });
});

function encode(argv: readonly string[], options: Partial<CliOptions> = {}) {
  return cli(['binary', 'encode', '-t', 'tokenizer.json', ...argv], { cwd: folder, ...options });
}

const read = (name: string) => readFile(join(folder, name));

describe('a single file', () => {
  test('goes to a file of ids, the format by its name', async () => {
    await writeFiles(folder, { a: 'ab\0\0\0' });
    expect(await encode(['a', '--out', 'a.u16'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Encoded 1 of 1 files, 5 B, to 'a\.u16': 3 tokens in \d\.\d s\.\n$/),
      stderr: '',
    });
    expect([...(await read('a.u16'))]).toEqual([3, 1, 2, 1, 2, 0]);
  });

  test('goes to standard output, where nothing else does', async () => {
    await writeFiles(folder, { a: 'abz' });
    const { stdoutBytes, stderr } = await encode(['a', '--format', 'u32', '--out', '-']);
    expect([...stdoutBytes]).toEqual([3, 1, 0, 0, 124, 0, 0, 0]);
    expect(stderr).toMatch(/^Encoded 1 of 1 files/);
  });

  test('comes from standard input', async () => {
    const { stdoutBytes } = await encode(['-', '-f', 'u16', '--out', '-', '-q'], {
      stdin: Buffer.from('ab'),
    });
    expect([...stdoutBytes]).toEqual([3, 1]);
  });

  test.each(['', 'x'])('may hold %j', async (content) => {
    await writeFiles(folder, { a: content });
    for (const format of ['u16', 'npy', 'jsonl', 'parquet']) {
      expect(await encode(['a', '--out', `a.${format}`])).toMatchObject({ code: 0 });
      expect(
        await cli(['binary', 'decode', '-t', 'tokenizer.json', `a.${format}`, '--out', 'back'], {
          cwd: folder,
        }),
      ).toMatchObject({ code: 0 });
      expect(String(await read('back'))).toBe(content);
    }
  });

  test('gives the same ids streamed, on threads and at once', async () => {
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, k) =>
      (k * k) % 7 === 0 ? 97 : (k >> 3) % 3 === 0 ? 98 : 0,
    );
    await writeFiles(folder, { big: bytes });
    await encode(['big', '--out', 'stream.u16']);
    await encode(['big', '--out', 'threads.u16', '--workers', '2']);
    const expected = Buffer.from(tinyTokenizer().encodeSync(bytes).ids.buffer);
    expect((await read('stream.u16')).equals(expected)).toBe(true);
    expect((await read('threads.u16')).equals(expected)).toBe(true);
  });

  test('with ids too large for u16 is refused, and leaves no file', async () => {
    const table = { alphabetSize: 256, left: new Uint32Array(0), right: new Uint32Array(0) };
    const ids = Uint32Array.from({ length: 256 }, (_, byte) => byte + 70_000);
    const tokenizer = new BinaryTokenizer({
      model: new BpeModel({ table, layout: { ids, specials: [], size: 70_256 } }),
    });
    await writeFiles(folder, { 'wide.json': tokenizer.toTokenizerJson(), a: 'x' });
    const argv = ['binary', 'encode', 'a', '-t', 'wide.json', '--out'];
    expect(await cli([...argv, 'a.u16'], { cwd: folder })).toMatchObject({
      code: 1,
      stderr: 'polytok: ID_OUT_OF_RANGE: Id 0 is 70120; u16 holds integers from 0 to 65535. Use u32.\n',
    });
    expect((await readdir(folder)).sort()).toEqual(['a', 'tokenizer.json', 'wide.json']);
    expect(await cli([...argv, 'a.u32'], { cwd: folder })).toMatchObject({ code: 0 });
  });

  test('cannot be a folder of files', async () => {
    await writeFiles(folder, { 'c/a': 'x' });
    expect(await encode(['c', '--out', 'tokens.u32'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--out 'tokens.u32' is one file, but the inputs may be many"),
    });
  });
});

describe('many files', () => {
  beforeEach(() =>
    writeFiles(folder, { 'c/one': 'x', 'c/empty': '', 'c/sub/two': 'abab', 'c/three': 'ab\0\0' }),
  );

  async function records(name: string) {
    const shards = (await readdir(join(folder, name))).filter((file) => file.startsWith('shard-')).sort();
    const all = await Promise.all(
      shards.map(async (shard) => decodeRecords(await read(join(name, shard)), 'parquet')),
    );
    return all.flat().map(({ source, ids }) => [source, [...ids]]);
  }

  test('go to Parquet shards that name their sources', async () => {
    const { code, stdout } = await encode(['c', '--out', 't', '--shard-size', '3', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      out: 't',
      format: 'parquet',
      shards: 2,
      written: 2,
      inputs: 4,
      records: 4,
      tokens: 5,
      bytes: 9,
      failures: [],
      seconds: expect.any(Number),
    });
    expect(await records('t')).toEqual([
      ['c/empty', []],
      ['c/one', [122]],
      ['c/sub/two', [259, 259]],
      ['c/three', [259, 258]],
    ]);
  });

  test('are not encoded again when nothing changed', async () => {
    await encode(['c', '--out', 't']);
    const before = await read('t/shard-00000-of-00001.parquet');
    const { stdout } = await encode(['c', '--out', 't', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ shards: 1, written: 0, tokens: 0, records: 4 });
    expect((await read('t/shard-00000-of-00001.parquet')).equals(before)).toBe(true);
  });

  test('that changed are refused, and redone with --overwrite', async () => {
    await encode(['c', '--out', 't']);
    await writeFile(join(folder, 'c/one'), 'changed');
    await utimes(join(folder, 'c/one'), 1e9, 1e9);
    expect(await encode(['c', '--out', 't'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('shards of other inputs or another configuration'),
    });
    expect(await encode(['c', '--out', 't', '--overwrite'])).toMatchObject({ code: 0 });
    expect((await records('t'))[1]).toEqual(['c/one', [...Buffer.from('changed')].map((byte) => byte + 2)]);
  });

  test('with another tokenizer need another folder', async () => {
    await encode(['c', '--out', 't']);
    expect(await encode(['c', '--out', 't', '--borders', 'sections'])).toMatchObject({ code: 2 });
  });

  test('that lie in the output folder are no inputs', async () => {
    await encode(['.', '--out', 't', '--json']);
    const { stdout } = await encode(['.', '--out', 't', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ inputs: 5, written: 0 });
  });

  test('of which some fail: each is named, the rest is done, the exit code is 1', async () => {
    await mkdir(join(folder, 'c/folder.bin'));
    const { code, stdout, stderr } = await encode([
      'c/*',
      'c/sub/../one',
      'gone',
      '--sections',
      '.text',
      'elf',
      '--out',
      't',
      '--json',
    ]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      [
        "polytok: IO: gone: Cannot read 'gone': it does not exist. Check the path.",
        "polytok: IO: elf: Cannot read 'elf': it does not exist. Check the path.",
        "polytok: UNKNOWN_NAME: c/empty: This raw file has no section that '.text' means; it has: none.",
        "polytok: UNKNOWN_NAME: c/one: This raw file has no section that '.text' means; it has: none.",
        "polytok: UNKNOWN_NAME: c/three: This raw file has no section that '.text' means; it has: none.\n",
      ].join('\n'),
    );
    expect(JSON.parse(stdout).failures).toHaveLength(5);
  });

  test('that failed are encoded once they are mended', async () => {
    await writeFiles(folder, { 'c/elf': 'not yet' });
    const argv = ['c/elf', '--sections', '.text', '--out', 't'];
    expect(await encode(argv)).toMatchObject({ code: 1 });
    await writeFile(join(folder, 'c/elf'), tinyElf());
    expect(await encode([...argv, '--overwrite'])).toMatchObject({ code: 0 });
  });

  test('in a format without fields are told apart by an index', async () => {
    expect(await encode(['c', '--out', 't', '--format', 'u16'])).toMatchObject({ code: 0 });
    expect(
      Object.entries(JSON.parse(String(await read('t/polytok-index.json'))).shards).map(
        ([shard, context]) => [shard, (context as { source: string }).source],
      ),
    ).toEqual([
      ['shard-00000-of-00004.u16', 'c/empty'],
      ['shard-00001-of-00004.u16', 'c/one'],
      ['shard-00002-of-00004.u16', 'c/sub/two'],
      ['shard-00003-of-00004.u16', 'c/three'],
    ]);
    expect([...(await read('t/shard-00003-of-00004.u16'))]).toEqual([3, 1, 2, 1]);
  });
});

describe('sections', () => {
  beforeEach(() => writeFiles(folder, { 'bin/tool': tinyElf() }));

  test('are records of their own with section, offset and address', async () => {
    await encode(['bin/tool', '--sections', 'code', '--sections', '.e\\x1b[31m', '--out', 'x.jsonl']);
    const stored = await decodeRecords(await read('x.jsonl'), 'jsonl');
    expect(stored.map(({ source, alignment, length }) => ({ source, alignment, length }))).toEqual([
      {
        source: 'bin/tool#section=.text&offset=64&address=0x401000',
        alignment: { kind: 'widths', start: 64 },
        length: 16,
      },
      {
        source: 'bin/tool#section=.e%5Cx1b%5B31m&offset=80&address=0x0',
        alignment: { kind: 'widths', start: 80 },
        length: 10,
      },
    ]);
  });

  test('need a format that holds records', async () => {
    expect(await encode(['bin', '--sections', 'code', '--format', 'u16', '--out', 't'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Use parquet or jsonl.'),
    });
  });
});
