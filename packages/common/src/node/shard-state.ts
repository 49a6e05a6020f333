/**
 * What a folder of shards knows about itself, in its subfolder `.polytok`: `manifest.json` has the plan that the
 * folder follows, `<shard>.json` marks a shard as complete, `report.json` sums up the last run.
 *
 * A marker is written after the shard has its final name. A process killed in between leaves a shard without a marker,
 * which the next run writes again with the same bytes: nothing is lost and nothing is there twice.
 */
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PolytokError } from '../errors.js';
import { isJsonObject } from '../json.js';
import { temporaryTarget, writeFileAtomic } from './atomic-file.js';
import type { InputFailure } from './input-failure.js';
import { ioError } from './io-error.js';
import { isShardName, type Shard } from './shard-plan.js';

/** A complete shard. */
export interface ShardMarker {
  readonly key: string;
  /** Size of the shard. */
  readonly bytes: number;
  readonly records: number;
  readonly failures: readonly InputFailure[];
}

/** Shards of an earlier run that the present plan does not give: stop, or remove and write them anew. */
export type StaleShards = 'refuse' | 'redo';

export class ShardState {
  private readonly folder: string;

  constructor(private readonly out: string) {
    this.folder = join(out, '.polytok');
  }

  /**
   * Makes the folder follow a plan: removes what killed processes left, and shards of another plan if told to.
   * Shards that the old and the new plan have in common stay.
   * @throws PolytokError `INVALID_ARGUMENT` when there are shards of another plan, or of no polytok run; `IO`
   */
  async adopt(shards: readonly Shard[], staleShards: StaleShards): Promise<void> {
    await mkdir(this.folder, { recursive: true }).catch(rethrow('write', this.folder));
    const planned = new Map(shards.map(({ name, key }) => [name, key]));
    const known = await this.readManifest();
    const present = await this.removeTemporaries();
    const foreign = present.filter((name) => !known.has(name));
    if (foreign.length > 0) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `'${this.out}' has shards that no run of polytok left there, such as '${foreign[0]}'. Choose an empty folder.`,
        { details: { folder: this.out, foreign } },
      );
    }
    const stale = present.filter((name) => planned.get(name) !== known.get(name));
    if (stale.length > 0 && staleShards === 'refuse') {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `'${this.out}' has ${stale.length} shards of other inputs or another configuration, such as '${stale[0]}'. Choose another folder, or let them be redone.`,
        { details: { folder: this.out, stale } },
      );
    }
    for (const name of stale) {
      // The marker first: a marker never stands for a shard that is gone.
      await remove(this.pathOf(name));
      await remove(join(this.out, name));
    }
    await this.write('manifest', { shards: Object.fromEntries(planned) });
  }

  /** The marker of a complete shard; undefined when the shard has to be written. */
  async findComplete({ name, key }: Shard): Promise<ShardMarker | undefined> {
    const marker = await this.read(name);
    const size = await stat(join(this.out, name)).then(
      (stats) => stats.size,
      () => undefined,
    );
    return isMarker(marker) && marker.key === key && marker.bytes === size ? marker : undefined;
  }

  /** Writes a shard, then its marker. @throws PolytokError `IO`, `ABORTED` */
  async complete(
    { name, key }: Shard,
    bytes: Uint8Array,
    outcome: Pick<ShardMarker, 'records' | 'failures'>,
    signal?: AbortSignal,
  ): Promise<ShardMarker> {
    const marker = { key, bytes: bytes.byteLength, ...outcome };
    await writeFileAtomic(join(this.out, name), bytes, { signal });
    await this.write(name, marker);
    return marker;
  }

  /** @throws PolytokError `IO` */
  async writeReport(report: object): Promise<void> {
    await this.write('report', report);
  }

  /** Keys by shard name of the plan that the folder follows; none for a new folder. */
  private async readManifest(): Promise<ReadonlyMap<string, unknown>> {
    const manifest = await this.read('manifest');
    return new Map(
      isJsonObject(manifest) && isJsonObject(manifest.shards) ? Object.entries(manifest.shards) : [],
    );
  }

  /** Returns the names of the shards that are there. */
  private async removeTemporaries(): Promise<string[]> {
    for (const name of await list(this.folder)) {
      if (temporaryTarget(name) !== undefined) await remove(join(this.folder, name));
    }
    const names = await list(this.out);
    for (const name of names) {
      if (isShardName(temporaryTarget(name) ?? '')) await remove(join(this.out, name));
    }
    return names.filter(isShardName).sort();
  }

  /** A file that is missing or damaged counts as not there: what it would vouch for is done again. */
  private async read(name: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.pathOf(name), 'utf8'));
    } catch {
      return undefined;
    }
  }

  private async write(name: string, content: object): Promise<void> {
    await writeFileAtomic(
      this.pathOf(name),
      new TextEncoder().encode(`${JSON.stringify(content, undefined, 1)}\n`),
    );
  }

  private pathOf(name: string): string {
    return join(this.folder, `${name}.json`);
  }
}

function isMarker(value: unknown): value is ShardMarker {
  return isJsonObject(value) && typeof value.records === 'number' && Array.isArray(value.failures);
}

function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(rethrow('read', folder));
}

async function remove(path: string): Promise<void> {
  await rm(path, { force: true }).catch(rethrow('remove', path));
}

function rethrow(action: string, path: string): (error: unknown) => never {
  return (error) => {
    throw ioError(error, action, path);
  };
}
