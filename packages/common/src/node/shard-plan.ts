/**
 * Which input goes into which shard. A plan is a pure function of the inputs, the shard size and the configuration:
 * the same corpus gives the same shards on every run and machine.
 */
import { PolytokError } from '../errors.js';
import { fingerprintOf } from '../fingerprint.js';

/** Changes when equal keys would no longer mean equal shards. */
const PLAN_VERSION = 1;

/** An input and what identifies its content. */
export interface ShardInput {
  readonly name: string;
  readonly bytes: number;
  /** Changes with the content: a modification time, or a hash. */
  readonly version: string;
}

/** Inputs per shard, or bytes of input; a shard has at least one input in either case. */
export type ShardSize = { readonly items: number } | { readonly bytes: number };

export interface Shard {
  /** `shard-00003-of-00012.parquet`, counted from 0. */
  readonly name: string;
  readonly inputs: readonly ShardInput[];
  /** Identity of the shard's content: its name, its inputs with their versions, and the configuration. */
  readonly key: string;
}

export interface PlanShardsOptions {
  readonly inputs: readonly ShardInput[];
  readonly shardSize: ShardSize;
  /** Without the dot. */
  readonly extension: string;
  /** Fingerprint of all that decides the output besides the inputs. */
  readonly config: string;
}

/** True for the names that {@link planShards} gives. */
export function isShardName(name: string): boolean {
  return /^shard-\d{5,}-of-\d{5,}\.[^.]/.test(name);
}

/** @throws PolytokError `INVALID_ARGUMENT` when the size is not positive, an input stands twice, or the extension is no word */
export function planShards({ inputs, shardSize, extension, config }: PlanShardsOptions): Shard[] {
  if (!/^[a-z0-9]+$/i.test(extension)) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `A shard's extension is letters and digits; got '${extension}'.`,
      {
        details: { extension },
      },
    );
  }
  checkDistinct(inputs);
  const groups = groupInputs(inputs, shardSize);
  const digits = (count: number) => String(count).padStart(5, '0');
  return groups.map((group, index) => {
    const name = `shard-${digits(index)}-of-${digits(groups.length)}.${extension}`;
    const content = group.map((input) => [input.name, input.bytes, input.version]);
    return { name, inputs: group, key: fingerprintOf(JSON.stringify([PLAN_VERSION, config, name, content])) };
  });
}

function groupInputs(inputs: readonly ShardInput[], shardSize: ShardSize): ShardInput[][] {
  const limit = 'items' in shardSize ? shardSize.items : shardSize.bytes;
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `A shard size is a positive integer of items or bytes; got ${limit}.`,
      {
        details: { shardSize },
      },
    );
  }
  const groups: ShardInput[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const input of inputs) {
    const own = 'items' in shardSize ? 1 : input.bytes;
    if (size + own > limit) {
      groups.push([]);
      size = 0;
    }
    groups[groups.length - 1].push(input);
    size += own;
  }
  return groups;
}

/** An input that stands twice would be written twice. */
function checkDistinct(inputs: readonly ShardInput[]): void {
  const names = new Set<string>();
  for (const { name } of inputs) {
    if (names.has(name)) {
      throw new PolytokError('INVALID_ARGUMENT', `The input '${name}' stands twice. Remove one of them.`, {
        details: { input: name },
      });
    }
    names.add(name);
  }
}
