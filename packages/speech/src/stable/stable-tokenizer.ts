/**
 * StableToken (arXiv 2509.22220): speech to one token per 40 ms, by Whisper's lower encoder and a quantizer whose voters
 * outvote what noise does to one of them.
 */
import {
  type Alignment,
  checkTokens,
  createTokenSequence,
  fingerprintOf,
  isJsonObject,
  PolytokError,
  requireInteger,
  type SignalShape,
  type Tokenizer,
  type TokenizerConfig,
  type TokenSequence,
  type TokenShape,
  Vocabulary,
} from '@polytok/common';
import { tensorToFloat32 } from '@polytok/common/io';
import { createWasmKernels, type Kernels } from '@polytok/common/kernels';
import { Network, type OnnxRuntime, type WeightStore } from '@polytok/common/onnx';
import { type Audio, checkAudio } from '../audio.js';
import { LogMelFrames } from './log-mel-frames.js';
import { checkStableConfig, type StableConfig, tokenHop } from './stable-config.js';
import { stableEncoder } from './stable-encoder.js';
import { weightsFingerprint } from './weights-fingerprint.js';
import { batchesOf, tokenCount, visibleFrames, type Window, windowsOf } from './windows.js';

/** Vectors of tokens. */
export interface SpeechFeatures {
  /** `(tokens, width)` */
  readonly data: Float32Array;
  readonly tokens: number;
  readonly width: number;
}

/** How a model runs; nothing of it changes the ids, but for the last bits of what they are decided by. */
export interface StableTokenizerOptions {
  /** `import * as ort from 'onnxruntime-node'`, or another one. Default: the installed one. */
  readonly runtime?: OnnxRuntime;
  /** Execution providers to try, in this order. Default: `['cpu']`. */
  readonly providers?: readonly string[];
  /** Threads of the CPU provider, at least 1. Default: the runtime's choice. */
  readonly threads?: number;
  /** For log-mel frames. Default: WebAssembly. */
  readonly kernels?: Kernels;
  /**
   * Most windows that run together, at least 1. A window of 30 s takes about 0.1 GB in a model of the published size, and
   * more than one at a time pays on a GPU alone. Default: 1.
   */
  readonly batchSize?: number;
}

interface Parts {
  readonly config: StableConfig;
  readonly network: Network;
  readonly frames: LogMelFrames;
  readonly vocabulary: Vocabulary;
  readonly projection: { readonly weight: Float32Array; readonly bias?: Float32Array };
  readonly batchSize: number;
}

/**
 * Speech to ids. There is no vocoder: `decode` gives the vectors that the ids stand for, the quantizer's output
 * projected to the width of the encoder.
 *
 * It guarantees: `ceil(samples / hop)` tokens, and ids that do not depend on what else is encoded in the same call. Sound
 * longer than a window (30 s) is cut into windows that know nothing of each other, so that ids depend on where a
 * recording begins.
 */
export class StableTokenizer implements Tokenizer<Audio, SpeechFeatures> {
  static readonly type = 'stable-token';
  readonly modality = 'speech';
  readonly vocabulary: Vocabulary;
  readonly config: StableConfig;
  readonly #parts: Parts;

  protected constructor(parts: Parts) {
    this.config = parts.config;
    this.vocabulary = parts.vocabulary;
    this.#parts = parts;
  }

  /**
   * @param config from `parseStableConfig`, or read from JSON
   * @throws PolytokError `INVALID_FORMAT` for weights that do not fit (all named), `UNAVAILABLE` without ONNX Runtime
   */
  static async open(
    config: StableConfig,
    weights: WeightStore,
    options: StableTokenizerOptions = {},
  ): Promise<StableTokenizer> {
    return new StableTokenizer(await StableTokenizer.prepare(config, weights, options));
  }

  /** What `toJSON` wrote, with the weights that stand beside it. @throws PolytokError as `open`, `VOCABULARY_MISMATCH` */
  static async fromJSON(
    json: TokenizerConfig,
    weights: WeightStore,
    options: StableTokenizerOptions = {},
  ): Promise<StableTokenizer> {
    if (!isJsonObject(json) || json.type !== StableTokenizer.type) {
      throw new PolytokError('INVALID_FORMAT', `The type of this tokenizer is '${StableTokenizer.type}'.`);
    }
    const tokenizer = await StableTokenizer.open(checkStableConfig(json.config), weights, options);
    const { fingerprint } = tokenizer.vocabulary;
    if (json.fingerprint === undefined || json.fingerprint === fingerprint) return tokenizer;
    await tokenizer.close();
    throw new PolytokError(
      'VOCABULARY_MISMATCH',
      `These weights give vocabulary ${fingerprint}; the tokenizer was stored with ${json.fingerprint}. Put the weights that it was made with beside it.`,
      { details: { actual: fingerprint, expected: json.fingerprint } },
    );
  }

  protected static async prepare(
    config: StableConfig,
    weights: WeightStore,
    { kernels = createWasmKernels(), batchSize = 1, ...options }: StableTokenizerOptions,
  ): Promise<Parts> {
    checkStableConfig(config);
    requireInteger(batchSize, 'batchSize', { minimum: 1 });
    const graph = stableEncoder(config);
    const network = await Network.open(graph, weights, {
      ...options,
      ignore: (tensor) => isUnused(tensor, config),
    });
    const read = async (name: string) => tensorToFloat32(await weights.read(name));
    const content = fingerprintOf(JSON.stringify([config, await weightsFingerprint(graph, weights)]));
    return {
      config,
      network,
      frames: new LogMelFrames(kernels, config),
      vocabulary: new Vocabulary({
        modality: 'speech',
        codebookSizes: [2 ** config.bits],
        layout: 'lsb-first',
        content,
      }),
      projection: {
        weight: await read('quantizer.project_out.weight'),
        ...(config.projectionBias && { bias: await read('quantizer.project_out.bias') }),
      },
      batchSize,
    };
  }

  /** Samples of one token. */
  get hop(): number {
    return tokenHop(this.config);
  }

  /**
   * @throws PolytokError `INVALID_ARGUMENT` for another sample rate, or samples that are not finite; `INVALID_FORMAT` when the
   *   weights give vectors that are not
   */
  async encode(audio: Audio): Promise<TokenSequence> {
    return (await this.encodeBatch([audio]))[0];
  }

  /** Several signals; the ids are those of each alone. @throws PolytokError `INVALID_ARGUMENT` as `encode` */
  async encodeBatch(audios: readonly Audio[]): Promise<TokenSequence[]> {
    const { vocabulary, hop } = this;
    const { sampleRate } = this.config;
    const ids = audios.map(({ samples }) => vocabulary.allocateIds(tokenCount(samples.length, this.config)));
    await this.#run(audios, ({ signal, firstToken }, output) => {
      ids[signal].set(output.ids, firstToken);
    });
    const alignment: Alignment = { kind: 'hop', hop, rate: sampleRate, offset: 0 };
    return ids.map((own) => createTokenSequence({ vocabulary, ids: own, alignment }));
  }

  /** What the quantizer is given: the pooled frames of the encoder. @throws PolytokError `INVALID_ARGUMENT` as `encode` */
  async encodeFeatures(audio: Audio): Promise<SpeechFeatures> {
    const { width } = this.config;
    const tokens = tokenCount(audio.samples.length, this.config);
    const data = new Float32Array(tokens * width);
    await this.#run([audio], ({ firstToken }, { features }) => {
      data.set(features, firstToken * width);
    });
    return { data, tokens, width };
  }

  /**
   * The vectors that the ids stand for: their signs, ±1, projected to the width of the encoder.
   * @throws PolytokError `VOCABULARY_MISMATCH`, `ID_OUT_OF_RANGE`
   */
  async decode(tokens: TokenSequence): Promise<SpeechFeatures> {
    checkTokens(tokens, this.vocabulary);
    const { bits, width } = this.config;
    const { weight, bias } = this.#parts.projection;
    const data = new Float32Array(tokens.length * width);
    for (let row = 0; row < tokens.length; row++) {
      const id = tokens.ids[row];
      for (let column = 0; column < width; column++) {
        let sum = bias === undefined ? 0 : bias[column];
        for (let j = 0; j < bits; j++) {
          const value = weight[column * bits + j];
          sum += (id >>> j) & 1 ? value : -value;
        }
        data[row * width + column] = sum;
      }
    }
    return { data, tokens: tokens.length, width };
  }

  /** @param shape `[samples]` */
  tokenShape([samples]: SignalShape): TokenShape {
    const length = tokenCount(samples, this.config);
    return { minLength: length, maxLength: length, codebooks: 1 };
  }

  /** The weights stand beside it; the fingerprint tells whether they are the same. */
  toJSON(): TokenizerConfig {
    const { type } = StableTokenizer;
    return { type, config: { ...this.config }, fingerprint: this.vocabulary.fingerprint };
  }

  /** Frees what the model holds. */
  async close(): Promise<void> {
    this.#parts.frames.dispose();
    await this.#parts.network.close();
  }

  /** Runs all windows, and hands out what each gives. */
  async #run(audios: readonly Audio[], take: (window: Window, output: WindowOutput) => void): Promise<void> {
    const { config, network, frames: logMel, batchSize } = this.#parts;
    for (const audio of audios) checkAudio(audio, config.sampleRate);
    const windows = windowsOf(
      audios.map(({ samples }) => samples.length),
      config,
    );
    for (const batch of batchesOf(windows, config, batchSize)) {
      const samples = batch.map(({ signal, start, samples: count }) =>
        audios[signal].samples.subarray(start, start + count),
      );
      const { data, frames } = logMel.of(samples);
      const visible = BigInt64Array.of(BigInt(visibleFrames(batch[0], config)));
      const results = await network.run(
        {
          mel: { type: 'float32', shape: [batch.length, frames, config.bands], data },
          visible: { type: 'int64', shape: [1], data: visible },
        },
        ['ids', 'features'],
      );
      const ids = results.ids.data as Int32Array;
      const features = results.features.data as Float32Array;
      requireFinite(features);
      for (const [at, window] of batch.entries()) {
        const end = (at + 1) * window.tokens;
        const start = end - window.tokens;
        take(window, {
          ids: ids.subarray(start, end),
          features: features.subarray(start * config.width, end * config.width),
        });
      }
    }
  }
}

interface WindowOutput {
  readonly ids: Int32Array;
  readonly features: Float32Array;
}

/** Signs of NaN would be ids like any others. */
function requireFinite(features: Float32Array): void {
  if (features.every(Number.isFinite)) return;
  throw new PolytokError(
    'INVALID_FORMAT',
    'This network gives vectors that are not finite: its weights are damaged, or too large for the provider. Fetch them again, or use the CPU.',
  );
}

/** Tensors of a checkpoint that ids do not depend on: statistics, constants, and what stands behind the quantizer. */
function isUnused(tensor: string, { layers, encoderOnly }: StableConfig): boolean {
  if (UNUSED.test(tensor)) return true;
  const layer = /^layers\.(\d+)\./.exec(tensor);
  return layer !== null && !encoderOnly && Number(layer[1]) >= layers;
}

const UNUSED =
  /^(codebook_used|embed_positions2\.weight|layer_norm\.(weight|bias)|quantizer\.(bit_weights|zero|codebook))$/;
