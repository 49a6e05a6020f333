import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';

/**
 * Runs the benchmarks of a folder that the command line names, all where it names none, each in its own process.
 * The exit code is 1 when one of them failed, 2 for an unknown name.
 */
export function runBenchmarks(folder: string, benchmarks: readonly string[]): void {
  const { values, positionals } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, wait: { type: 'string' } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !benchmarks.includes(name));
  if (unknown) {
    console.error(`There is no benchmark '${unknown}'; there are ${benchmarks.join(', ')}.`);
    process.exit(2);
  }
  const options = [...(values.quick ? ['--quick'] : []), ...(values.wait ? ['--wait', values.wait] : [])];
  for (const name of positionals.length > 0 ? positionals : benchmarks) {
    const script = path.join(folder, `${name}.ts`);
    // This process's own flags carry the TypeScript loader and the export condition.
    const { status } = spawnSync(process.execPath, [...process.execArgv, script, ...options], {
      stdio: 'inherit',
    });
    if (status !== 0) process.exitCode = 1;
  }
}
