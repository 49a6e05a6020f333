/**
 * Which file a shard of bare ids was made from. Formats without fields (npy, u16, u32) have one file per shard;
 * `polytok-index.json` beside them says the rest, so that a folder of them can be decoded like one of Parquet shards.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PolytokError } from '@polytok/common';
import type { RecordContext } from '@polytok/common/io';
import { ioError, writeFileAtomic } from '@polytok/common/node';

/** Contexts by the name of the shard. */
export type ShardIndex = Readonly<Record<string, RecordContext>>;

const INDEX_NAME = 'polytok-index.json';

/** @throws PolytokError `IO`, `ABORTED` */
export async function writeShardIndex(folder: string, index: ShardIndex, signal: AbortSignal): Promise<void> {
  const text = `${JSON.stringify({ shards: index }, undefined, 1)}\n`;
  await writeFileAtomic(join(folder, INDEX_NAME), new TextEncoder().encode(text), { signal });
}

/** The index of a folder; empty when it has none. @throws PolytokError `IO`, `INVALID_FORMAT` */
export async function readShardIndex(folder: string): Promise<ShardIndex> {
  const path = join(folder, INDEX_NAME);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw ioError(error, 'read', path);
  });
  if (text === undefined) return {};
  try {
    const shards: ShardIndex = JSON.parse(text).shards;
    for (const { source, fingerprint } of Object.values(shards)) {
      if (typeof source !== 'string' || typeof fingerprint !== 'string') throw new TypeError('no context');
    }
    return shards;
  } catch (cause) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `'${path}' is no index of token files. Encode again, or remove it.`,
      {
        details: { path },
        cause,
      },
    );
  }
}
