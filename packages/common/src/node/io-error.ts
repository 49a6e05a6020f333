import { PolytokError } from '../errors.js';

/** What the system's codes mean to someone who runs a program, and what to do. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist. Check the path',
  EISDIR: 'it is a folder. Name a file',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EACCES: 'access is denied. Check its permissions',
  EPERM: 'the system does not permit it. Check its permissions',
  ENOSPC: 'the disk is full. Free some space and run again; finished files are kept',
  EFBIG: 'the file is larger than the file system, or a limit of this process (ulimit -f), allows',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many files are open. Lower the concurrency',
};

/**
 * An `IO` error that names the path and explains the system's code (`details.systemCode`).
 * @param action what failed, such as 'read' or 'write'
 */
export function ioError(cause: unknown, action: string, path: string): PolytokError {
  const { code: systemCode, message } = cause as NodeJS.ErrnoException;
  const explanation = EXPLANATIONS[systemCode ?? ''] ?? message;
  return new PolytokError('IO', `Cannot ${action} '${path}': ${explanation}.`, {
    details: { path, systemCode },
    cause,
  });
}
