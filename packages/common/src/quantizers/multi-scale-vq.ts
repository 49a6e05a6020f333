/**
 * The multi-scale residual quantizer of VAR (Tian et al., arXiv 2404.02905, algorithms 1 and 2): a map becomes tokens from
 * coarse to fine, each scale quantizing what the scales before it left over, all with one codebook.
 *
 *     r = f;  per scale of side p:   ids = nearest codes of area-mean(r, p×p)
 *                                    h = φ_k(bicubic(codes, to the side of f)),   r = r − h,   decoded: Σ h
 *     φ_k(h) = (1 − ρ)·h + ρ·(W_k∗h + b_k)
 *
 * A few 3×3 convolutions are shared between the scales (see phi-index.ts). A **row** of this quantizer is a whole map,
 * `(channels, side, side)`, as encoders give it, and its ids are those of all scales, coarse to fine, each scale row after
 * row: 680 for VAR's ten. Tensors have the names and shapes of VAR's checkpoints, less the prefix `quantize.`.
 */

import { requireChoice, requireInteger } from '../arguments.js';
import { PolytokError } from '../errors.js';
import { checkLength, checkValues } from '../kernels/check-values.js';
import type { AsyncKernels, Codebook, Kernels, Matrix } from '../kernels/contract.js';
import { runSteps, type Steps } from '../steps.js';
import { checkCodes, refuseZeroCode } from './check-codes.js';
import { CodebookQuantizer, type ComputeOptions } from './codebook-quantizer.js';
import { putColumns } from './columns.js';
import { checkConfig } from './config-fields.js';
import type { QuantizerConfig, Vectors } from './contract.js';
import { channelsFirst, channelsLast } from './map-layout.js';
import { MapPyramid, type Scale } from './map-pyramid.js';
import { applyPhi, PHI_KERNEL, preparePhi } from './phi-convolution.js';
import { phiIndex } from './phi-index.js';
import type { OperandSource } from './prepared-operands.js';
import { type QuantizerTensors, takeTensors } from './tensors.js';

/** The scales of VAR for images of 256 pixels: 680 tokens. */
export const VAR_SIDES: readonly number[] = [1, 2, 3, 4, 5, 6, 8, 10, 13, 16];

/** Values of the patches of a block of maps: 4 MiB, 14 of VAR's maps. */
const BLOCK_PATCHES = 1 << 20;

export interface MultiScaleVqOptions extends ComputeOptions {
  /** `(count, channels)`, at least one; shared by all scales. Copied. */
  readonly codes: Float32Array;
  readonly channels: number;
  /** W, `(phis, channels, channels, 3, 3)`, output channel first, at least one. Copied. */
  readonly phiWeights: Float32Array;
  /** b, `(phis, channels)`. Copied. */
  readonly phiBiases: Float32Array;
  /** ρ, from 0 to 1. Default: 0.5. */
  readonly phiRatio?: number;
  /** Sides of the scales, ascending; the last is the side of the maps. At most 4096 tokens. Default: {@link VAR_SIDES}. */
  readonly sides?: readonly number[];
  /** How codes are chosen; 'cosine' still decodes to codes as they are given. Default: 'euclidean'. */
  readonly metric?: 'euclidean' | 'cosine';
}

interface Prepared {
  readonly codebook: Codebook;
  readonly phis: readonly Matrix[];
}

/** See the top of this file. Quantizing a dequantized map gives other ids in general. */
export class MultiScaleVq extends CodebookQuantizer<Prepared> {
  static readonly type = 'var-multiscale';
  readonly type = MultiScaleVq.type;
  /** Number of codes. */
  readonly count: number;
  readonly channels: number;
  /** Number of shared convolutions. */
  readonly phis: number;
  readonly phiRatio: number;
  readonly metric: 'euclidean' | 'cosine';
  readonly #pyramid: MapPyramid;
  readonly #codes: Float32Array;
  readonly #weights: readonly Float32Array[];
  readonly #biases: readonly Float32Array[];

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link MultiScaleVqOptions} says; `LIMIT_EXCEEDED` for too many tokens */
  constructor(options: MultiScaleVqOptions) {
    const { codes, channels, phiWeights, phiBiases, kernels } = options;
    const { phiRatio = 0.5, sides = VAR_SIDES, metric = 'euclidean' } = options;
    const count = checkCodes(codes, channels);
    requireChoice(metric, 'metric', ['euclidean', 'cosine']);
    if (metric === 'cosine') refuseZeroCode(codes, channels);
    requireRatio(phiRatio);
    const phis = phiBiases.length / channels;
    requireInteger(phis, "the rows of 'phiBiases'", { minimum: 1 });
    const weightSize = channels * channels * PHI_KERNEL ** 2;
    checkLength('phiWeights', phiWeights, phis * weightSize, '(phis, channels, channels, 3, 3)');
    checkValues('phiWeights', phiWeights, weightSize);
    checkValues('phiBiases', phiBiases, channels);
    const pyramid = new MapPyramid(sides, channels);
    super({
      dimension: channels * pyramid.side ** 2,
      codebookSizes: new Array<number>(pyramid.tokens).fill(count),
      layoutName: MultiScaleVq.type,
      kernels,
    });
    this.count = count;
    this.channels = channels;
    this.phis = phis;
    this.phiRatio = phiRatio;
    this.metric = metric;
    this.#pyramid = pyramid;
    this.#codes = codes.slice();
    this.#weights = slices(phiWeights, phis);
    this.#biases = slices(phiBiases, phis);
  }

  /** Where the tokens of each scale stand in a row of ids, coarse to fine. */
  get scales(): readonly Scale[] {
    return this.#pyramid.scales;
  }

  /**
   * The map as it stands after each scale: what decodes to pictures that get sharper.
   * @param codes `(maps, tokens)`
   * @returns for each scale `(maps, channels, side, side)`, in the size of the last; the last is what `dequantize` gives
   * @throws PolytokError `ID_OUT_OF_RANGE`, `INVALID_ARGUMENT`
   */
  partialMaps(codes: ArrayLike<number>): Float32Array[] {
    const { channels, dimension, scales } = this;
    const maps = this.checkCodes(codes);
    const result = scales.map(() => new Float32Array(maps * dimension));
    for (let map = 0; map < maps; map++) {
      this.#eachScale(codes, map, (total, scale) => {
        result[scale].set(channelsFirst(total, channels, dimension / channels), map * dimension);
      });
    }
    return result;
  }

  /**
   * What VAR's transformer is given to predict all scales but the first: the map so far, averaged to the side of the
   * scale that comes next.
   * @param codes `(maps, tokens)`
   * @returns `(maps, tokens − tokens of the first scale, channels)`
   * @throws PolytokError `ID_OUT_OF_RANGE`, `INVALID_ARGUMENT`
   */
  nextScaleInputs(codes: ArrayLike<number>): Float32Array {
    const { channels, scales } = this;
    const { tokens } = this.#pyramid;
    const skipped = scales[0].tokens;
    const maps = this.checkCodes(codes);
    const inputs = new Float32Array(maps * (tokens - skipped) * channels);
    for (let map = 0; map < maps; map++) {
      this.#eachScale(codes, map, (total, scale) => {
        if (scale + 1 === scales.length) return;
        const at = map * (tokens - skipped) + scales[scale + 1].first - skipped;
        inputs.set(this.#pyramid.down(total, scale + 1), at * channels);
      });
    }
    return inputs;
  }

  protected prepare(source: OperandSource): Prepared {
    const { channels: dimensions, metric, phiRatio: ratio } = this;
    return {
      codebook: source.prepareCodebook(this.#codes, { dimensions, metric }),
      phis: this.#weights.map((weight, k) => preparePhi(source, { weight, bias: this.#biases[k], ratio })),
    };
  }

  protected *quantizeSteps(
    kernels: Kernels | AsyncKernels,
    prepared: Prepared,
    vectors: Float32Array,
    ids: Uint32Array,
  ): Steps {
    const { channels, dimension, scales } = this;
    const { tokens: width } = this.#pyramid;
    const step = Math.max(1, Math.floor(BLOCK_PATCHES / (dimension * PHI_KERNEL ** 2)));
    for (let from = 0; from * dimension < vectors.length; from += step) {
      const block = vectors.subarray(from * dimension, (from + step) * dimension);
      const maps = block.length / dimension;
      const rest = channelsLast(block, channels, dimension / channels);
      const blockIds = ids.subarray(from * width, (from + maps) * width);
      const added = new Float32Array(rest.length);
      for (const [scale, { first, tokens: count }] of scales.entries()) {
        const found = new Uint32Array(maps * count);
        yield kernels.nearest(prepared.codebook, this.#pyramid.down(rest, scale), found);
        putColumns(found, blockIds, { first, count, width });
        yield* this.#addedBy(kernels, prepared, scale, found, added);
        for (let i = 0; i < rest.length; i++) rest[i] -= added[i];
      }
    }
  }

  /**
   * What the ids of a scale add to the maps.
   * @param ids `(maps, tokens of the scale)`
   * @param into `(maps, side, side, channels)` receives it
   */
  *#addedBy(
    kernels: Kernels | AsyncKernels,
    { phis }: Prepared,
    scale: number,
    ids: ArrayLike<number>,
    into: Float32Array,
  ): Steps {
    const { channels } = this;
    const small = new Float32Array(ids.length * channels);
    for (let i = 0; i < ids.length; i++) {
      small.set(this.#codes.subarray(ids[i] * channels, (ids[i] + 1) * channels), i * channels);
    }
    const phi = phis[phiIndex(scale, this.scales.length, phis.length)];
    yield* applyPhi(kernels, phi, this.#pyramid.up(small, scale), this.#pyramid.side, into);
  }

  /** Adds up one map and shows it after every scale, `(side, side, channels)`. */
  #eachScale(
    codes: ArrayLike<number>,
    map: number,
    visit: (total: Float32Array, scale: number) => void,
  ): void {
    const { kernels } = this;
    const prepared = this.preparedOn(kernels);
    const total = new Float32Array(this.dimension);
    const added = new Float32Array(this.dimension);
    for (const [scale, { first, tokens }] of this.scales.entries()) {
      const start = map * this.#pyramid.tokens + first;
      const ids = Uint32Array.from({ length: tokens }, (_, i) => codes[start + i]);
      runSteps(this.#addedBy(kernels, prepared, scale, ids, added));
      for (let i = 0; i < total.length; i++) total[i] += added[i];
      visit(total, scale);
    }
  }

  protected codesToRow(codes: ArrayLike<number>, at: number, vectors: Vectors, start: number): void {
    const { channels, dimension, scales } = this;
    this.#eachScale(codes, at / this.#pyramid.tokens, (total, scale) => {
      if (scale + 1 === scales.length) {
        vectors.set(channelsFirst(total, channels, dimension / channels), start);
      }
    });
  }

  /** `embedding.weight` `(count, channels)`; `quant_resi.qresi_ls.<k>.weight` and `.bias` of each convolution. */
  tensors(): QuantizerTensors {
    const shapes = tensorShapes(this.count, this.channels, this.phis);
    const values = [this.#codes, ...this.#weights.flatMap((weight, k) => [weight, this.#biases[k]])];
    return Object.fromEntries(
      Object.entries(shapes).map(([name, shape], i) => [name, { shape, values: values[i].slice() }]),
    );
  }

  toJSON(): QuantizerConfig {
    const { type, count, channels, phis, phiRatio, metric, fingerprint } = this;
    return {
      type,
      count,
      channels,
      sides: this.scales.map(({ side }) => side),
      phis,
      phiRatio,
      metric,
      fingerprint,
    };
  }

  /** @throws PolytokError `INVALID_FORMAT`, `VOCABULARY_MISMATCH` for other tensors than stored, and what the constructor throws */
  static fromJSON(
    config: unknown,
    tensors: QuantizerTensors = {},
    compute: ComputeOptions = {},
  ): MultiScaleVq {
    checkConfig(config, [MultiScaleVq.type], {
      count: 'number',
      channels: 'number',
      sides: 'numbers',
      phis: 'number',
      phiRatio: 'number',
      metric: 'string',
      fingerprint: 'string',
    });
    const { count, channels, phis, phiRatio } = config as Record<string, number>;
    const { sides, metric } = config as Partial<Pick<MultiScaleVqOptions, 'sides' | 'metric'>>;
    requireInteger(phis, 'phis', { minimum: 1, maximum: MAX_PHIS });
    const shapes = tensorShapes(count, channels, phis);
    const values = takeTensors(MultiScaleVq.type, tensors, shapes);
    const [codes, ...convolutions] = Object.keys(shapes).map((name) => values[name]);
    return CodebookQuantizer.verified(
      new MultiScaleVq({
        codes,
        channels,
        phiRatio,
        sides,
        metric,
        phiWeights: joined(convolutions.filter((_, i) => i % 2 === 0)),
        phiBiases: joined(convolutions.filter((_, i) => i % 2 === 1)),
        ...compute,
      }),
      config,
    );
  }
}

/** Most convolutions of a stored quantizer: VAR has 4, or one per scale. */
const MAX_PHIS = 4096;

/** In the order of the codes, then weight and bias of each convolution. */
function tensorShapes(count: number, channels: number, phis: number): Record<string, readonly number[]> {
  const shapes: Record<string, readonly number[]> = { 'embedding.weight': [count, channels] };
  for (let k = 0; k < phis; k++) {
    shapes[`quant_resi.qresi_ls.${k}.weight`] = [channels, channels, PHI_KERNEL, PHI_KERNEL];
    shapes[`quant_resi.qresi_ls.${k}.bias`] = [channels];
  }
  return shapes;
}

function requireRatio(ratio: number): void {
  if (ratio >= 0 && ratio <= 1) return;
  throw new PolytokError('INVALID_ARGUMENT', `'phiRatio' must be from 0 to 1; got ${ratio}.`, {
    details: { name: 'phiRatio', value: ratio },
  });
}

/** Copies of `count` equal parts. */
function slices(values: Float32Array, count: number): Float32Array[] {
  const size = values.length / count;
  return Array.from({ length: count }, (_, i) => values.slice(i * size, (i + 1) * size));
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of parts) {
    all.set(values, at);
    at += values.length;
  }
  return all;
}
