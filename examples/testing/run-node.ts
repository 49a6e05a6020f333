import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface NodeRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunNodeOptions {
  /** Working folder. Default: the examples. */
  readonly cwd?: string;
}

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const EXAMPLES = fileURLToPath(new URL('..', import.meta.url));

/** Runs Node as the examples say: TypeScript by `tsx`, packages by their sources, no shell. */
export function runNode(args: readonly string[], { cwd = EXAMPLES }: RunNodeOptions = {}): Promise<NodeRun> {
  const node = ['--import', TSX, '--conditions=@polytok/source', ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, node, { cwd, encoding: 'utf8' }, (error, stdout, stderr) => {
      // A process that a signal ended has no number for a code.
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ exitCode, stdout, stderr });
    });
  });
}
