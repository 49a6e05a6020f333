import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A new folder that is removed after the tests of the calling file. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'polytok-examples-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}
