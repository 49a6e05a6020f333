import type { CodebookLayout, Engine, EngineCodebook, EngineMatrix, MatrixLayout } from '../engine.js';
import { inverseNorm, rowNorm } from '../score.js';
import { instantiateKernels, type KernelExports } from './kernels-module.js';
import { MemoryPool } from './memory-pool.js';
import { packPanels } from './pack-panels.js';

/** Columns and rows of a register tile; see assembly/kernels.ts. */
const PANEL = 8;
const QUAD = 4;
/** Bytes of the nearest-code state per quad. */
const STATE_BYTES = 128;
/** Values of a block of rows, 256 KiB: it stays in the second-level cache while the panels pass by. */
const BLOCK_VALUES = 1 << 16;
/** Values of a block of products, 4 MiB. */
const PRODUCT_VALUES = 1 << 20;
/** Start of the sums of the codes that fill up the last panel: below every score. */
const NEVER = Number.NEGATIVE_INFINITY;

/** A block of rows, packed in WebAssembly memory. */
interface RowBlock {
  readonly quads: number;
  readonly quadCount: number;
  readonly rows: number;
  /** First row. */
  readonly from: number;
}

/** Float32 SIMD arithmetic in WebAssembly. */
export class WasmEngine implements Engine {
  readonly name: string;
  readonly pool = new MemoryPool();
  readonly #wasm: KernelExports;

  constructor({ relaxed }: { relaxed: boolean }) {
    this.name = relaxed ? 'wasm-relaxed-simd' : 'wasm-simd';
    this.#wasm = instantiateKernels(this.pool.memory, relaxed);
  }

  get bytesHeld(): number {
    return this.pool.bytesHeld;
  }

  loadCodebook(codes: Float32Array, { count, dimensions, metric }: CodebookLayout): EngineCodebook {
    // argmin |x - c|² = argmax x·c - |c|²/2; a cosine is x·c with the codes at length 1, as |x| does not matter.
    const starts = new Float64Array(count);
    let scales: Float64Array | undefined;
    if (metric === 'euclidean') {
      for (let code = 0; code < count; code++) starts[code] = -(rowNorm(codes, code, dimensions) ** 2) / 2;
    }
    if (metric === 'cosine') {
      scales = Float64Array.from(starts, (_, code) => inverseNorm(rowNorm(codes, code, dimensions)));
    }
    const panelCount = Math.ceil(count / PANEL);
    const loaded = this.#load(panelCount, dimensions, (panels, start) => {
      const strides = { itemStep: dimensions, depthStep: 1 };
      packPanels(codes, strides, panels, { items: count, depth: dimensions, width: PANEL }, scales);
      start.fill(NEVER);
      start.set(starts);
    });
    return {
      nearest: (vectors, ids) => {
        this.#eachBlock(vectors, dimensions, { rowBytes: STATE_BYTES / QUAD + 4 }, (block, scratch) => {
          const state = scratch + block.quadCount * QUAD * 4;
          this.#wasm.nearest(...loaded.operand, block.quads, block.quadCount, dimensions, state, scratch);
          ids.set(this.pool.u32(scratch, block.rows), block.from);
        });
      },
      free: loaded.free,
    };
  }

  loadMatrix(values: Float32Array, { inner, columns, transposed, bias }: MatrixLayout): EngineMatrix {
    const panelCount = Math.ceil(columns / PANEL);
    const loaded = this.#load(panelCount, inner, (panels, start) => {
      const strides = transposed ? { itemStep: inner, depthStep: 1 } : { itemStep: 1, depthStep: columns };
      packPanels(values, strides, panels, { items: columns, depth: inner, width: PANEL });
      start.fill(0);
      start.set(bias);
    });
    const stride = panelCount * PANEL;
    return {
      multiply: (rows, out) => {
        this.#eachBlock(rows, inner, { rowBytes: stride * 4 }, (block, scratch) => {
          this.#wasm.multiply(...loaded.operand, block.quads, block.quadCount, inner, scratch);
          const products = this.pool.f32(scratch, block.rows * stride);
          for (let row = 0; row < block.rows; row++) {
            const from = row * stride;
            out.set(products.subarray(from, from + columns), (block.from + row) * columns);
          }
        });
      },
      free: loaded.free,
    };
  }

  /** Takes memory for panels and starts, and has `fill` write them. */
  #load(
    panelCount: number,
    depth: number,
    fill: (panels: Float32Array, start: Float32Array) => void,
  ): { operand: readonly [panels: number, start: number, panelCount: number]; free: () => void } {
    const panelValues = panelCount * depth * PANEL;
    const panels = this.pool.take((panelValues + panelCount * PANEL) * 4);
    const start = panels + panelValues * 4;
    fill(this.pool.f32(panels, panelValues), this.pool.f32(start, panelCount * PANEL));
    return { operand: [panels, start, panelCount], free: () => this.pool.give(panels) };
  }

  /** Calls `work` with packed blocks of rows and scratch of `rowBytes` for each row. */
  #eachBlock(
    values: Float32Array,
    depth: number,
    { rowBytes }: { rowBytes: number },
    work: (block: RowBlock, scratch: number) => void,
  ): void {
    const total = values.length / depth;
    if (total === 0) return;
    const fitting = Math.min(BLOCK_VALUES / depth, (PRODUCT_VALUES * 4) / rowBytes, total);
    const blockRows = Math.max(1, Math.ceil(fitting / QUAD)) * QUAD;
    const quads = this.pool.take(blockRows * depth * 4);
    let scratch: number | undefined;
    try {
      scratch = this.pool.take(blockRows * rowBytes);
      for (let from = 0; from < total; from += blockRows) {
        const rows = Math.min(blockRows, total - from);
        const quadCount = Math.ceil(rows / QUAD);
        packPanels(
          values.subarray(from * depth, (from + rows) * depth),
          { itemStep: depth, depthStep: 1 },
          this.pool.f32(quads, quadCount * QUAD * depth),
          { items: rows, depth, width: QUAD },
        );
        work({ quads, quadCount, rows, from }, scratch);
      }
    } finally {
      this.pool.give(quads);
      if (scratch !== undefined) this.pool.give(scratch);
    }
  }
}
