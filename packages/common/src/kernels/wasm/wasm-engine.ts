import { addToClusters } from '../add-to-clusters.js';
import type { KmeansTotals } from '../contract.js';
import type {
  CodebookLayout,
  Engine,
  EngineCodebook,
  EngineLogMel,
  EngineMatrix,
  MatrixLayout,
} from '../engine.js';
import type { LogMelLayout } from '../log-mel/log-mel-layout.js';
import { productScore } from '../score.js';
import { centreCodes } from './centre-codes.js';
import type { Crew } from './crew.js';
import type { Operation, Words } from './kernels-module.js';
import type { MemoryPool } from './memory-pool.js';
import { packPanels } from './pack-panels.js';
import { isWorthScreening, type PackedCodes, screenCodes, screenScratch } from './screened-codes.js';
import { WasmLogMels } from './wasm-log-mels.js';

/** Columns and rows of a register tile; see assembly/kernels.ts. */
const PANEL = 8;
const QUAD = 4;
/** Values of scratch per row beside its own: the state of nearest code, or the last columns of a product. */
const ROW_SCRATCH = 8;
/** Values of a chunk of rows, 256 KiB: it stays in the second-level cache while the panels pass by. */
const CHUNK_VALUES = 1 << 16;
/** Chunks that each thread gets of a block: the more, the shorter threads wait for the last one. */
const CHUNKS_PER_THREAD = 12;
/** Values of a block of rows that threads share, 4 MiB. */
const BLOCK_VALUES = 1 << 20;
/** Values of a block of products, 4 MiB. */
const PRODUCT_VALUES = 1 << 20;
/** Start of the sums of the codes that fill up the last panel: below every score. */
const NEVER = Number.NEGATIVE_INFINITY;

interface Panels {
  readonly panels: number;
  readonly start: number;
  readonly panelCount: number;
  free(): void;
}

/** A block of rows in WebAssembly memory. */
interface RowBlock {
  /** Address of `(count, depth)`. */
  readonly rows: number;
  /** Address of what the block's results need. */
  readonly out: number;
  /** First row. */
  readonly from: number;
  readonly count: number;
  /** Runs an operation over the block's rows. */
  run(operation: Operation, words: Words, productsPerRow: number): void;
}

export interface WasmEngineParts {
  readonly name: string;
  readonly pool: MemoryPool;
  readonly crew: Crew;
  /** Default: {@link isWorthScreening}. */
  readonly screens?: (size: { readonly count: number; readonly depth: number }) => boolean;
}

/** Float32 SIMD arithmetic in WebAssembly. */
export class WasmEngine implements Engine {
  readonly name: string;
  readonly pool: MemoryPool;
  readonly #crew: Crew;
  readonly #screens: (size: { count: number; depth: number }) => boolean;
  /** Made when it is needed: every WebAssembly memory takes address space. */
  #logMels: WasmLogMels | undefined;

  /** `screens` tells which codebooks to screen; that changes the time and memory they take, and no id. */
  constructor({ name, pool, crew, screens = isWorthScreening }: WasmEngineParts) {
    this.name = name;
    this.pool = pool;
    this.#crew = crew;
    this.#screens = screens;
  }

  get bytesHeld(): number {
    return this.pool.bytesHeld + (this.#logMels?.bytesHeld ?? 0);
  }

  loadCodebook(codes: Float32Array, { count, dimensions, metric }: CodebookLayout): EngineCodebook {
    const centred = metric === 'euclidean' ? centreCodes(codes, dimensions) : undefined;
    const compared = centred?.codes ?? codes;
    const { starts, scales } = productScore({ codes: compared, dimensions, metric });
    const loaded = this.#load(
      { panelCount: Math.ceil(count / PANEL), depth: dimensions, behind: dimensions },
      (panels, start, mean) => {
        const strides = { itemStep: dimensions, depthStep: 1 };
        packPanels(compared, strides, panels, { items: count, depth: dimensions, width: PANEL }, scales);
        start.fill(NEVER);
        start.set(starts);
        mean.fill(0);
        if (centred) mean.set(centred.mean);
      },
    );
    const { panels, start, panelCount } = loaded;
    const startMost = starts.reduce((most, value) => Math.max(most, -value), 0);
    const screened = this.#screens({ count, depth: dimensions })
      ? this.#screen({ panels, start, panelCount, depth: dimensions, startMost }, loaded.free)
      : undefined;
    const rowScratch = screened === undefined ? dimensions + ROW_SCRATCH : screenScratch(dimensions);
    const findIds = ({ run, rows, out, count: found, from }: RowBlock, ids: Uint32Array) => {
      const products = panelCount * PANEL * dimensions;
      if (screened === undefined)
        run('nearest', [panels, start, panelCount, dimensions, rows, out], products);
      else run('screen', [screened, dimensions, rows, out, 0, 0], products / 2);
      ids.set(this.pool.u32(out, found), from);
    };
    const nearest = (vectors: Float32Array, ids: Uint32Array) => {
      this.#eachBlock(vectors, dimensions, { outBytes: 4, rowScratch }, (block) => findIds(block, ids));
    };
    return {
      nearest,
      kmeansStep: (vectors, ids, into) => {
        // The totals go into this memory and back, which few rows are not worth.
        if (ids.length < count) {
          nearest(vectors, ids);
          return addToClusters({ codes, dimensions, metric }, vectors, ids, into);
        }
        return this.#withTotals(codes, into, (codesAt, sumsAt) => {
          let inertia = 0;
          this.#eachBlock(vectors, dimensions, { outBytes: 4 + 16, rowScratch }, (block) => {
            findIds(block, ids);
            inertia = this.#addBlock(
              block,
              { codesAt, sumsAt, dimensions, cosine: metric === 'cosine' },
              inertia,
            );
          });
          for (const id of ids) into.counts[id]++;
          return inertia;
        });
      },
      free: () => {
        if (screened !== undefined) this.pool.give(screened);
        loaded.free();
      },
    };
  }

  loadMatrix(values: Float32Array, { inner, columns, transposed, bias }: MatrixLayout): EngineMatrix {
    const size = { panelCount: Math.ceil(columns / PANEL), depth: inner, behind: 0 };
    const { panels, start, free } = this.#load(size, (packed, starts) => {
      const strides = transposed ? { itemStep: inner, depthStep: 1 } : { itemStep: 1, depthStep: columns };
      packPanels(values, strides, packed, { items: columns, depth: inner, width: PANEL });
      starts.fill(0);
      starts.set(bias);
    });
    return {
      multiply: (values, out) => {
        this.#eachBlock(values, inner, { outBytes: columns * 4 }, ({ run, rows, out: at, count, from }) => {
          run('multiply', [panels, start, columns, inner, rows, at], columns * inner);
          out.set(this.pool.f32(at, count * columns), from * columns);
        });
      },
      free,
    };
  }

  loadLogMel(layout: LogMelLayout): EngineLogMel {
    this.#logMels ??= new WasmLogMels();
    return this.#logMels.load(layout);
  }

  /** Address of screened codes; where there is no memory for them, `free` is called. @throws PolytokError `LIMIT_EXCEEDED` */
  #screen(codes: PackedCodes, free: () => void): number {
    try {
      return screenCodes(codes, { pool: this.pool, crew: this.#crew });
    } catch (error) {
      free();
      throw error;
    }
  }

  /** Takes memory for panels, starts, and `behind` values behind them, and has `fill` write them. */
  #load(
    { panelCount, depth, behind }: { panelCount: number; depth: number; behind: number },
    fill: (panels: Float32Array, start: Float32Array, behind: Float32Array) => void,
  ): Panels {
    const panelValues = panelCount * depth * PANEL;
    const startValues = panelCount * PANEL;
    const panels = this.pool.take((panelValues + startValues + behind) * 4);
    const start = panels + panelValues * 4;
    const end = start + startValues * 4;
    fill(this.pool.f32(panels, panelValues), this.pool.f32(start, startValues), this.pool.f32(end, behind));
    return { panels, start, panelCount, free: () => this.pool.give(panels) };
  }

  /** Adds a block whose ids are known to the sums in this memory, and what it adds to the inertia to `inertia`. */
  #addBlock(
    { run, rows, out: ids, count }: RowBlock,
    {
      codesAt,
      sumsAt,
      dimensions,
      cosine,
    }: { codesAt: number; sumsAt: number; dimensions: number; cosine: boolean },
    inertia: number,
  ): number {
    const measured = ids + roundUp(count, QUAD) * 4;
    run('measure', [codesAt, Number(cosine), dimensions, rows, ids, measured], dimensions);
    this.#crew.run({
      operation: 'addRows',
      words: [measured, count, dimensions, rows, ids, sumsAt],
      items: dimensions,
      step: roundUp(Math.ceil(dimensions / (2 * this.#crew.threads)), QUAD),
      scratch: 0,
      scratchBytes: 0,
      products: count * dimensions,
    });
    const added = this.pool.f64(measured, count * 2);
    let sum = inertia;
    for (let at = 0; at < added.length; at += 2) sum += added[at];
    return sum;
  }

  /** Calls `work` with copies of codes and sums in this memory, and takes the sums back. */
  #withTotals(
    codes: Float32Array,
    { sums }: KmeansTotals,
    work: (codesAt: number, sumsAt: number) => number,
  ): number {
    const sumsAt = this.pool.take(codes.length * (8 + 4));
    const codesAt = sumsAt + codes.length * 8;
    try {
      this.pool.f64(sumsAt, sums.length).set(sums);
      this.pool.f32(codesAt, codes.length).set(codes);
      const inertia = work(codesAt, sumsAt);
      sums.set(this.pool.f64(sumsAt, sums.length));
      return inertia;
    } finally {
      this.pool.give(sumsAt);
    }
  }

  /** Calls `work` with blocks of rows in this memory and room for `outBytes` of results for each row. */
  #eachBlock(
    values: Float32Array,
    depth: number,
    { outBytes, rowScratch = depth + ROW_SCRATCH }: { outBytes: number; rowScratch?: number },
    work: (block: RowBlock) => void,
  ): void {
    const total = values.length / depth;
    if (total === 0) return;
    const { threads } = this.#crew;
    const fitting = Math.min(
      (threads > 1 ? BLOCK_VALUES : CHUNK_VALUES) / depth,
      (PRODUCT_VALUES * 4) / outBytes,
    );
    const blockRows = roundUp(Math.min(fitting, total), QUAD);
    const share = threads > 1 ? blockRows / (threads * CHUNKS_PER_THREAD) : blockRows;
    const step = roundUp(Math.min(share, CHUNK_VALUES / depth), QUAD);
    const scratchBytes = step * rowScratch * 4;
    const rowsBytes = roundUp(blockRows * depth, QUAD) * 4;
    const rows = this.pool.take(rowsBytes + blockRows * outBytes + threads * scratchBytes);
    const scratch = rows + rowsBytes;
    const out = scratch + threads * scratchBytes;
    try {
      for (let from = 0; from < total; from += blockRows) {
        const count = Math.min(blockRows, total - from);
        this.pool.f32(rows, count * depth).set(values.subarray(from * depth, (from + count) * depth));
        const run = (operation: Operation, words: Words, productsPerRow: number) => {
          const products = productsPerRow * count;
          this.#crew.run({ operation, words, items: count, step, scratch, scratchBytes, products });
        };
        work({ rows, out, from, count, run });
      }
    } finally {
      this.pool.give(rows);
    }
  }
}

/** The least multiple of `step` that is at least `count`, and at least `step`. */
function roundUp(count: number, step: number): number {
  return Math.max(1, Math.ceil(count / step)) * step;
}
