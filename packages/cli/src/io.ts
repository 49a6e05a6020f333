import type { Readable, Writable } from 'node:stream';

/** What a command may touch of the process it runs in. Tests pass their own. */
export interface CliIo {
  readonly stdin: Readable;
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Fires when the user wants the command to stop. */
  readonly signal: AbortSignal;
}

/** A stream that may lead to a terminal. */
export type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };
