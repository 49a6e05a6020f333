import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeDatasetFile } from '../data/dataset-files.js';
import { createDatasetFolder, openDatasetFolder } from './dataset-folder.js';

function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'polytok-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('a data set in a folder', () => {
  it('is written and read by path', async () => {
    const folder = join(scratchFolder(), 'new', 'one');
    const sink = await createDatasetFolder(folder);
    await writeDatasetFile(sink, 'meta/deep/info.json', Uint8Array.of(1, 2, 3));
    const file = await openDatasetFolder(folder).open('meta/deep/info.json');
    expect(await file?.slice(1, 3)).toEqual(Uint8Array.of(2, 3));
    await file?.close?.();
  });

  it('has no file where there is none, nor where a folder is', async () => {
    const folder = scratchFolder();
    await writeDatasetFile(await createDatasetFolder(folder), 'meta/info.json', Uint8Array.of(1));
    const files = openDatasetFolder(folder);
    expect(await files.open('meta/stats.json')).toBeUndefined();
    expect(await files.open('meta')).toBeUndefined();
    expect(await files.open('meta/info.json/deeper')).toBeUndefined();
  });

  it('keeps nothing of a file that was given up', async () => {
    const folder = scratchFolder();
    const file = await (await createDatasetFolder(folder)).create('data.parquet');
    await file.write(Uint8Array.of(1));
    await file.abort();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not mixed with another, but extended where that is meant', async () => {
    const folder = scratchFolder();
    await writeDatasetFile(await createDatasetFolder(folder), 'a', Uint8Array.of(1));
    await expect(createDatasetFolder(folder)).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { folder, entries: 1 } }),
    );
    await writeDatasetFile(await createDatasetFolder(folder, { existing: 'extend' }), 'b', Uint8Array.of(1));
    expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
  });

  it.each(['../secret', '/etc/passwd', 'meta/../../secret', '..'])(
    'does not leave it for %s',
    async (path) => {
      const refusal = expect.objectContaining({ code: 'INVALID_FORMAT' });
      await expect(openDatasetFolder(scratchFolder()).open(path)).rejects.toThrow(refusal);
    },
  );
});
