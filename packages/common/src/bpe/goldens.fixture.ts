/** The BPE cases of the golden file, for tests. */
import { readFileSync } from 'node:fs';
import type { MergeTable } from './merge-table.js';

interface GoldenBpe {
  readonly name: string;
  readonly hex: string;
  readonly borders: readonly number[];
  readonly min_count: number;
  readonly max_token_bytes: number;
  /** left, right, count */
  readonly merges: readonly (readonly [number, number, number])[];
  readonly tokens_hex: readonly string[];
  readonly vocab_size: number;
  readonly encoded_segments: readonly (readonly number[])[];
  readonly token_count: number;
  readonly encode: readonly {
    readonly name: string;
    readonly hex: string;
    readonly ids: readonly number[];
  }[];
  readonly adjacent_canonical: readonly (readonly [number, number])[];
  readonly adjacent_not_canonical: readonly (readonly [number, number])[];
  readonly run_tokens: readonly number[];
  readonly run_token_pairs_canonical: readonly (readonly [number, number])[];
}

export const goldens: readonly GoldenBpe[] = JSON.parse(
  readFileSync(new URL('../../goldens/binary.json', import.meta.url), 'utf8'),
).bpe;

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

export function hexOf(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A table over `alphabetSize` symbols from pairs of ranks. */
export function tableOf(
  alphabetSize: number,
  pairs: readonly (readonly [left: number, right: number, ...rest: unknown[]])[],
): MergeTable {
  return {
    alphabetSize,
    left: Uint32Array.from(pairs, ([left]) => left),
    right: Uint32Array.from(pairs, ([, right]) => right),
  };
}
