import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

/** What `benchmarks/package.json` installs and is not ours. */
function peerPackages(): string[] {
  const { devDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return Object.keys(devDependencies).filter((name) => !name.startsWith('@polytok/'));
}

/**
 * Bundles a program of ours into one file of plain JavaScript, so that the measured process runs what a user's
 * would and carries no TypeScript loader. Peers' packages stay outside the bundle.
 * @returns path of the bundle
 */
export async function bundle(entry: string, folder: string): Promise<string> {
  const outfile = path.join(folder, `${path.basename(entry, '.ts')}.mjs`);
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@polytok/source'],
    external: peerPackages(),
    logLevel: 'warning',
  });
  return outfile;
}
