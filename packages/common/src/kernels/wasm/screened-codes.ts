import type { Crew } from './crew.js';
import type { MemoryPool } from './memory-pool.js';

/** Codes from which on screening pays for rounding the rows. */
const MIN_CODES = 512;
/** Below, the float32 tile is as fast; above, too few bits are left for a value. */
const MIN_DEPTH = 24;
const MAX_DEPTH = 4096;
/** Codes of a panel; see assembly/tile.ts. */
const PANEL = 8;
const HEADER_BYTES = 48;

/** Packed codes in WebAssembly memory. */
export interface PackedCodes {
  readonly panels: number;
  readonly start: number;
  readonly panelCount: number;
  readonly depth: number;
  /** The greatest magnitude in `start`. */
  readonly startMost: number;
}

/** Whether screening is faster than scoring every code in float32: measured by benchmarks/kernels/nearest.ts. */
export function isWorthScreening({ count, depth }: { count: number; depth: number }): boolean {
  return count >= MIN_CODES && depth >= MIN_DEPTH && depth <= MAX_DEPTH;
}

/** Values of scratch that `screen` needs for each row; see assembly/screen.ts. */
export function screenScratch(depth: number): number {
  return depth + Math.ceil(depth / 2) + 14;
}

/**
 * Codes rounded to 16 bits beside the packed ones, for `screen` in assembly/screen.ts.
 * @returns address of the screened codebook, to be given back to the pool
 * @throws PolytokError `LIMIT_EXCEEDED`
 */
export function screenCodes(codes: PackedCodes, { pool, crew }: { pool: MemoryPool; crew: Crew }): number {
  const { panels, start, panelCount, depth, startMost } = codes;
  const pairs = Math.ceil(depth / 2);
  const narrowBytes = panelCount * pairs * PANEL * 4;
  const scalesBytes = panelCount * PANEL * 4;
  const at = pool.take(HEADER_BYTES + narrowBytes + scalesBytes);
  const narrow = at + HEADER_BYTES;
  const scales = narrow + narrowBytes;
  // A sum of products over all pairs stays below 2^31.
  const limit = Math.min(2 ** 15 - 1, Math.floor(Math.sqrt((2 ** 31 - 1) / (2 * pairs))));
  pool.u32(at, 5).set([panels, start, panelCount, narrow, scales]);
  pool.f32(at + 20, 1).set([limit]);
  const scratchBytes = 32;
  const measured = pool.take(panelCount * 8 + crew.threads * scratchBytes);
  try {
    crew.run({
      operation: 'narrowCodes',
      words: [at, depth, measured, 0, 0, 0],
      items: panelCount,
      step: Math.ceil(panelCount / (4 * crew.threads)),
      scratch: measured + panelCount * 8,
      scratchBytes,
      products: panelCount * PANEL * depth,
    });
    let error = 0;
    let length = 0;
    const values = pool.f32(measured, panelCount * 2);
    for (let panel = 0; panel < panelCount; panel++) {
      error = Math.max(error, values[2 * panel]);
      length = Math.max(length, values[2 * panel + 1]);
    }
    pool.f64(at + 24, 3).set([startMost, error, length]);
  } catch (cause) {
    pool.give(at);
    throw cause;
  } finally {
    pool.give(measured);
  }
  return at;
}
