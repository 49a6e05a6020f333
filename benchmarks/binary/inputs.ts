import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadCorpus } from './corpus.mjs';
import { INPUTS } from './paths.js';

const MiB = 1 << 20;

/** Makes the bytes of a synthetic input, piece by piece. */
const RECIPES: Readonly<Record<string, () => Iterable<Uint8Array>>> = {
  /** 100 MiB of executables one after another. */
  'corpus-100MB': () => corpusBytes(100 * MiB),
  zeros: () => [new Uint8Array(16 * MiB)],
  ff: () => [new Uint8Array(16 * MiB).fill(0xff)],
  /** Runs of 00 and FF of 1 to 64 bytes in turn. */
  runs: () => [runs(16 * MiB)],
  random: () => [randomBytes(16 * MiB)],
  /** Executables under gzip: what a packed section looks like. */
  packed: () => [gzipSync(Buffer.concat([...corpusBytes(48 * MiB)])).subarray(0, 16 * MiB)],
  /** JavaScript and TypeScript source, a little over 16 MiB. */
  text: sourceText,
};

export const SYNTHETIC = Object.keys(RECIPES).filter((name) => name !== 'corpus-100MB');

/** The ELF file that encoders are compared on: 2,186,624 bytes. */
export function elfFile(): string {
  return corpusFile('@rollup/rollup-linux-x64-gnu/rollup.linux-x64-gnu.node');
}

/** A larger one, for threads: 11,427,952 bytes. */
export function largeElfFile(): string {
  return corpusFile('@esbuild/linux-x64/bin/esbuild');
}

function corpusFile(name: string): string {
  return loadCorpus({ roles: ['train'] }).find((entry) => entry.path === name)!.file;
}

/** Path of an input of {@link RECIPES}, made at first use. */
export function inputFile(name: string): string {
  const file = path.join(INPUTS, name);
  if (!existsSync(file)) {
    mkdirSync(INPUTS, { recursive: true });
    const handle = openSync(`${file}.partial`, 'w');
    for (const piece of RECIPES[name]()) writeSync(handle, piece);
    closeSync(handle);
    renameSync(`${file}.partial`, file);
  }
  return file;
}

/** Corpus files in turn, train files first, over again from the start, `length` bytes in all. */
export function* corpusBytes(length: number): Generator<Uint8Array> {
  const files = loadCorpus({ roles: ['train', 'heldout-program'] }).sort(
    (a, b) => Number(b.role === 'train') - Number(a.role === 'train'),
  );
  for (let at = 0, k = 0; at < length; k++) {
    const bytes = readFileSync(files[k % files.length].file).subarray(0, length - at);
    at += bytes.length;
    yield bytes;
  }
}

function runs(length: number): Uint8Array {
  const out = new Uint8Array(length);
  const next = xorshift32(1);
  for (let at = 0, byte = 0; at < length; byte ^= 0xff) {
    const end = Math.min(length, at + 1 + (next() % 64));
    out.fill(byte, at, end);
    at = end;
  }
  return out;
}

function randomBytes(length: number): Uint8Array {
  const words = new Uint32Array(length / 4);
  const next = xorshift32(2);
  for (let k = 0; k < words.length; k++) words[k] = next();
  return new Uint8Array(words.buffer);
}

/** The same numbers on every machine (Marsaglia 2003). */
function xorshift32(seed: number): () => number {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}

function sourceText(): Uint8Array[] {
  const folder = path.dirname(createRequire(import.meta.url).resolve('typescript'));
  return ['typescript.js', '_tsc.js', 'lib.dom.d.ts'].map((name) => readFileSync(path.join(folder, name)));
}
