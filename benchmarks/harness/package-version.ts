import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Version of an installed package, by its `package.json` in one of the `node_modules` above. */
export function packageVersion(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const folder of folders) {
    try {
      return JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')).version;
    } catch {}
  }
  throw new Error(`${name} is not installed; run 'pnpm install' in benchmarks/.`);
}
