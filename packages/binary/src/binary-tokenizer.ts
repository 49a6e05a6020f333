import {
  checkTokens,
  createTokenSequence,
  fingerprintOf,
  PolytokError,
  type SignalShape,
  type SyncTokenizer,
  type TokenizerConfig,
  type TokenSequence,
  type TokenShape,
  Vocabulary,
} from '@polytok/common';
import {
  type BpeDecodeOptions,
  BpeModel,
  formatTokenizerJson,
  parseTokenizerJson,
} from '@polytok/common/bpe';
import { TOKEN_BORDERS, type TokenBorders, tokenBorders } from './token-borders.js';

/** Name of this tokenizer in a registry. */
export const BINARY_TOKENIZER_TYPE = 'binary-bpe';

export interface BinaryTokenizerOptions {
  /** A vocabulary over the 256 bytes. */
  readonly model: BpeModel;
  /** Where tokens must end. Default: 'file'. */
  readonly borders?: TokenBorders;
}

/** Configuration as JSON; `tokenizer` is a HuggingFace tokenizer.json. */
export interface BinaryTokenizerConfig extends TokenizerConfig {
  readonly type: typeof BINARY_TOKENIZER_TYPE;
  readonly borders: TokenBorders;
  readonly tokenizer: unknown;
}

/**
 * Byte-exact BPE tokens of executables, or of any bytes. Lossless: `decode(encode(x))` is `x`. Ids are those of
 * HuggingFace tokenizers on the exported tokenizer.json; with `borders` other than 'file', of each part alone.
 */
export class BinaryTokenizer implements SyncTokenizer<Uint8Array> {
  readonly modality = 'binary';
  readonly model: BpeModel;
  readonly borders: TokenBorders;
  readonly vocabulary: Vocabulary;

  /** @throws PolytokError `INVALID_ARGUMENT` when the model is not over bytes, or for unknown borders */
  constructor({ model, borders = 'file' }: BinaryTokenizerOptions) {
    if (model.alphabetSize !== 256) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `A binary tokenizer needs a model over 256 bytes; this one has ${model.alphabetSize} symbols.`,
        { details: { alphabetSize: model.alphabetSize } },
      );
    }
    if (!TOKEN_BORDERS.includes(borders)) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Borders are one of ${TOKEN_BORDERS.join(', ')}; got '${borders}'.`,
        { details: { borders, available: TOKEN_BORDERS } },
      );
    }
    this.model = model;
    this.borders = borders;
    const { table, layout } = model;
    this.vocabulary = new Vocabulary({
      modality: this.modality,
      codebookSizes: [layout.size],
      specials: Object.fromEntries(layout.specials.map(({ content, id }) => [content, id])),
      layout: borders,
      content: [table.left, table.right, layout.ids].map((part) => fingerprintOf(part)).join(),
    });
  }

  /** From a HuggingFace tokenizer.json. @throws PolytokError as `parseTokenizerJson` */
  static fromTokenizerJson(
    json: string | Uint8Array,
    options: { borders?: TokenBorders } = {},
  ): BinaryTokenizer {
    return new BinaryTokenizer({ ...options, model: new BpeModel(parseTokenizerJson(json)) });
  }

  /** @throws PolytokError `INVALID_FORMAT`, `INVALID_ARGUMENT`; for `tokenizer` as `parseTokenizerJson` */
  static fromJSON(config: TokenizerConfig): BinaryTokenizer {
    const { type, borders, tokenizer } = config as BinaryTokenizerConfig;
    if (type !== BINARY_TOKENIZER_TYPE || typeof tokenizer !== 'object') {
      throw new PolytokError(
        'INVALID_FORMAT',
        `A binary tokenizer's configuration has type '${BINARY_TOKENIZER_TYPE}' and a 'tokenizer' object; got type '${type}' and ${typeof tokenizer}.`,
        { details: { type, tokenizer: typeof tokenizer } },
      );
    }
    return BinaryTokenizer.fromTokenizerJson(JSON.stringify(tokenizer), { borders });
  }

  /** @throws PolytokError `INVALID_ARGUMENT` for anything but bytes */
  encodeSync(bytes: Uint8Array): TokenSequence {
    if (!(bytes instanceof Uint8Array)) {
      throw new PolytokError('INVALID_ARGUMENT', 'A binary tokenizer encodes a Uint8Array.');
    }
    const ids =
      this.borders === 'file'
        ? this.model.encode(bytes)
        : this.model.encodeSegments(bytes, tokenBorders(bytes, this.borders));
    return createTokenSequence({ vocabulary: this.vocabulary, ids, alignment: { kind: 'widths', start: 0 } });
  }

  /** @throws PolytokError `VOCABULARY_MISMATCH`, `ID_OUT_OF_RANGE` (in strict mode also for special tokens) */
  decodeSync(tokens: TokenSequence, options?: BpeDecodeOptions): Uint8Array {
    checkTokens(tokens, this.vocabulary);
    return this.model.decode(tokens.ids, options) as Uint8Array;
  }

  async encode(bytes: Uint8Array): Promise<TokenSequence> {
    return this.encodeSync(bytes);
  }

  async decode(tokens: TokenSequence, options?: BpeDecodeOptions): Promise<Uint8Array> {
    return this.decodeSync(tokens, options);
  }

  /** `[bytes]` takes as few tokens as the longest token allows, and at most one per byte. @throws PolytokError `INVALID_ARGUMENT` */
  tokenShape([bytes]: SignalShape): TokenShape {
    if (!Number.isInteger(bytes) || bytes < 0) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `The shape of a file is [bytes], a whole number; got [${bytes}].`,
        { details: { bytes } },
      );
    }
    return { minLength: Math.ceil(bytes / this.model.maxTokenSymbols), maxLength: bytes, codebooks: 1 };
  }

  toJSON(): BinaryTokenizerConfig {
    return {
      type: BINARY_TOKENIZER_TYPE,
      borders: this.borders,
      tokenizer: JSON.parse(this.toTokenizerJson()),
    };
  }

  /** The vocabulary as a HuggingFace tokenizer.json. Default alphabet: 'latin1', whose strings are the bytes themselves. */
  toTokenizerJson(options: { alphabet?: 'latin1' | 'gpt2' } = {}): string {
    return formatTokenizerJson(this.model, { alphabet: options.alphabet ?? 'latin1' });
  }
}
