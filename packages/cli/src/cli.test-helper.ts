import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { TerminalStream } from './io.js';
import { runCli } from './run-cli.js';

/** For tests: an empty folder that is removed when the test is over. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'polytok-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** For tests: writes files by path relative to a folder, and the folders they need. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

export interface CliOptions {
  /** Folder the command runs in. */
  readonly cwd: string;
  /** Standard input. Default: empty. */
  readonly stdin?: Uint8Array;
  /** Standard output leads to a terminal. Default: false. */
  readonly isTTY?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stdoutBytes: Uint8Array;
  readonly stderr: string;
}

/** For tests: runs the command in this process, which is a hundred times faster than {@link spawnCli}. */
export async function cli(argv: readonly string[], options: CliOptions): Promise<CliResult> {
  const { cwd, stdin, isTTY = false, env = {}, signal = new AbortController().signal } = options;
  const stdout = new CollectingStream();
  const stderr = new CollectingStream();
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const code = await runCli(argv, {
      stdin: Readable.from(stdin ? [stdin] : []),
      stdout: Object.assign(stdout, { isTTY }) as TerminalStream,
      stderr,
      env,
      signal,
    });
    return { code, stdout: String(stdout.bytes), stdoutBytes: stdout.bytes, stderr: String(stderr.bytes) };
  } finally {
    process.chdir(before);
  }
}

class CollectingStream extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

/** For tests: starts the command as a process of its own, from source. */
export function startCli(argv: readonly string[], cwd: string): ReturnType<typeof spawn> {
  return spawn(process.execPath, ['--import', TSX, '--conditions=@polytok/source', MAIN, ...argv], { cwd });
}

/** For tests: runs the command as a process of its own; through a shell command `… | polytok | …` where given. */
export async function spawnShell(script: string, cwd: string): Promise<CliResult> {
  const polytok = `"${process.execPath}" --import "${TSX}" --conditions=@polytok/source "${MAIN}"`;
  const child = spawn('bash', ['-c', `set -o pipefail; polytok() { ${polytok} "$@"; }; ${script}`], { cwd });
  return collect(child);
}

/** For tests: waits for the end of a process. */
export async function collect(child: ReturnType<typeof spawn>): Promise<CliResult> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk) => stdout.push(chunk));
  child.stderr?.on('data', (chunk) => stderr.push(chunk));
  const code = await new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? -1)));
  const stdoutBytes = Buffer.concat(stdout);
  return { code, stdout: String(stdoutBytes), stdoutBytes, stderr: String(Buffer.concat(stderr)) };
}
