import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PolytokError } from '../errors.js';
import { decodeRecords } from '../io/token-records.js';
import { scratchFolder, writeFiles } from './scratch-folder.test-helper.js';
import { type RunShardsOptions, runShards, type ShardProgress } from './shard-runner.js';

/** Seven files, `0` to `6`, each holding its own name. */
async function corpus(): Promise<string[]> {
  const folder = scratchFolder();
  const names = [...'0123456'];
  await writeFiles(folder, Object.fromEntries(names.map((name) => [name, name])));
  return names.map((name) => join(folder, name));
}

/** Joins the contents of its inputs: shards of three are '012', '345' and '6'. */
const joiner = (inputs: readonly string[], out: string): RunShardsOptions<string> => ({
  inputs,
  out,
  shardSize: { items: 3 },
  extension: 'txt',
  config: 'v1',
  process: (input) => readFile(input, 'utf8'),
  encode: async (texts) => new TextEncoder().encode(texts.join('')),
});

/** Every file of a folder by name, hidden ones and markers apart. */
async function shardsIn(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter((name) => name !== '.polytok').sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'latin1')])),
  );
}

const complete = {
  'shard-00000-of-00003.txt': '012',
  'shard-00001-of-00003.txt': '345',
  'shard-00002-of-00003.txt': '6',
};

describe('runShards', () => {
  it('writes numbered shards and a report', async () => {
    const out = scratchFolder();
    const report = await runShards(joiner(await corpus(), out));
    expect(await shardsIn(out)).toEqual(complete);
    expect(report).toEqual({
      shards: Object.keys(complete),
      written: 3,
      inputs: 7,
      records: 7,
      failures: [],
    });
    expect(JSON.parse(await readFile(join(out, '.polytok/report.json'), 'utf8'))).toEqual(report);
  });

  it('writes the same with any concurrency, whichever input is done first', async () => {
    const out = scratchFolder();
    const options = joiner(await corpus(), out);
    const process = async (input: string) => {
      await wait(10 - 3 * (Number(input.at(-1)) % 3));
      return readFile(input, 'utf8');
    };
    await runShards({ ...options, concurrency: 8, process });
    expect(await shardsIn(out)).toEqual(complete);
  });

  it('gives nothing for no inputs', async () => {
    const out = scratchFolder();
    const report = await runShards(joiner([], out));
    expect(report).toEqual({ shards: [], written: 0, inputs: 0, records: 0, failures: [] });
    expect(await shardsIn(out)).toEqual({});
  });

  it('reports progress up to the totals', async () => {
    const seen: ShardProgress[] = [];
    await runShards({
      ...joiner(await corpus(), scratchFolder()),
      onProgress: (progress) => seen.push(progress),
    });
    expect(seen).toHaveLength(10);
    expect(seen[0]).toMatchObject({
      inputs: 1,
      totalInputs: 7,
      bytes: 1,
      totalBytes: 7,
      shards: 0,
      totalShards: 3,
    });
    expect(seen.at(-1)).toEqual({
      inputs: 7,
      totalInputs: 7,
      failedInputs: 0,
      bytes: 7,
      totalBytes: 7,
      shards: 3,
      totalShards: 3,
      skippedShards: 0,
    });
  });

  it.each([0, -1, 1.5])('refuses a concurrency of %s', async (concurrency) => {
    const run = runShards({ ...joiner([], scratchFolder()), concurrency });
    await expect(run).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('inputs that fail', () => {
  it('are reported by name, code and message; the rest is written', async () => {
    const out = scratchFolder();
    const inputs = await corpus();
    await rm(inputs[6]);
    const options = joiner(inputs, out);
    const report = await runShards({
      ...options,
      process: (input) => {
        if (input === inputs[1]) throw new PolytokError('INVALID_FORMAT', 'Not a clip.');
        if (input === inputs[3]) return Promise.reject(new TypeError('odd'));
        return options.process(input, new AbortController().signal);
      },
    });
    expect(report).toMatchObject({ inputs: 7, records: 4 });
    expect(report.failures).toEqual([
      { input: inputs[1], code: 'INVALID_FORMAT', message: 'Not a clip.' },
      { input: inputs[3], code: 'TypeError', message: 'odd' },
      { input: inputs[6], code: 'ENOENT', message: expect.stringContaining('no such file') },
    ]);
    expect(Object.values(await shardsIn(out))).toEqual(['02', '45', '']);
  });

  it('only when encoded are found and left out too', async () => {
    const out = scratchFolder();
    const options = joiner(await corpus(), out);
    const report = await runShards({
      ...options,
      encode: (texts) => {
        if (texts.includes('4')) return Promise.reject(new PolytokError('LIMIT_EXCEEDED', 'Too long.'));
        return options.encode(texts);
      },
    });
    expect(report.failures).toMatchObject([{ input: options.inputs[4], code: 'LIMIT_EXCEEDED' }]);
    expect(Object.values(await shardsIn(out))).toEqual(['012', '35', '6']);
  });

  it('are not tried again, unless asked for', async () => {
    const options = joiner(await corpus(), scratchFolder());
    const bad = (input: string) =>
      input === options.inputs[4] ? Promise.reject(new Error('busy')) : readFile(input, 'utf8');
    await runShards({ ...options, process: bad });
    expect(await runShards(options)).toMatchObject({
      written: 0,
      records: 6,
      failures: [{ code: 'Error', message: 'busy' }],
    });
    expect(await runShards({ ...options, retryFailures: true })).toMatchObject({
      written: 1,
      records: 7,
      failures: [],
    });
    expect(await shardsIn(options.out)).toEqual(complete);
  });
});

describe('a run that failed as a whole', () => {
  it('says why when no input is to blame, and goes on from there next time', async () => {
    const options = joiner(await corpus(), scratchFolder());
    const encode = (texts: readonly string[]) =>
      texts.length === 3 && texts[0] === '3'
        ? Promise.reject(new Error('encoder broke'))
        : options.encode(texts);
    await expect(runShards({ ...options, encode })).rejects.toThrow('encoder broke');
    expect(Object.keys(await shardsIn(options.out))).toEqual(['shard-00000-of-00003.txt']);
    expect(await runShards(options)).toMatchObject({ written: 2, records: 7 });
    expect(await shardsIn(options.out)).toEqual(complete);
  });

  it('reports a folder that cannot be made', async () => {
    const folder = scratchFolder();
    await writeFile(join(folder, 'file'), '');
    const run = runShards(joiner(await corpus(), join(folder, 'file')));
    await expect(run).rejects.toMatchObject({
      code: 'IO',
      details: { systemCode: expect.stringMatching(/ENOTDIR|EEXIST/) },
    });
  });
});

describe('an aborted run', () => {
  it('keeps complete shards, hands the signal on, and is finished by the next', async () => {
    const options = joiner(await corpus(), scratchFolder());
    const controller = new AbortController();
    const started: string[] = [];
    const run = runShards({
      ...options,
      signal: controller.signal,
      process: async (input, signal) => {
        started.push(input);
        if (input === options.inputs[4]) {
          controller.abort();
          await wait(60_000, undefined, { signal });
        }
        return readFile(input, 'utf8');
      },
    });
    await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
    expect(started).toEqual(options.inputs.slice(0, 5));
    expect(await shardsIn(options.out)).toEqual({ 'shard-00000-of-00003.txt': '012' });
    expect(await runShards(options)).toMatchObject({ written: 2, records: 7, failures: [] });
    expect(await shardsIn(options.out)).toEqual(complete);
  });
});

describe('a second run', () => {
  it('skips complete shards', async () => {
    const options = joiner(await corpus(), scratchFolder());
    await runShards(options);
    const process = () => Promise.reject(new Error('called'));
    expect(await runShards({ ...options, process })).toMatchObject({ written: 0, records: 7, failures: [] });
  });

  it('writes a shard again that lost its marker, was removed or cut short', async () => {
    const options = joiner(await corpus(), scratchFolder());
    await runShards(options);
    await rm(join(options.out, '.polytok/shard-00000-of-00003.txt.json'));
    await rm(join(options.out, 'shard-00001-of-00003.txt'));
    await writeFile(join(options.out, 'shard-00002-of-00003.txt'), '');
    expect(await runShards(options)).toMatchObject({ written: 3 });
    expect(await shardsIn(options.out)).toEqual(complete);
  });

  it.each<[string, Partial<RunShardsOptions<string>>]>([
    ['another configuration', { config: 'v2' }],
    ['another shard size', { shardSize: { bytes: 2 } }],
    ['another format', { extension: 'md' }],
  ])('with %s is refused, or redone if told to', async (_, changes) => {
    const options = joiner(await corpus(), scratchFolder());
    await runShards(options);
    const changed = { ...options, ...changes };
    await expect(runShards(changed)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { stale: Object.keys(complete) },
    });
    expect(await shardsIn(options.out)).toEqual(complete);
    const fresh = { ...changed, out: scratchFolder() };
    await runShards(fresh);
    await runShards({ ...changed, staleShards: 'redo' });
    expect(await shardsIn(options.out)).toEqual(await shardsIn(fresh.out));
  });

  it('after one input has changed redoes the shard it is in', async () => {
    const options = joiner(await corpus(), scratchFolder());
    await runShards(options);
    await writeFile(options.inputs[4], 'x');
    await utimes(options.inputs[4], 1, 1);
    await expect(runShards(options)).rejects.toMatchObject({
      details: { stale: ['shard-00001-of-00003.txt'] },
    });
    expect(await runShards({ ...options, staleShards: 'redo' })).toMatchObject({ written: 1, records: 7 });
    expect(Object.values(await shardsIn(options.out))).toEqual(['012', '3x5', '6']);
  });

  it('never touches shards of another origin', async () => {
    const options = joiner(await corpus(), scratchFolder());
    await writeFiles(options.out, { 'shard-00000-of-00001.parquet': 'precious', 'notes.md': '' });
    const run = runShards({ ...options, staleShards: 'redo' });
    await expect(run).rejects.toMatchObject({ details: { foreign: ['shard-00000-of-00001.parquet'] } });
    expect((await shardsIn(options.out))['shard-00000-of-00001.parquet']).toBe('precious');
  });

  it('removes what a killed process left half written, and nothing else', async () => {
    const options = joiner(await corpus(), scratchFolder());
    const rest = (name: string) => `.${name}.01234567-89ab-cdef-0123-456789abcdef.polytok-tmp`;
    await writeFiles(options.out, {
      [rest('shard-00001-of-00003.txt')]: '3',
      [rest('another-file.txt')]: 'x',
      [`.polytok/${rest('manifest.json')}`]: '{',
    });
    await runShards(options);
    expect(await shardsIn(options.out)).toEqual({ ...complete, [rest('another-file.txt')]: 'x' });
    expect((await readdir(join(options.out, '.polytok'))).sort()).toEqual([
      'manifest.json',
      'report.json',
      ...Object.keys(complete).map((name) => `${name}.json`),
    ]);
  });
});

describe('a killed process', () => {
  const script = fileURLToPath(new URL('./shard-runner.child.ts', import.meta.url));

  async function runChild(
    folder: string,
    out: string,
    dieAt: number,
  ): Promise<NodeJS.Signals | number | null> {
    const args = ['--import', 'tsx', script, folder, out, String(dieAt)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    const [code, signal] = await once(child, 'exit');
    return signal ?? code;
  }

  it('resumes to the same bytes as an undisturbed run, however often it is killed', async () => {
    const folder = scratchFolder();
    const text = (i: number) => `${'lorem ipsum '.repeat(i * 37)}${i}`;
    const names = Array.from({ length: 14 }, (_, i) => `${String(i).padStart(2, '0')}.bin`);
    await writeFiles(folder, Object.fromEntries(names.map((name, i) => [name, text(i)])));
    const [undisturbed, killed] = [scratchFolder(), scratchFolder()];
    expect(await runChild(folder, undisturbed, 0)).toBe(0);

    expect(await runChild(folder, killed, 5)).toBe('SIGKILL');
    expect(Object.keys(await shardsIn(killed))).toEqual(['shard-00000-of-00005.parquet']);
    expect(await runChild(folder, killed, -2)).toBe('SIGKILL');
    expect(await runChild(folder, killed, 8)).toBe('SIGKILL');
    expect(await runChild(folder, killed, 0)).toBe(0);

    expect(await shardsIn(killed)).toEqual(await shardsIn(undisturbed));
    const sources: string[] = [];
    for (const bytes of Object.values(await shardsIn(killed))) {
      const records = await decodeRecords(Uint8Array.from(Buffer.from(bytes, 'latin1')), 'parquet');
      sources.push(...records.map(({ source }) => source));
    }
    expect(sources).toEqual(names);
  });
});
