import { type ErrorCode, isPolytokError, PolytokError } from '@polytok/common';
import type { ReadMode } from './contract.js';
import { MAX_ISSUES } from './limits.js';

/** The two ways to treat a contradiction in a file: throw it (strict) or note it and go on (lenient). */
export class IssueLog {
  readonly messages: string[] = [];

  constructor(readonly mode: ReadMode) {}

  /** @throws PolytokError with `code` in strict mode */
  report(
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    code: ErrorCode = 'INVALID_FORMAT',
  ): void {
    if (this.mode === 'strict') {
      throw new PolytokError(code, `${message} Read it with mode 'lenient' to keep what is intact.`, {
        details,
      });
    }
    if (this.messages.length < MAX_ISSUES) this.messages.push(message);
    else if (this.messages.length === MAX_ISSUES) this.messages.push('Further issues are not listed.');
  }

  /** Result of `action`, or undefined where lenient mode noted that it failed. `what` opens the note: 'ELF header'. */
  attempt<Result>(what: string, action: () => Result): Result | undefined {
    if (this.mode === 'strict') return action();
    try {
      return action();
    } catch (error) {
      if (!isPolytokError(error)) throw error;
      this.report(`${what}: ${error.message}`, error.details, error.code);
      return undefined;
    }
  }
}
