import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readChunks } from './read-chunks.js';
import { scratchFolder } from './scratch-folder.test-helper.js';

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<number[][]> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  // Spread at the end: an earlier chunk must not change when a later one is read.
  return all.map((chunk) => [...chunk]);
}

describe('readChunks', () => {
  it('cuts a file into equal chunks and a rest', async () => {
    const path = join(scratchFolder(), 'a.bin');
    await writeFile(path, Uint8Array.of(1, 2, 3, 4, 5, 6, 7));
    expect(await collect(readChunks(path, { chunkBytes: 3 }))).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
    expect(await collect(readChunks(path, { chunkBytes: 7 }))).toEqual([[1, 2, 3, 4, 5, 6, 7]]);
  });

  it('gives no chunk for an empty file', async () => {
    const path = join(scratchFolder(), 'a.bin');
    await writeFile(path, '');
    expect(await collect(readChunks(path))).toEqual([]);
  });

  it('cuts standard input alike, however it is delivered', async () => {
    const stdin = Readable.from([Buffer.of(1), Buffer.of(2, 3, 4, 5, 6), Buffer.of(), Buffer.of(7)]);
    expect(await collect(readChunks('-', { chunkBytes: 3, stdin }))).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
  });

  it('reports what cannot be read', async () => {
    const folder = scratchFolder();
    const missing = collect(readChunks(join(folder, 'none')));
    await expect(missing).rejects.toMatchObject({ code: 'IO', details: { systemCode: 'ENOENT' } });
    await expect(collect(readChunks(folder))).rejects.toMatchObject({ details: { systemCode: 'EISDIR' } });
    await expect(collect(readChunks('-', { chunkBytes: 0 }))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it('stops waiting for input when aborted', async () => {
    const stdin = new Readable({ read() {} });
    const controller = new AbortController();
    const reading = collect(readChunks('-', { stdin, signal: controller.signal }));
    controller.abort();
    await expect(reading).rejects.toMatchObject({ code: 'ABORTED' });
    const late = collect(readChunks('-', { stdin, signal: AbortSignal.abort() }));
    await expect(late).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
