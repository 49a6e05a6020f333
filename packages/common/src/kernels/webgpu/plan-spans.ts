import { TILE } from './dot-tile.wgsl.js';

/** Turns of an invocation's loop over tiles and their depth: far below the 2^16 after which some drivers end it. */
const MAX_TURNS = 1 << 15;
/** Workgroups that keep a large GPU busy. */
const BUSY_GROUPS = 512;

/** How a codebook is divided between workgroups. */
export interface Spans {
  readonly count: number;
  readonly tilesPerSpan: number;
}

/** Spans so short that no invocation loops too long, and so many that few rows occupy the GPU too. */
export function planSpans(work: {
  readonly rows: number;
  readonly codes: number;
  /** Steps along the depth of a tile. */
  readonly steps: number;
}): Spans {
  const tiles = Math.ceil(work.codes / TILE);
  const longest = Math.max(1, Math.floor(MAX_TURNS / work.steps));
  const wanted = Math.ceil(BUSY_GROUPS / Math.ceil(work.rows / TILE));
  const tilesPerSpan = Math.min(longest, Math.ceil(tiles / wanted));
  return { count: Math.ceil(tiles / tilesPerSpan), tilesPerSpan };
}
