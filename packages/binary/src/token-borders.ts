import { type Executable, instructionGrid, type Region, readExecutable, regions } from './formats/index.js';

/**
 * Where tokens must end. `file`: nowhere before the end of the file. `sections`: also where a header, table,
 * section or gap ends. `instructions`: also on the instruction grid of code sections, on machines that have one
 * (arm64: every 4 bytes); x86 has none and gets section borders.
 */
export type TokenBorders = 'file' | 'sections' | 'instructions';

export const TOKEN_BORDERS: readonly TokenBorders[] = ['file', 'sections', 'instructions'];

/**
 * Ascending offsets at which no token may cross from before to behind. Files of no known format have none inside.
 *
 * @param executable what `readExecutable` gives for the bytes. Default: read from them
 */
export function tokenBorders(bytes: Uint8Array, kind: TokenBorders, executable?: Executable): Float64Array {
  if (kind === 'file') return new Float64Array(0);
  const parts = regions(executable ?? readExecutable(bytes), bytes.length).map((region) => ({
    region,
    grid: kind === 'instructions' ? gridOf(region) : undefined,
  }));
  let most = 0;
  for (const { region, grid } of parts) most += 1 + (grid ? Math.ceil(region.size / grid.step) : 0);
  const borders = new Float64Array(most);
  let count = 0;
  for (const { region, grid } of parts) {
    borders[count++] = region.offset;
    if (!grid) continue;
    const end = region.offset + region.size;
    for (let p = grid.first; p < end; p += grid.step) borders[count++] = p;
  }
  return borders.subarray(0, count);
}

/** The instruction grid of a code region: its step, and the first place on it behind the region's start. */
function gridOf({
  section,
  architecture,
  offset,
}: Region): { readonly first: number; readonly step: number } | undefined {
  const step = section?.isCode ? instructionGrid(architecture) : undefined;
  if (!section || !step) return undefined;
  // Instructions lie on multiples in memory; the region may begin inside its section.
  const address = section.address + BigInt(offset - section.offset);
  return { first: offset + step - Number(address % BigInt(step)), step };
}
