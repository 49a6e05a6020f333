import { isPolytokError, PolytokError } from '@polytok/common';

/** Names the file in the errors of `read`, in front of the message and in `details.file`. */
export async function inFile<T>(path: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isPolytokError(error) || error.code === 'ABORTED' || error.details.file !== undefined) throw error;
    throw new PolytokError(error.code, `${path}: ${error.message}`, {
      details: { ...error.details, file: path },
      cause: error,
    });
  }
}
