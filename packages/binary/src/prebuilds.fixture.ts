/** For tests: real executables of several platforms, which the package `bufferutil` brings along. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const folder = path.join(
  path.dirname(createRequire(import.meta.url).resolve('bufferutil/package.json')),
  'prebuilds',
);

export const PREBUILD_TARGETS = [
  'linux-x64',
  'darwin-x64',
  'darwin-arm64',
  'win32-ia32',
  'win32-x64',
] as const;

/** The bytes of one; `length` cuts them short. */
export function prebuild(target: (typeof PREBUILD_TARGETS)[number], length?: number): Uint8Array {
  return new Uint8Array(readFileSync(path.join(folder, target, 'bufferutil.node'))).subarray(0, length);
}
