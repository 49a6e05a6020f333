/**
 * The geometry of multi-scale residual quantization: which tokens of a map belong to which scale, and how maps go down
 * to a scale and up again. Maps here have channels last, so that a position is a row for kernels.
 */

import { requireIntegers } from '../arguments.js';
import { PolytokError } from '../errors.js';
import { MAX_CODEBOOKS } from '../vocabulary.js';
import { type AxisWeights, areaWeights, bicubicWeights } from './axis-weights.js';
import { resampleMaps } from './resample-map.js';

export interface Scale {
  /** Side of the map at this scale: side² tokens, row after row. */
  readonly side: number;
  /** Its first token in a row of ids. */
  readonly first: number;
  /** Its number of tokens, side². */
  readonly tokens: number;
}

export class MapPyramid {
  readonly channels: number;
  readonly scales: readonly Scale[];
  /** Tokens of all scales. */
  readonly tokens: number;
  /** Side of the map itself, and of its last scale. */
  readonly side: number;
  readonly #down: readonly AxisWeights[];
  readonly #up: readonly AxisWeights[];

  /** @throws PolytokError `INVALID_ARGUMENT` unless sides ascend from at least 1, `LIMIT_EXCEEDED` beyond 4096 tokens */
  constructor(sides: readonly number[], channels: number) {
    requireIntegers(sides, 'sides', { minimum: 1 });
    const unsorted = sides.findIndex((side, scale) => scale > 0 && side <= sides[scale - 1]);
    if (unsorted > 0) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `'sides' must ascend, each scale finer than the one before; got [${sides}].`,
        { details: { sides, scale: unsorted } },
      );
    }
    const tokens = sides.reduce((sum, side) => sum + side * side, 0);
    if (tokens > MAX_CODEBOOKS) {
      throw new PolytokError(
        'LIMIT_EXCEEDED',
        `A map has at most ${MAX_CODEBOOKS} tokens; sides [${sides}] make ${tokens}. Use fewer or coarser scales.`,
        { details: { sides, tokens, limit: MAX_CODEBOOKS } },
      );
    }
    let first = 0;
    this.scales = sides.map((side) => {
      const scale = { side, first, tokens: side * side };
      first += scale.tokens;
      return scale;
    });
    this.channels = channels;
    this.tokens = tokens;
    this.side = sides[sides.length - 1];
    this.#down = sides.map((side) => areaWeights(this.side, side));
    this.#up = sides.map((side) => bicubicWeights(side, this.side));
  }

  /**
   * Averages maps to the cells of a scale.
   * @param maps `(maps, side, side, channels)`
   * @returns `(maps, tokens of the scale, channels)`; `maps` itself at the last scale
   */
  down(maps: Float32Array, scale: number): Float32Array {
    return this.#resample(maps, this.#down[scale]);
  }

  /**
   * Interpolates maps of a scale, bicubically.
   * @param maps `(maps, tokens of the scale, channels)`
   * @returns `(maps, side, side, channels)`; `maps` itself at the last scale
   */
  up(maps: Float32Array, scale: number): Float32Array {
    return this.#resample(maps, this.#up[scale]);
  }

  #resample(maps: Float32Array, weights: AxisWeights): Float32Array {
    const { inputs, outputs } = weights;
    if (inputs === outputs) return maps;
    const into = new Float32Array((maps.length / inputs ** 2) * outputs ** 2);
    resampleMaps(maps, weights, this.channels, into);
    return into;
  }
}
