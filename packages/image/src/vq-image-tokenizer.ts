import {
  type Alignment,
  checkStoredFingerprint,
  checkTokens,
  createTokenSequence,
  fingerprintOf,
  PolytokError,
  type SignalShape,
  type Tokenizer,
  type TokenizerConfig,
  type TokenSequence,
  type TokenShape,
  Vocabulary,
} from '@polytok/common';
import { tensorToFloat32 } from '@polytok/common/io';
import { bindWeights, Network, type NetworkOptions, type WeightStore } from '@polytok/common/onnx';
import type { Quantizer } from '@polytok/common/quantizers';
import { decoderGraph, encoderGraph, quantizesMaps, tensorGraph } from './autoencoder/autoencoder-graphs.js';
import { parseAutoencoderConfig } from './autoencoder/check-config.js';
import { type AutoencoderConfig, patchOf } from './autoencoder/contract.js';
import { codebookShapes, imageQuantizer } from './autoencoder/image-quantizer.js';
import { type ImagePreset, imagePreset } from './autoencoder/presets.js';
import { isUnusedTensor } from './autoencoder/tensor-names.js';
import { floatsToBytes, pixelsToFloats } from './pixels/byte-levels.js';
import { checkImage, checkImageSize, RGB, type RgbImage } from './pixels/rgb-image.js';

/**
 * Most pixels that a network is run on, 2048 × 1024: maps of 128 channels take 1 GiB each there, and a few of them exist at
 * a time.
 */
export const MAX_TOKENIZED_PIXELS = 2 ** 21;

/** How the networks run; see `Network.open`. */
export type VqImageTokenizerOptions = Pick<NetworkOptions, 'runtime' | 'providers' | 'threads'>;

/**
 * Images to tokens and back by a convolutional autoencoder with discrete codes: LlamaGen, VQGAN, VAR, Open-MAGVIT2 and
 * others of their family.
 *
 *     const tokenizer = await VqImageTokenizer.fromWeights(weights, 'llamagen-vq16');
 *     const tokens = await tokenizer.encode(image);
 *
 * A token stands for a patch, row by row (of 'var-multiscale' the 680 tokens of a map run from coarse to fine). The
 * encoder and the decoder are opened when they are first used. How close the decoded image comes to the original is a
 * property of the weights; there is no bound.
 */
export class VqImageTokenizer implements Tokenizer<RgbImage> {
  static readonly type = 'vq-image';
  readonly modality = 'image';
  readonly vocabulary: Vocabulary;
  readonly config: AutoencoderConfig;
  readonly quantizer: Quantizer;
  /** Pixels along a side of the patch of a token. */
  readonly patch: number;
  readonly #weights: WeightStore;
  readonly #options: VqImageTokenizerOptions;
  #encoder: Promise<Network> | undefined;
  #decoder: Promise<Network> | undefined;

  protected constructor(parts: TokenizerParts) {
    const { config, quantizer, weights, content, options } = parts;
    this.config = config;
    this.quantizer = quantizer;
    this.patch = patchOf(config);
    this.vocabulary = new Vocabulary({
      modality: 'image',
      codebookSizes: [config.codes],
      layout: config.quantizer === 'lfq' ? `lfq-${config.order ?? 'lsb-first'}` : config.quantizer,
      content,
    });
    this.#weights = weights;
    this.#options = options;
  }

  /**
   * @param architecture the name of a preset, or a configuration
   * @throws PolytokError `INVALID_FORMAT` for weights of another network (all tensors that are missing, misshapen or
   *   left over are named); `UNKNOWN_NAME` for a preset; `INVALID_ARGUMENT` for a configuration; what `weights` throws
   */
  static async fromWeights(
    weights: WeightStore,
    architecture: ImagePreset | AutoencoderConfig,
    options: VqImageTokenizerOptions = {},
  ): Promise<VqImageTokenizer> {
    return new VqImageTokenizer(await tokenizerParts(weights, architecture, options));
  }

  /**
   * Reads what {@link toJSON} writes.
   * @throws PolytokError `VOCABULARY_MISMATCH` for other weights than it was written with; and what {@link fromWeights} throws
   */
  static async fromJSON(
    stored: TokenizerConfig,
    weights: WeightStore,
    options: VqImageTokenizerOptions = {},
  ): Promise<VqImageTokenizer> {
    const { type, fingerprint, ...config } = stored;
    if (type !== VqImageTokenizer.type) {
      throw new PolytokError(
        'INVALID_FORMAT',
        `This is the configuration of a '${type}', not of a '${VqImageTokenizer.type}'.`,
        { details: { type } },
      );
    }
    const tokenizer = await VqImageTokenizer.fromWeights(weights, parseAutoencoderConfig(config), options);
    checkStoredFingerprint('image tokenizer', fingerprint, tokenizer.vocabulary.fingerprint);
    return tokenizer;
  }

  /** The configuration, with the vocabulary's fingerprint; weights stay where they are. */
  toJSON(): TokenizerConfig {
    return { type: VqImageTokenizer.type, ...this.config, fingerprint: this.vocabulary.fingerprint };
  }

  /**
   * @param image with sides that are multiples of {@link patch}; `prepareImage` makes them so
   * @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED` beyond {@link MAX_TOKENIZED_PIXELS}
   */
  async encode(image: RgbImage): Promise<TokenSequence> {
    checkImage(image);
    const grid = this.#gridOf(image.height, image.width);
    const network = await this.#openEncoder();
    const { latents } = await network.run({
      image: {
        type: 'float32',
        shape: [1, image.height, image.width, RGB],
        data: pixelsToFloats(image.data),
      },
    });
    const ids = this.quantizer.quantize(latents.data as Float32Array);
    return createTokenSequence({ vocabulary: this.vocabulary, ids, alignment: this.#alignment(grid) });
  }

  /** @returns bytes @throws PolytokError `VOCABULARY_MISMATCH`, `ID_OUT_OF_RANGE`, `INVALID_ARGUMENT` for a grid of other patches, `LIMIT_EXCEEDED` */
  async decode(tokens: TokenSequence): Promise<RgbImage & { readonly data: Uint8Array }> {
    const image = await this.decodeFloats(tokens);
    return { ...image, data: floatsToBytes(image.data) };
  }

  /** {@link decode} without the rounding to bytes: about −1 to 1, not cut off. */
  async decodeFloats(tokens: TokenSequence): Promise<RgbImage & { readonly data: Float32Array }> {
    checkTokens(tokens, this.vocabulary);
    const { rows, columns } = this.#checkGrid(tokens);
    const { codeChannels } = this.config;
    const network = await this.#openDecoder();
    const shape = quantizesMaps(this.config)
      ? [1, codeChannels, rows, columns]
      : [1, rows, columns, codeChannels];
    const data = this.quantizer.dequantize(tokens.ids);
    const { image } = await network.run({ codes: { type: 'float32', shape, data } });
    return { width: columns * this.patch, height: rows * this.patch, data: image.data as Float32Array };
  }

  /** @param signalShape `[height, width, 3]` @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED` */
  tokenShape(signalShape: SignalShape): TokenShape {
    const { rows, columns } = this.#gridOfShape(signalShape);
    const length = quantizesMaps(this.config) ? this.quantizer.codebookSizes.length : rows * columns;
    return { minLength: length, maxLength: length, codebooks: 1 };
  }

  /** How the tokens of an image of this shape map back to it: what bare ids need to be decoded. Throws as {@link tokenShape}. */
  alignmentOf(signalShape: SignalShape): Alignment {
    return this.#alignment(this.#gridOfShape(signalShape));
  }

  /** Frees what the runtime holds. The next call opens it again. */
  async close(): Promise<void> {
    const open = [this.#encoder, this.#decoder];
    this.#encoder = undefined;
    this.#decoder = undefined;
    for (const network of open) await (await network)?.close();
  }

  #gridOfShape([height, width, channels]: SignalShape): Grid {
    if (channels === RGB) return this.#gridOf(height, width);
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `The shape of an image is [height, width, ${RGB}]; got ${channels} channels.`,
      { details: { height, width, channels } },
    );
  }

  #gridOf(height: number, width: number): Grid {
    checkImageSize(width, height, MAX_TOKENIZED_PIXELS);
    const { patch } = this;
    const grid = { rows: height / patch, columns: width / patch };
    if (Number.isInteger(grid.rows) && Number.isInteger(grid.columns)) return this.#requireTokenizable(grid);
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `The sides of an image are to be multiples of ${patch}; got ${width} × ${height}. prepareImage() scales and crops.`,
      { details: { width, height, patch } },
    );
  }

  #requireTokenizable(grid: Grid): Grid {
    const { config, patch } = this;
    const side = config.sides?.at(-1);
    if (quantizesMaps(config) && (grid.rows !== side || grid.columns !== side)) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `The scales of this tokenizer are made for images of ${side! * patch} × ${side! * patch}; got ${grid.columns * patch} × ${grid.rows * patch}.`,
        { details: { ...grid, side } },
      );
    }
    if (!config.adaptive || grid.rows * grid.columns > 1) return grid;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `This tokenizer's decoder needs the variance of its codes, so two tokens or more; got an image of one patch.`,
      { details: { ...grid } },
    );
  }

  #alignment({ rows, columns }: Grid): Alignment {
    const { patch } = this;
    if (quantizesMaps(this.config)) return { kind: 'whole', length: rows * columns * patch * patch };
    return { kind: 'grid', rows, columns, patch: [patch, patch] };
  }

  #checkGrid({ alignment, length }: TokenSequence): Grid {
    const { patch, config, quantizer } = this;
    if (quantizesMaps(config)) {
      const side = config.sides!.at(-1)!;
      const expected = quantizer.codebookSizes.length;
      if (length === expected) return { rows: side, columns: side };
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `An image is ${expected} tokens of this tokenizer; got ${length}.`,
        { details: { length, expected } },
      );
    }
    if (alignment.kind === 'grid' && alignment.patch[0] === patch && alignment.patch[1] === patch) {
      return this.#gridOf(alignment.rows * patch, alignment.columns * patch);
    }
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Tokens of this tokenizer stand in a grid of patches of ${patch} × ${patch} pixels; got ${JSON.stringify(alignment)}.`,
      { details: { alignment, patch } },
    );
  }

  #openEncoder(): Promise<Network> {
    this.#encoder ??= this.#open(encoderGraph(this.config));
    return this.#encoder;
  }

  #openDecoder(): Promise<Network> {
    this.#decoder ??= this.#open(decoderGraph(this.config));
    return this.#decoder;
  }

  #open(graph: ReturnType<typeof encoderGraph>): Promise<Network> {
    // All tensors were checked against both graphs when the tokenizer was built.
    return Network.open(graph, this.#weights, { ...this.#options, ignore: () => true });
  }
}

interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/** What a {@link VqImageTokenizer} is made of. */
export interface TokenizerParts {
  readonly config: AutoencoderConfig;
  readonly quantizer: Quantizer;
  readonly weights: WeightStore;
  /** What gives ids their meaning, hashed. */
  readonly content: string;
  readonly options: VqImageTokenizerOptions;
}

/** The last convolution of the encoder: with the codebook it tells one training from another. */
const IDENTITY = 'encoder.conv_out.weight';

/** Checks weights against an architecture, and reads what the quantizer and the vocabulary need. */
export async function tokenizerParts(
  weights: WeightStore,
  architecture: ImagePreset | AutoencoderConfig,
  options: VqImageTokenizerOptions,
): Promise<TokenizerParts> {
  const config = parseAutoencoderConfig(
    typeof architecture === 'string' ? imagePreset(architecture) : architecture,
  );
  bindWeights(tensorGraph(config), weights, { ignore: isUnusedTensor });
  const tensors = new Map<string, Float32Array>();
  for (const name of [...Object.keys(codebookShapes(config)), IDENTITY]) {
    tensors.set(name, tensorToFloat32(await weights.read(name)));
  }
  const quantizer = imageQuantizer(config, tensors);
  const parts = [config, quantizer.toJSON(), fingerprintOf(tensors.get(IDENTITY)!)];
  return { config, quantizer, weights, content: fingerprintOf(JSON.stringify(parts)), options };
}
