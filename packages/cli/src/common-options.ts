import { TOKEN_FORMATS } from '@polytok/common/io';
import type { ShardSize } from '@polytok/common/node';
import { choice, flag, integer, parsed, text } from './options.js';
import { usageError } from './usage-error.js';

/** How a command reports; every command has these. */
export const REPORT_OPTIONS = {
  json: flag('Print the result as JSON on standard output'),
  quiet: flag('Print failures and warnings alone', { short: 'q' }),
  progress: flag('Show progress although standard error is no terminal'),
};

export const outOption = (description: string) => text({ hint: 'PATH', short: 'o', description });

export const formatOption = (description: string) =>
  choice({ hint: 'FORMAT', short: 'f', of: TOKEN_FORMATS, description });

export const workersOption = (description: string) => integer({ hint: 'N', description });

const SHARD_SIZE = /^(\d+)(?:([kMG])B?)?$/;
const SHARD_UNITS: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9 };

/** `500` inputs, or `64MB` of input, per shard. */
export const shardSizeOption = parsed<ShardSize>({
  hint: 'SIZE',
  description: 'Input per shard: bytes such as 64MB (the default) or 1G, or a number of files such as 500',
  parse: (value, name) => {
    const [, digits, unit] = SHARD_SIZE.exec(value) ?? [];
    const number = Number(digits) * (SHARD_UNITS[unit] ?? 1);
    if (!Number.isSafeInteger(number) || number < 1)
      throw usageError(`${name} is a number of files such as 500, or bytes such as 64MB; got '${value}'.`);
    return unit === undefined ? { items: number } : { bytes: number };
  },
});

/** @throws PolytokError `INVALID_ARGUMENT` when the option is absent */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw usageError(`${name} is missing; say where the result goes.`);
  return value;
}
