import { PolytokError } from '../../errors.js';
import type {
  CodebookLayout,
  Engine,
  EngineCodebook,
  EngineLogMel,
  EngineMatrix,
  MatrixLayout,
  ResidualCall,
} from '../engine.js';
import type { LogMelLayout } from '../log-mel/log-mel-layout.js';
import type { VoteRule } from '../majority.js';
import { productScore } from '../score.js';
import { transpose } from '../transpose.js';
import { bestOfSpansWgsl, PICK_LANES } from './best-of-spans.wgsl.js';
import type { CommandRecorder, Stretch } from './command-recorder.js';
import { dotTileSpec, TILE } from './dot-tile.wgsl.js';
import { MAX_GROUPS } from './gpu-limits.js';
import type { GpuOperand, GpuSession } from './gpu-session.js';
import { matmulWgsl } from './matmul.wgsl.js';
import { nearestWgsl } from './nearest.wgsl.js';
import { packQuads, QUAD, quadsOf, unpackQuads } from './pack-quads.js';
import { planSpans } from './plan-spans.js';
import { SUBTRACT_LANES, subtractCodesWgsl } from './residual-nearest.wgsl.js';
import { VOTE_LANES, voteWgsl } from './vote.wgsl.js';
import { webGpuLogMel } from './webgpu-log-mel.js';

/** Bytes of the largest buffer of a call; batches with more are split. */
const BATCH_BYTES = 1 << 23;
/** Products of one submission, some tens of milliseconds: systems reset a GPU that does not answer for seconds. */
const BATCH_PRODUCTS = 2 ** 36;
/** Longest row. One invocation sums it, four quads a turn, and some drivers silently end a loop after 2^16 turns. */
const MAX_DEPTH = 2 ** 20;

/** Codes, or columns of a matrix, on the GPU. */
interface Items {
  readonly count: number;
  /** Quads of an item. */
  readonly depth: number;
  /** `(count, depth)` quads */
  readonly quads: GpuOperand;
  /** `(count)` is added to the items' products: the starts of scores, or a bias. */
  readonly addends: GpuOperand;
}

interface WebGpuCodebook extends EngineCodebook {
  readonly items: Items;
}

/** Float32 arithmetic in WGSL. */
export class WebGpuEngine implements Engine {
  readonly name: string;
  readonly #gpu: GpuSession;

  constructor(name: string, gpu: GpuSession) {
    this.name = name;
    this.#gpu = gpu;
  }

  get bytesHeld(): number {
    return this.#gpu.bytesHeld;
  }

  loadCodebook(codes: Float32Array, { dimensions, metric }: CodebookLayout): EngineCodebook {
    const { starts, scales } = productScore({ codes, dimensions, metric });
    const scaled = scales ? codes.map((value, at) => value * scales[Math.floor(at / dimensions)]) : codes;
    const items = this.#load(scaled, dimensions, Float32Array.from(starts));
    const codebook: WebGpuCodebook = {
      items,
      nearest: (vectors, ids) => this.residualNearest([codebook], { vectors, ids, residuals: undefined }),
      free: () => free(items),
    };
    return codebook;
  }

  loadMatrix(values: Float32Array, { inner, columns, transposed, bias }: MatrixLayout): EngineMatrix {
    const items = this.#load(transposed ? values : transpose(values, columns), inner, bias);
    return {
      multiply: (rows, out) => this.#multiply(items, rows, out),
      vote: (rows, ids, rule) => this.#vote(items, rows, ids, rule),
      free: () => free(items),
    };
  }

  loadLogMel(layout: LogMelLayout): EngineLogMel | undefined {
    return webGpuLogMel(this.#gpu, layout);
  }

  /** One submission per batch: every stage searches, chooses between the spans, and subtracts what it chose. */
  residualNearest(codebooks: readonly EngineCodebook[], call: ResidualCall): Promise<void> {
    const stages = (codebooks as readonly WebGpuCodebook[]).map(({ items }) => items);
    const { vectors, ids, residuals } = call;
    const stride = stages.length;
    const total = ids.length / stride;
    const width = vectors.length / total;
    const [{ depth }] = stages;
    return this.#gpu.using(stages.flatMap(operandsOf), async () => {
      const [search, choose, subtract] = await Promise.all(
        [nearestWgsl(dotTileSpec(depth)), bestOfSpansWgsl(), subtractCodesWgsl()].map((code) =>
          this.#gpu.pipeline(code),
        ),
      );
      const codes = stages.reduce((sum, { count }) => sum + count, 0);
      for (const [from, end] of batches(total, Math.max(depth * QUAD, stride) * 4, codes * depth * QUAD)) {
        const rows = end - from;
        const left = residuals && new Float32Array(rows * depth * QUAD);
        await this.#gpu.run((commands) => {
          const remainder = commands.upload(packQuads(vectors.subarray(from * width, end * width), width));
          const chosen = commands.scratch(rows * stride * 4);
          stages.forEach((stage, offset) => {
            const spans = recordSearch(commands, search, remainder, { stage, rows });
            commands.dispatch({
              pipeline: choose,
              sizes: [rows, spans.count, stride, offset],
              bindings: [spans.bests, chosen],
              groups: [Math.ceil(rows / PICK_LANES)],
            });
            if (offset === stride - 1 && !left) return;
            commands.dispatch({
              pipeline: subtract,
              sizes: [rows, depth, stride, offset],
              bindings: [stage.quads.buffer, chosen, remainder],
              groups: [Math.ceil((rows * depth) / SUBTRACT_LANES)],
            });
          });
          commands.readBack(chosen, ids.subarray(from * stride, end * stride));
          if (left) commands.readBack(remainder, left);
        });
        if (residuals && left) unpackQuads(left, residuals.subarray(from * width, end * width), width);
      }
    });
  }

  #multiply(items: Items, rows: Float32Array, out: Float32Array): Promise<void> {
    const { count } = items;
    return this.#eachProduct(items, rows, out.length / count, async (product, from, end) => {
      await this.#gpu.run((commands) => {
        commands.readBack(product(commands), out.subarray(from * count, end * count));
      });
    });
  }

  #vote(items: Items, vectors: Float32Array, ids: Uint32Array, rule: VoteRule): Promise<void> {
    return this.#eachProduct(items, vectors, ids.length, async (product, from, end) => {
      const majority = await this.#gpu.pipeline(voteWgsl(rule));
      const rows = end - from;
      await this.#gpu.run((commands) => {
        const found = commands.scratch(rows * 4);
        commands.dispatch({
          pipeline: majority,
          sizes: [rows],
          bindings: [product(commands), found],
          groups: [Math.ceil(rows / VOTE_LANES)],
        });
        commands.readBack(found, ids.subarray(from, end));
      });
    });
  }

  /** Calls `work` for every batch of rows, with what records its product with the items. */
  #eachProduct(
    items: Items,
    values: Float32Array,
    total: number,
    work: (product: (commands: CommandRecorder) => Stretch, from: number, end: number) => Promise<void>,
  ): Promise<void> {
    const { count, depth } = items;
    const width = values.length / total;
    return this.#gpu.using(operandsOf(items), async () => {
      const pipeline = await this.#gpu.pipeline(matmulWgsl(dotTileSpec(depth)));
      for (const [from, end] of batches(total, Math.max(depth * QUAD, count) * 4, count * depth * QUAD)) {
        const block = packQuads(values.subarray(from * width, end * width), width);
        await work(
          (commands) => recordProduct(commands, pipeline, block, { items, rows: end - from }),
          from,
          end,
        );
      }
    });
  }

  #load(values: Float32Array, width: number, addends: Float32Array): Items {
    if (width > MAX_DEPTH) {
      throw new PolytokError(
        'LIMIT_EXCEEDED',
        `Rows have ${width} values; on a GPU at most ${MAX_DEPTH} can be summed. Use createWasmKernels.`,
        { details: { width, limit: MAX_DEPTH } },
      );
    }
    const [quads, own] = this.#gpu.loadAll([packQuads(values, width), addends]);
    return { count: addends.length, depth: quadsOf(width), quads, addends: own };
  }
}

/** Records the search of one codebook. @returns the best code of every span, `(spans, rows)` */
function recordSearch(
  commands: CommandRecorder,
  pipeline: GPUComputePipeline,
  vectors: Stretch,
  { stage, rows }: { stage: Items; rows: number },
): { bests: Stretch; count: number } {
  const { count: codes, depth, quads, addends } = stage;
  const steps = Math.ceil(depth / dotTileSpec(depth).quads);
  const spans = planSpans({ rows, codes, steps });
  const bests = commands.scratch(spans.count * rows * 8);
  commands.dispatch({
    pipeline,
    sizes: [rows, codes, depth, spans.tilesPerSpan],
    bindings: [vectors, quads.buffer, addends.buffer, bests],
    groups: [Math.ceil(rows / TILE), spans.count],
  });
  return { bests, count: spans.count };
}

/** Records `rows · items + addends`. @returns the product, `(rows, items)` */
function recordProduct(
  commands: CommandRecorder,
  pipeline: GPUComputePipeline,
  block: Float32Array,
  { items, rows }: { items: Items; rows: number },
): Stretch {
  const { count, depth, quads, addends } = items;
  const uploaded = commands.upload(block);
  const product = commands.scratch(rows * count * 4);
  const tiles = Math.ceil(count / TILE);
  for (let first = 0; first < tiles; first += MAX_GROUPS) {
    commands.dispatch({
      pipeline,
      sizes: [rows, count, depth, first],
      bindings: [uploaded, quads.buffer, addends.buffer, product],
      groups: [Math.ceil(rows / TILE), Math.min(MAX_GROUPS, tiles - first)],
    });
  }
  return product;
}

/** Whole tiles of rows that neither a buffer nor a submission has too many of, or at least one row. */
function* batches(
  rows: number,
  bytesPerRow: number,
  productsPerRow: number,
): Generator<readonly [from: number, end: number]> {
  const fitting = Math.floor(Math.min(BATCH_BYTES / bytesPerRow, BATCH_PRODUCTS / productsPerRow));
  const step = fitting >= TILE ? fitting - (fitting % TILE) : Math.max(1, fitting);
  for (let from = 0; from < rows; from += step) yield [from, Math.min(rows, from + step)];
}

function operandsOf({ quads, addends }: Items): readonly GpuOperand[] {
  return [quads, addends];
}

function free(items: Items): void {
  for (const operand of operandsOf(items)) operand.free();
}
