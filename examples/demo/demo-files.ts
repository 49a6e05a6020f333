import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** A real executable of this machine or of the examples' dependencies. */
export interface DemoFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Files of three formats, small ones first: two add-ons of `bufferutil`, then `esbuild` and Node for this machine. */
export async function demoFiles(): Promise<DemoFile[]> {
  const sources = [
    { name: 'bufferutil (Windows)', path: resolveFrom('bufferutil/prebuilds/win32-x64/bufferutil.node') },
    { name: 'bufferutil (macOS)', path: resolveFrom('bufferutil/prebuilds/darwin-arm64/bufferutil.node') },
    { name: 'esbuild', path: esbuildBinary() },
    { name: `node ${process.version}`, path: process.execPath },
  ];
  return Promise.all(
    sources.map(async ({ name, path }) => ({ name, bytes: new Uint8Array(await readFile(path)) })),
  );
}

/** The package manager installs esbuild's binary for this platform as a dependency of `esbuild`. */
function esbuildBinary(): string {
  const { platform, arch } = process;
  const program = platform === 'win32' ? 'esbuild.exe' : 'bin/esbuild';
  return resolveFrom(`@esbuild/${platform}-${arch}/${program}`, resolveFrom('esbuild'));
}

function resolveFrom(specifier: string, importer: string = import.meta.url): string {
  return createRequire(importer).resolve(specifier);
}
