/**
 * For tests: tokenizes the bytes of a corpus into Parquet shards of three files each, and kills itself with SIGKILL at
 * a chosen call of `process`, or of `encode` for a negative number.
 *
 *     shard-runner.child.ts <corpus folder> <output folder> <call to die at, 0 for never>
 */
import { basename } from 'node:path';
import { encodeRecords } from '../io/token-records.js';
import { expandInputs } from './inputs.js';
import { readFileBytes } from './read-file-bytes.js';
import { runShards } from './shard-runner.js';

const [corpus, out, dieAt] = process.argv.slice(2);
let processed = 0;
let encoded = 0;

function dieIf(condition: boolean): void {
  if (condition) process.kill(process.pid, 'SIGKILL');
}

await runShards({
  inputs: (await expandInputs([corpus])).files,
  out,
  shardSize: { items: 3 },
  extension: 'parquet',
  config: 'bytes',
  concurrency: 2,
  process: async (input) => {
    dieIf(++processed === Number(dieAt));
    const ids = Uint16Array.from(await readFileBytes(input));
    const alignment = { kind: 'widths', start: 0 } as const;
    return {
      source: basename(input),
      modality: 'binary',
      fingerprint: 'bytes',
      codebooks: 1,
      length: ids.length,
      ids,
      alignment,
    };
  },
  encode: async (records) => {
    dieIf(--encoded === Number(dieAt));
    return encodeRecords(records, 'parquet');
  },
});
