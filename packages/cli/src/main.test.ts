import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { collect, scratchFolder, spawnShell, startCli, writeFiles } from './cli.test-helper.js';
import { tinyElf, tinyTokenizerJson } from './samples.test-helper.js';

/** The command as a process of its own; what needs no process is tested beside the commands. */

let folder: string;

beforeEach(async () => {
  folder = scratchFolder();
  await writeFiles(folder, { 'tokenizer.json': tinyTokenizerJson() });
});

/** Waits for a condition that another process makes true. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await setTimeout(2);
}

test('bytes go through pipes and come back', async () => {
  await writeFiles(folder, { tool: tinyElf() });
  const { code, stdoutBytes } = await spawnShell(
    'polytok binary encode - -t tokenizer.json -f u16 --out - < tool | polytok binary decode - -t tokenizer.json -f u16 --out -',
    folder,
  );
  expect(code).toBe(0);
  expect(Buffer.from(stdoutBytes).equals(tinyElf())).toBe(true);
});

test('the exit code reaches the shell', async () => {
  const { code, stderr } = await spawnShell('polytok binary encode none --out x', folder);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^polytok: IO: none: /);
});

test('a reader that has enough is no error', async () => {
  const { code, stdout, stderr } = await spawnShell(
    'polytok binary encode /dev/zero -t tokenizer.json -f u32 --out - | head -c 4 | wc -c',
    folder,
  );
  expect({ code, stdout: stdout.trim(), stderr }).toEqual({ code: 0, stdout: '4', stderr: '' });
});

test.runIf(existsSync('/dev/full'))('a full disk is named', async () => {
  await writeFiles(folder, { tool: tinyElf() });
  expect(
    await spawnShell('polytok binary encode tool -t tokenizer.json -f u32 --out - > /dev/full', folder),
  ).toMatchObject({
    code: 1,
    stderr:
      "polytok: IO: Cannot write 'standard output': the disk is full. Free some space and run again; finished files are kept.\n",
  });
});

describe('a run that is stopped', () => {
  test('by SIGINT leaves no file and exits with 130', async () => {
    const child = startCli(['binary', 'encode', '-', '-t', 'tokenizer.json', '--out', 'x.u32'], folder);
    const result = collect(child);
    child.stdin?.write('abab');
    await until(async () => (await readdir(folder)).some((name) => name.startsWith('.x.u32')));
    child.kill('SIGINT');
    expect(await result).toMatchObject({
      code: 130,
      stderr: expect.stringMatching(/^polytok: ABORTED: .*\n$/),
    });
    expect(await readdir(folder)).toEqual(['tokenizer.json']);
  });

  test('by SIGKILL goes on where it was, and ends like one that was not stopped', async () => {
    const bytes = (seed: number) => Uint8Array.from({ length: 100_000 }, (_, k) => (k * k + seed * k) >> 3);
    await writeFiles(folder, Object.fromEntries(Array.from({ length: 24 }, (_, k) => [`c/${k}`, bytes(k)])));
    const argv = ['binary', 'encode', 'c', '-t', 'tokenizer.json', '--shard-size', '2', '--out'];
    const child = startCli([...argv, 'killed'], folder);
    const killed = collect(child);
    await until(async () => existsSync(join(folder, 'killed/.polytok/shard-00003-of-00012.parquet.json')));
    child.kill('SIGKILL');
    expect((await killed).code).toBe(-1);
    const kept = (await shards('killed')).length;
    expect(kept).toBeGreaterThanOrEqual(4);
    expect(kept).toBeLessThan(12);

    const { stdout } = await collect(startCli([...argv, 'killed', '--json'], folder));
    expect(JSON.parse(stdout).written).toBeLessThanOrEqual(8);
    await collect(startCli([...argv, 'whole'], folder));
    const names = await shards('whole');
    expect(names).toHaveLength(12);
    expect(await shards('killed')).toEqual(names);
    for (const name of names) {
      const [resumed, whole] = await Promise.all(
        ['killed', 'whole'].map((out) => readFile(join(folder, out, name))),
      );
      expect(resumed.equals(whole)).toBe(true);
    }
  });

  async function shards(out: string): Promise<string[]> {
    return (await readdir(join(folder, out))).filter((name) => name.startsWith('shard-')).sort();
  }
});
