import { type Executable, instructionGrid, type Region, readExecutable, regions } from './formats/index.js';

/**
 * Where tokens must end. `file`: nowhere before the end of the file. `sections`: also where a header, table,
 * section or gap ends. `instructions`: also on the instruction grid of code sections, on machines that have one
 * (arm64: every 4 bytes); x86 has none and gets section borders.
 */
export type TokenBorders = 'file' | 'sections' | 'instructions';

export const TOKEN_BORDERS: readonly TokenBorders[] = ['file', 'sections', 'instructions'];

/** Ascending offsets at which no token may cross from before to behind. Files of no known format have none. */
export function tokenBorders(bytes: Uint8Array, kind: TokenBorders, executable?: Executable): Float64Array {
  if (kind === 'file') return new Float64Array(0);
  const parts = regions(executable ?? readExecutable(bytes), bytes.length);
  const grids = parts.map((part) => (kind === 'instructions' ? gridOf(part) : undefined));
  let count = 0;
  parts.forEach(({ size }, k) => {
    count += 1 + (grids[k] ? Math.ceil(size / grids[k]) : 0);
  });
  const borders = new Float64Array(count);
  let at = 0;
  parts.forEach(({ offset, size, section }, k) => {
    borders[at++] = offset;
    const grid = grids[k];
    if (!grid || !section) return;
    const skew = Number(section.address % BigInt(grid));
    for (let p = offset + grid - skew; p < offset + size; p += grid) borders[at++] = p;
  });
  return borders.subarray(0, at);
}

function gridOf({ section, architecture }: Region): number | undefined {
  return section?.isCode ? instructionGrid(architecture) : undefined;
}
