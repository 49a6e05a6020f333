import { stat } from 'node:fs/promises';

/** Whether a folder stands at the path; false for whatever cannot be inspected. */
export async function isFolder(path: string): Promise<boolean> {
  return (await inspect(path))?.isDirectory() ?? false;
}

/** Bytes of a file; undefined for standard input (`-`) and whatever cannot be inspected or is no plain file. */
export async function sizeOf(path: string): Promise<number | undefined> {
  const stats = path === '-' ? undefined : await inspect(path);
  return stats?.isFile() ? stats.size : undefined;
}

function inspect(path: string) {
  return stat(path).catch(() => undefined);
}
