/**
 * Residual FSQ as in vector-quantize-pytorch (`ResidualFSQ`): each layer quantizes what the layers before it left
 * over, on a grid L times finer. Per dimension, with x soft-clamped to ±(1 + 1/(L−1)) first:
 *
 *     r_0 = c·tanh(x/c),  c = 1 + 1/(L−1)
 *     q_i = L^−i · Q(clamp(r_i · L^i, −1, 1)),   r_{i+1} = r_i − q_i,   output = Σ q_i
 *
 * where Q rounds to L even levels on [−1, 1]. The grids nest without overlap (what layer i leaves is at most
 * L^−i/(L−1), the sum of all later layers), so that every row of ids decodes to a vector of its own.
 */

import { requireInteger } from '../arguments.js';
import { MAX_CODEBOOKS } from '../vocabulary.js';
import { checkConfig } from './config-fields.js';
import type { QuantizerConfig, Vectors } from './contract.js';
import { DigitLayout } from './digit-layout.js';
import { DigitQuantizer } from './digit-quantizer.js';
import { symmetricDigit, symmetricValue } from './symmetric-levels.js';

export interface ResidualFsqOptions {
  /** Levels per dimension, at least 2, the same in every layer; the product is at most 2^32. */
  readonly levels: readonly number[];
  /** Layers, each with an id of its own, coarse to fine; at least 1. */
  readonly layers: number;
}

/** See the top of this file. Quantizing a dequantized vector gives other ids in general, because of the soft clamp. */
export class ResidualFsq extends DigitQuantizer {
  static readonly type = 'rfsq';
  readonly type = ResidualFsq.type;
  readonly levels: readonly number[];
  readonly layers: number;

  /** @throws PolytokError `INVALID_ARGUMENT` for levels or layers outside what {@link ResidualFsqOptions} says; `LIMIT_EXCEEDED` */
  constructor({ levels, layers }: ResidualFsqOptions) {
    requireInteger(layers, 'layers', { minimum: 1, maximum: MAX_CODEBOOKS });
    const layout = new DigitLayout({ levels, codebooks: layers });
    super({ dimension: levels.length, layout, layoutName: 'first-fastest' });
    this.levels = layout.levels;
    this.layers = layers;
  }

  /**
   * The quantizer of the first `layers` layers alone. Its ids are the first columns of this one's, and decode to the
   * coarser vector: the way to use fewer tokens per row.
   * @throws PolytokError `INVALID_ARGUMENT` unless `layers` is from 1 to the layers here
   */
  prefix(layers: number): ResidualFsq {
    requireInteger(layers, 'layers', { minimum: 1, maximum: this.layers });
    return new ResidualFsq({ levels: this.levels, layers });
  }

  protected rowToDigits(vectors: Vectors, at: number, digits: Uint32Array): void {
    const { levels, layers, dimension } = this;
    for (let j = 0; j < dimension; j++) {
      const count = levels[j];
      const clamp = 1 + 1 / (count - 1);
      let residual = Math.tanh(vectors[at + j] / clamp) * clamp;
      let scale = 1;
      for (let layer = 0; layer < layers; layer++) {
        const digit = symmetricDigit(Math.min(Math.max(residual / scale, -1), 1), count);
        digits[layer * dimension + j] = digit;
        residual -= symmetricValue(digit, count) * scale;
        scale /= count;
      }
    }
  }

  protected digitsToRow(digits: Uint32Array, vectors: Vectors, at: number): void {
    const { levels, layers, dimension } = this;
    for (let j = 0; j < dimension; j++) {
      let sum = 0;
      let scale = 1;
      for (let layer = 0; layer < layers; layer++) {
        sum += symmetricValue(digits[layer * dimension + j], levels[j]) * scale;
        scale /= levels[j];
      }
      vectors[at + j] = sum;
    }
  }

  toJSON(): QuantizerConfig {
    const { type, levels, layers } = this;
    return { type, levels, layers };
  }

  /** @throws PolytokError `INVALID_FORMAT`, and what the constructor throws */
  static fromJSON(config: unknown): ResidualFsq {
    checkConfig(config, [ResidualFsq.type], { levels: 'numbers', layers: 'number' });
    const { levels, layers } = config;
    return new ResidualFsq({ levels, layers } as ResidualFsqOptions);
  }
}
