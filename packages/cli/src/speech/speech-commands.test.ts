import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeNpy, decodeRawIds, decodeRecords } from '@polytok/common/io';
import { beforeEach, describe, expect, it } from 'vitest';
import { cli, scratchFolder } from '../cli.test-helper.js';

/** Random weights in the published layout, with windows of 30 s and 32 ids. */
const MODEL = fileURLToPath(new URL('../../../speech/goldens/stable-token/published-shape', import.meta.url));
/** Another one, with windows of 2 s and 8192 ids. */
const OTHER = fileURLToPath(
  new URL('../../../speech/goldens/stable-token/max-pooling-between', import.meta.url),
);

let cwd: string;
const run = (...argv: string[]) => cli(['speech', ...argv], { cwd });

beforeEach(() => {
  cwd = scratchFolder();
});

/** A tone as 16-bit samples. */
function wav(samples: number, { rate = 16_000, hertz = 440 } = {}): Uint8Array {
  const bytes = new Uint8Array(44 + 2 * samples);
  const view = new DataView(bytes.buffer);
  const text = (at: number, word: string) => bytes.set(new TextEncoder().encode(word), at);
  text(0, 'RIFF');
  view.setUint32(4, 36 + 2 * samples, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, 2 * samples, true);
  for (let i = 0; i < samples; i++)
    view.setInt16(44 + 2 * i, 8000 * Math.sin((2 * Math.PI * hertz * i) / rate), true);
  return bytes;
}

async function corpus(files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  await mkdir(join(cwd, 'corpus'));
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(cwd, 'corpus', name), bytes);
}

describe('a recording', () => {
  it.each(['parquet', 'jsonl', 'npy', 'u16', 'u32'])(
    'becomes tokens, and vectors of them, as %s',
    async (format) => {
      await writeFile(join(cwd, 'a.wav'), wav(13_122));
      const encode = await run('encode', 'a.wav', '-t', MODEL, '--out', `a.${format}`, '--json');
      expect(encode.stderr).toBe('');
      expect(JSON.parse(encode.stdout)).toMatchObject({ inputs: 1, tokens: 21, bytes: 26_288, failures: [] });
      const decode = await run('decode', `a.${format}`, '-t', MODEL, '--out', 'a.features.npy');
      expect(decode).toMatchObject({ code: 0, stderr: '' });
      const vectors = decodeNpy(await readFile(join(cwd, 'a.features.npy')));
      expect([vectors.dtype, vectors.shape]).toEqual(['f4', [21, 16]]);
    },
  );

  it('goes through pipes', async () => {
    const encode = await cli(['speech', 'encode', '-', '-t', MODEL, '-f', 'u16', '--out', '-', '-q'], {
      cwd,
      stdin: wav(6400),
    });
    expect(encode.stderr).toBe('');
    expect(decodeRawIds(encode.stdoutBytes, 'u16')).toHaveLength(10);
  });

  it('of another rate is refused, or resampled', async () => {
    await writeFile(join(cwd, 'a.wav'), wav(44_100, { rate: 44_100 }));
    const refused = await run('encode', 'a.wav', '-t', MODEL, '--out', 'a.u16');
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('16000 samples per second; got 44100'),
    ]);
    const { stdout } = await run('encode', 'a.wav', '-t', MODEL, '--resample', '--out', 'a.u16', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ tokens: 25 });
  });

  it('is looked at, with its tokens', async () => {
    await writeFile(join(cwd, 'a.wav'), wav(13_122));
    const { stdout } = await run('inspect', 'a.wav', '-t', MODEL, '--limit', '2');
    expect(stdout).toMatch(/^ {2}samples +13,122, 0\.8 s$/m);
    expect(stdout).toMatch(/^ {2}rms +-15\.3 dBFS$/m);
    expect(stdout).toMatch(/^ {2}tokens +21$/m);
    expect(stdout).toMatch(/^ {2}ids +0\.00 s: \d+, 0\.04 s: \d+, … 19 more$/m);
  });
});

describe('a folder of recordings', () => {
  const files = { 'a.wav': wav(700), 'b.wav': wav(1300, { hertz: 900 }), 'empty.wav': wav(0) };

  it('becomes shards that a second run leaves alone', async () => {
    await corpus({ ...files, 'notes.txt': new Uint8Array([1]) });
    const encode = () =>
      run('encode', 'corpus', '-t', MODEL, '--out', 'tokens', '--shard-size', '2', '--json');
    const first = await encode();
    expect(JSON.parse(first.stdout)).toMatchObject({
      inputs: 3,
      shards: 2,
      written: 2,
      tokens: 5,
      failures: [],
    });
    const second = await encode();
    expect(JSON.parse(second.stdout)).toMatchObject({ shards: 2, written: 0, tokens: 0, records: 3 });
    const [shard] = (await readdir(join(cwd, 'tokens'))).filter((name) => name.startsWith('shard-')).sort();
    const records = await decodeRecords(await readFile(join(cwd, 'tokens', shard)), 'parquet');
    expect(records.map(({ source, length, alignment }) => [source, length, alignment])).toEqual([
      ['corpus/a.wav', 2, { kind: 'hop', hop: 640, rate: 16_000, offset: 0 }],
      ['corpus/b.wav', 3, { kind: 'hop', hop: 640, rate: 16_000, offset: 0 }],
    ]);
  });

  it.each(['parquet', 'u16'])('comes back as vectors under the same names, from %s', async (format) => {
    await corpus(files);
    await run('encode', 'corpus', '-t', MODEL, '--out', 'tokens', '--format', format);
    expect(await run('decode', 'tokens', '-t', MODEL, '--out', 'vectors')).toMatchObject({
      code: 0,
      stderr: '',
    });
    const shapes = ['a', 'b', 'empty'].map(
      async (name) => decodeNpy(await readFile(join(cwd, `vectors/corpus/${name}.wav.npy`))).shape,
    );
    expect(await Promise.all(shapes)).toEqual([
      [2, 16],
      [3, 16],
      [0, 16],
    ]);
  });

  it('goes on when some files fail, naming each', async () => {
    await corpus({ ...files, 'cut.wav': wav(1000).subarray(0, 500), 'fast.wav': wav(100, { rate: 48_000 }) });
    const { code, stdout, stderr } = await run(
      'encode',
      'corpus',
      'gone.wav',
      '-t',
      MODEL,
      '--out',
      'tokens',
      '--json',
    );
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      "polytok: IO: gone.wav: Cannot read 'gone.wav': it does not exist. Check the path.",
      'polytok: INVALID_FORMAT: corpus/cut.wav: This WAV file is damaged or truncated: its data have 2000 bytes, of which 456 are there.',
      expect.stringContaining('INVALID_ARGUMENT: corpus/fast.wav: This model takes 16000 samples per second'),
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ inputs: 5, records: 3, failures: { length: 3 } });
  });

  it('has tokens that another checkpoint refuses', async () => {
    await corpus(files);
    await run('encode', 'corpus', '-t', MODEL, '--out', 'tokens');
    const { code, stderr } = await run('decode', 'tokens', '-t', OTHER, '--out', 'vectors');
    expect([code, stderr]).toEqual([1, expect.stringContaining('VOCABULARY_MISMATCH: corpus/a.wav')]);
  });
});

describe('a checkpoint', () => {
  it('is looked at', async () => {
    const { stdout } = await run('inspect', MODEL);
    expect(stdout).toMatch(/^ {2}rate +25 tokens per second, 640 samples each at 16,000 Hz$/m);
    expect(stdout).toMatch(/^ {2}vocabulary +32 tokens, 5 bits: 125 bit\/s$/m);
    expect(stdout).toMatch(/^ {2}window +30 s$/m);
  });

  it.each([
    [2, '--tokenizer is missing', ['encode', 'a.wav', '--out', 'x']],
    [1, 'config.json', ['encode', 'a.wav', '-t', 'nowhere', '--out', 'x']],
    [2, '--out is missing', ['encode', 'a.wav', '-t', MODEL]],
    [2, 'One recording', ['inspect']],
    [1, 'nothing.wav', ['inspect', 'nothing.wav']],
  ])('exits with %i: %s', async (code, message, argv) => {
    await writeFile(join(cwd, 'a.wav'), wav(640));
    const result = await run(...argv);
    expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(message)]);
  });
});
