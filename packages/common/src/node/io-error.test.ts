import { expect, it } from 'vitest';
import { ioError } from './io-error.js';

it('explains the system code and keeps it for programs', () => {
  const cause = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const error = ioError(cause, 'write', 'out.parquet');
  expect(error).toMatchObject({ code: 'IO', cause, details: { path: 'out.parquet', systemCode: 'ENOSPC' } });
  expect(error.message).toBe(
    "Cannot write 'out.parquet': the disk is full. Free some space and run again; finished files are kept.",
  );
});

it('passes on the words of errors it does not know', () => {
  expect(ioError(new Error('odd'), 'read', 'x').message).toBe("Cannot read 'x': odd.");
});
