import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startKernelThread } from './start-kernel-thread.js';

it('does not keep the process alive, and needs no disposal', async () => {
  const script = fileURLToPath(new URL('./start-kernel-thread.child.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script]);
  expect(stdout).toBe('2\n');
});

it('fails with what the thread threw, and says that it died', async () => {
  const causes: unknown[] = [];
  const source = '(() => { throw new Error("no such thing"); })';
  await expect(startKernelThread(source, null, (cause) => causes.push(cause))).rejects.toThrow(
    'no such thing',
  );
  expect(causes[0]).toMatchObject({ message: 'no such thing' });
});

it('says that a thread died which was ready before', async () => {
  const died = new Promise((resolve) => {
    startKernelThread('((data, ready) => { ready(); setTimeout(() => process.exit(3), 1); })', null, resolve);
  });
  expect(await died).toMatchObject({ message: expect.stringContaining('exit code 3') });
});
