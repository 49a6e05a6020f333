import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { seededRandom } from '../../packages/common/src/random.js';
import { INPUTS } from './paths.js';

export interface NormalOptions {
  readonly rows: number;
  readonly dimensions: number;
  readonly seed: number;
  /** Scales every row to length 1. Default: false. */
  readonly unit?: boolean;
  /** Added to every value. Default: 0. */
  readonly offset?: number;
}

/** File of seeded standard normal rows, written once. */
export function normalFile({ rows, dimensions, seed, unit = false, offset = 0 }: NormalOptions): string {
  return inputFile(`${unit ? 'unit' : 'normal'}-${rows}x${dimensions}-${seed}-${offset}`, () => {
    const values = normals(rows * dimensions, seed).map((value) => value + offset);
    if (unit)
      for (let row = 0; row < rows; row++) toUnit(values.subarray(row * dimensions, (row + 1) * dimensions));
    return values;
  });
}

/** The file of this name, with what `make` gives if it is not there yet. */
export function inputFile(name: string, make: () => Float32Array): string {
  const file = path.join(INPUTS, `${name}.f32`);
  if (existsSync(file)) return file;
  mkdirSync(INPUTS, { recursive: true });
  const { buffer, byteOffset, byteLength } = make();
  writeFileSync(file, new Uint8Array(buffer, byteOffset, byteLength));
  return file;
}

/** Standard normal numbers (Box and Muller's transform). */
export function normals(length: number, seed: number): Float32Array {
  const next = seededRandom(seed);
  const values = new Float32Array(length);
  for (let at = 0; at < length; at += 2) {
    const radius = Math.sqrt(-2 * Math.log((next() + 1) / 2 ** 32));
    const angle = (2 * Math.PI * next()) / 2 ** 32;
    values[at] = radius * Math.cos(angle);
    if (at + 1 < length) values[at + 1] = radius * Math.sin(angle);
  }
  return values;
}

function toUnit(row: Float32Array): void {
  const length = Math.hypot(...row);
  for (let k = 0; k < row.length; k++) row[k] /= length;
}
