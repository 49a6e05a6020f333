/**
 * The packages as a user gets them: packed, installed into an empty folder, imported, required and bundled.
 * Needs a build and the package registry, so it runs where `POLYTOK_REQUIRE` names `packaging` (as `.ci/run` does).
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRequired } from '../packages/common/src/kernels/is-required.fixture.js';

const ROOT = join(import.meta.dirname, '..');
const PACKAGES = ['common', 'binary', 'action', 'speech', 'image', 'cli'];
const required = isRequired('packaging');

/** Every entry that must load in a browser, and what it may weigh there: minified, gzipped bytes with all it imports. */
const BROWSER_ENTRIES: Readonly<Record<string, number>> = {
  '@polytok/common': 16_000,
  '@polytok/common/bpe': 24_000,
  '@polytok/common/io': 56_000,
  '@polytok/common/kernels': 20_000,
  '@polytok/common/kernels/tfjs': 8_000,
  '@polytok/common/kernels/webgpu': 13_000,
  '@polytok/common/metrics': 16_000,
  '@polytok/common/onnx': 40_000,
  '@polytok/common/pca': 44_000,
  '@polytok/common/quantizers': 48_000,
  '@polytok/common/quantizers/train': 56_000,
  '@polytok/common/testing': 16_000,
  '@polytok/action': 64_000,
  '@polytok/action/data': 60_000,
  '@polytok/action/evaluation': 16_000,
  '@polytok/action/learned': 64_000,
  '@polytok/action/mcap': 64_000,
  '@polytok/action/pipeline': 88_000,
  '@polytok/action/replay': 8_000,
  '@polytok/binary': 42_000,
  '@polytok/image': 56_000,
  '@polytok/speech': 56_000,
  '@polytok/binary/formats': 16_000,
  '@polytok/binary/vocabularies': 330_000,
};

const EXAMPLE = `
const bytes = new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
const tokenizer = binaryTokenizer('4k');
const tokens = tokenizer.encodeSync(bytes);
const back = tokenizer.decodeSync(tokens);
console.log(tokens.length < bytes.length && back.every((byte, i) => byte === bytes[i]) ? 'equal' : 'different');
`;

describe.runIf(required)('the packed packages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'polytok-packaging-'));
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' });

  beforeAll(() => {
    execFileSync('pnpm', ['build'], { cwd: ROOT, stdio: 'pipe' });
    mkdirSync(join(folder, 'tarballs'));
    for (const name of PACKAGES) {
      execFileSync('pnpm', ['pack', '--pack-destination', join(folder, 'tarballs')], {
        cwd: join(ROOT, 'packages', name),
        stdio: 'pipe',
      });
    }
    writeFileSync(join(folder, 'package.json'), '{ "name": "a-user", "private": true }');
    run(
      'npm',
      'install',
      '--no-audit',
      '--no-fund',
      '--silent',
      ...tarballs().map((name) => `./tarballs/${name}`),
    );
  }, 600_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const tarballs = () => readdirSync(join(folder, 'tarballs')).sort();

  it('hold nothing but the build, the licence and the readme', () => {
    for (const name of tarballs()) {
      const files = run('tar', 'tzf', join('tarballs', name)).trim().split('\n');
      const other = files.filter(
        (file) => !/^package\/(dist\/.+\.(js|cjs|ts|cts)|package\.json|README\.md|LICENSE)$/.test(file),
      );
      expect(other, name).toEqual([]);
      expect(files, name).toContain('package/LICENSE');
      expect(files, name).toContain('package/README.md');
    }
  });

  it('run the example as an ES module', () => {
    writeFileSync(
      join(folder, 'example.mjs'),
      `import { binaryTokenizer } from '@polytok/binary/vocabularies';${EXAMPLE}`,
    );
    expect(run('node', 'example.mjs')).toBe('equal\n');
  });

  it('run the example as CommonJS', () => {
    writeFileSync(
      join(folder, 'example.cjs'),
      `const { binaryTokenizer } = require('@polytok/binary/vocabularies');${EXAMPLE}`,
    );
    expect(run('node', '--no-warnings', 'example.cjs')).toBe('equal\n');
  });

  it('encode with worker threads from the built files', () => {
    writeFileSync(
      join(folder, 'workers.mjs'),
      `import { readFileSync } from 'node:fs';
       import { BpeWorkers } from '@polytok/common/node';
       import { binaryTokenizer } from '@polytok/binary/vocabularies';
       const { model } = binaryTokenizer('4k');
       const bytes = readFileSync(process.execPath).subarray(0, 2_000_000);
       const workers = new BpeWorkers(model, { workers: 2 });
       const ids = await workers.encode(bytes);
       const alone = model.encode(bytes);
       console.log(ids.length === alone.length && ids.every((id, i) => id === alone[i]) ? 'equal' : 'different');`,
    );
    expect(run('node', 'workers.mjs')).toBe('equal\n');
  });

  it('put the command on the path', () => {
    writeFileSync(join(folder, 'input.bin'), Buffer.alloc(64));
    run(
      'npx',
      'polytok',
      'binary',
      'encode',
      'input.bin',
      '--tokenizer',
      '4k',
      '--format',
      'u16',
      '--out',
      'ids.u16',
      '--quiet',
    );
    expect(readFileSync(join(folder, 'ids.u16')).byteLength).toBe(8);
  });

  it.each(Object.entries(BROWSER_ENTRIES))(
    '%s bundles for a browser, without Node modules, in %i bytes',
    async (entry, ceiling) => {
      const { outputFiles } = await build({
        stdin: { contents: `export * from '${entry}'`, resolveDir: folder },
        bundle: true,
        write: false,
        minify: true,
        format: 'esm',
        platform: 'browser',
        logLevel: 'silent',
      });
      expect(gzipSync(outputFiles[0].contents).byteLength).toBeLessThan(ceiling);
    },
  );

  it.each(PACKAGES)('%s passes publint and, for its types, arethetypeswrong', (name) => {
    const copy = join(folder, 'lint', name);
    cpSync(join(folder, 'node_modules', '@polytok', name), copy, { recursive: true, dereference: true });
    const bin = (tool: string) => join(ROOT, 'node_modules', '.bin', tool);
    run(bin('publint'), '--strict', copy);
    const tarball = tarballs().find((file) => file.includes(name))!;
    if (name !== 'cli') run(bin('attw'), `./tarballs/${tarball}`, '--profile', 'node16');
  });
});
