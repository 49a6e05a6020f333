/**
 * Runs the binary benchmarks, all or those named, each in its own process.
 *
 *   pnpm binary [--quick] [--wait seconds] [encode growth workers stream load train quality]
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { HERE } from './paths.js';

const BENCHMARKS = ['encode', 'growth', 'workers', 'stream', 'load', 'train', 'quality'];

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, wait: { type: 'string' } },
  allowPositionals: true,
});
const unknown = positionals.find((name) => !BENCHMARKS.includes(name));
if (unknown) {
  console.error(`There is no benchmark '${unknown}'; there are ${BENCHMARKS.join(', ')}.`);
  process.exit(2);
}
const options = [...(values.quick ? ['--quick'] : []), ...(values.wait ? ['--wait', values.wait] : [])];
for (const name of positionals.length > 0 ? positionals : BENCHMARKS) {
  const script = path.join(HERE, `${name}.ts`);
  // This process's own flags carry the TypeScript loader and the export condition.
  const { status } = spawnSync(process.execPath, [...process.execArgv, script, ...options], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
