/** Why one of many inputs was left out, as plain data for reports. */
export interface InputFailure {
  readonly input: string;
  /** An {@link ErrorCode}, or the name of an unforeseen error. */
  readonly code: string;
  readonly message: string;
}

export function toInputFailure(input: string, error: unknown): InputFailure {
  if (!(error instanceof Error)) return { input, code: 'Error', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { input, code, message: error.message };
}
