import type { Kernels } from '../contract.js';
import { createKernels } from '../create-kernels.js';
import type {
  CodebookLayout,
  Engine,
  EngineCodebook,
  EngineLogMel,
  EngineMatrix,
  MatrixLayout,
} from '../engine.js';
import type { LogMelLayout } from '../log-mel/log-mel-layout.js';
import { scoreOf } from '../score.js';
import { referenceLogMel } from './reference-log-mel.js';

/** Kernels in plain TypeScript and float64: the yardstick that other backends are compared with, and far slower. */
export function createReferenceKernels(): Kernels {
  return createKernels(new ReferenceEngine());
}

/** Arithmetic in float64. */
export class ReferenceEngine implements Engine {
  readonly name = 'reference-float64';
  #bytesHeld = 0;

  get bytesHeld(): number {
    return this.#bytesHeld;
  }

  loadCodebook(codes: Float32Array, layout: CodebookLayout): EngineCodebook {
    const table = { codes, ...layout };
    // Of distances the least is best, of similarities the greatest.
    const direction = layout.metric === 'euclidean' ? -1 : 1;
    return {
      nearest: (vectors, ids) => {
        for (let row = 0; row < ids.length; row++) {
          let best = 0;
          let bestScore = Number.NEGATIVE_INFINITY;
          for (let code = 0; code < layout.count; code++) {
            const score = direction * scoreOf(table, code, vectors, row);
            if (score > bestScore) {
              bestScore = score;
              best = code;
            }
          }
          ids[row] = best;
        }
      },
      free: this.#hold(codes.byteLength),
    };
  }

  loadMatrix(values: Float32Array, { inner, columns, transposed, bias }: MatrixLayout): EngineMatrix {
    const own = values.slice();
    const ownBias = bias.slice();
    const [columnStep, innerStep] = transposed ? [inner, 1] : [1, columns];
    return {
      multiply: (rows, out) => {
        for (let at = 0; at < out.length; at++) {
          const column = at % columns;
          const from = ((at - column) / columns) * inner;
          let sum = ownBias[column];
          for (let k = 0; k < inner; k++) sum += rows[from + k] * own[column * columnStep + k * innerStep];
          out[at] = sum;
        }
      },
      free: this.#hold(own.byteLength + ownBias.byteLength),
    };
  }

  loadLogMel(layout: LogMelLayout): EngineLogMel {
    return { ...referenceLogMel(layout), free: this.#hold(layout.window.byteLength) };
  }

  /** Counts bytes as held until the returned function is called. */
  #hold(bytes: number): () => void {
    this.#bytesHeld += bytes;
    return () => {
      this.#bytesHeld -= bytes;
    };
  }
}
