import { type ErrorCode, PolytokError } from '../../errors.js';

/** An error about a tokenizer.json; `problem` is a sentence, `details` its facts. */
export function tokenizerJsonError(
  code: ErrorCode,
  problem: string,
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): PolytokError {
  return new PolytokError(code, `Cannot read tokenizer.json: ${problem}`, { details, cause });
}

/** A file's value for a message: JSON, cut at 60 characters, with what does not print as `\u…`. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  const cut = text.length <= 60 ? text : `${text.slice(0, 57)}...`;
  return cut.replace(/\p{C}/gu, (hidden) => `\\u${hidden.codePointAt(0)!.toString(16).padStart(4, '0')}`);
}
