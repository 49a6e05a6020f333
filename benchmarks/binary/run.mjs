import { spawnSync } from 'node:child_process';

/**
 * Runs a program to its end and returns its standard output.
 * @param {string} program @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options] `env` is added to this process's own
 * @throws Error with the last lines the program wrote, when it is missing or fails
 */
export function run(program, args, { cwd, env } = {}) {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    // npm is a .cmd file on Windows, which only a shell starts.
    shell: process.platform === 'win32',
  });
  if (error) throw new Error(`${program} could not be started: ${error.message}`);
  if (status !== 0)
    throw new Error(
      `${program} ${args[0]} ended with ${status}: ${stderr.trim().split('\n').slice(-3).join(' | ')}`,
    );
  return stdout;
}
