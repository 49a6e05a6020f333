import { execFile } from 'node:child_process';

export interface NodeRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Node in this folder as the examples say: TypeScript by `tsx`, packages by their sources, no shell. */
export function runNode(args: readonly string[]): Promise<NodeRun> {
  const node = ['--import', 'tsx', '--conditions=@polytok/source', ...args];
  const cwd = new URL('..', import.meta.url);
  return new Promise((resolve) => {
    execFile(process.execPath, node, { cwd, encoding: 'utf8' }, (error, stdout, stderr) => {
      // A process that a signal ended has no number for a code.
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ exitCode, stdout, stderr });
    });
  });
}
