import { PolytokError, type TokenizerConfig } from '@polytok/common';
import { BpeModel, ShortEncoder } from '@polytok/common/bpe';
import { byteOf, characterOf } from './byte-alphabet.js';
import { ByteLevelEncoder } from './byte-level-encoder.js';
import { type CodeEncoder, type CoefficientCoder, NOT_A_CODE } from './coefficient-coder.js';

/** What a published vocabulary holds, in the byte-level spelling of `tokenizer.json`. */
export interface ByteLevelVocabulary {
  /** `(size)`: tokens by id; undefined for ids that are not used. */
  readonly tokens: readonly (string | undefined)[];
  /** In rank order. */
  readonly merges: readonly (readonly [left: string, right: string])[];
}

/** Code points end here, and surrogates, which are no text, begin at U+D800: coefficients beyond cannot be spelled. */
const MAX_CODES = 0xd800;

/**
 * The published processor's way: codes are code points of a text, GPT-2's expression cuts it into pieces, and byte-level
 * BPE merges the UTF-8 bytes of each piece. Bytes without a token are dropped, as HuggingFace drops them; codes that
 * have such bytes do not come back.
 */
export class ByteLevelCoder implements CoefficientCoder {
  static readonly type = 'bytelevel';
  readonly vocabulary: ByteLevelVocabulary;
  readonly codes: number;
  readonly idsPerCode: number;
  readonly #model: BpeModel;
  /** `(256)`: symbol of each byte in the model; −1 for bytes without a token. */
  readonly #symbolOf: Int16Array;
  /** `(size)`: bytes that each id spells. */
  readonly #spelled: readonly Uint8Array[];

  /** @throws PolytokError `INVALID_FORMAT` for merges of tokens that do not exist, or that come later */
  constructor(vocabulary: ByteLevelVocabulary) {
    this.vocabulary = vocabulary;
    const { model, symbolOf } = modelOf(vocabulary);
    this.#model = model;
    this.#symbolOf = symbolOf;
    this.#spelled = vocabulary.tokens.map((token) => bytesOf(token ?? ''));
    let codes = MAX_CODES;
    while (codes > 0 && !this.spells(codes - 1)) codes--;
    this.codes = codes;
    // Of a code that it spells only in part, too: as many as it has tokens for.
    const known = (from: number) => symbolOf.subarray(from).some((symbol) => symbol >= 0);
    this.idsPerCode = known(0xe0) ? 3 : known(0x80) ? 2 : 1;
  }

  /** @throws PolytokError `INVALID_FORMAT` */
  static fromJSON({ tokens, merges }: TokenizerConfig): ByteLevelCoder {
    const isPair = (pair: unknown) =>
      Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string');
    if (Array.isArray(tokens) && Array.isArray(merges) && merges.every(isPair)) {
      return new ByteLevelCoder({ tokens: tokens.map((token) => token ?? undefined), merges });
    }
    throw new PolytokError(
      'INVALID_FORMAT',
      "A byte-level coder has 'tokens' (strings) and 'merges' (pairs of strings). Write it with toJSON().",
    );
  }

  get size(): number {
    return this.vocabulary.tokens.length;
  }

  get longest(): number {
    return this.#model.maxTokenSymbols;
  }

  spells(code: number): boolean {
    return code >= 0 && code < MAX_CODES && utf8(code).every((byte) => this.#symbolOf[byte] >= 0);
  }

  encoder(codes: number): CodeEncoder {
    const encoder = new ShortEncoder(this.#model, { maxSymbols: codes * this.idsPerCode });
    return new ByteLevelEncoder({ encoder, symbolOf: this.#symbolOf, codes });
  }

  codesOf(id: number): readonly number[] | undefined {
    const codes = codePointsOf(this.#spelled[id]);
    return codes.length > 0 && codes.every((code) => this.spells(code)) ? codes : undefined;
  }

  decode(ids: ArrayLike<number>): number[] {
    let length = 0;
    for (let i = 0; i < ids.length; i++) length += this.#spelled[ids[i]].length;
    const bytes = new Uint8Array(length);
    let at = 0;
    for (let i = 0; i < ids.length; i++) {
      const token = this.#spelled[ids[i]];
      for (let k = 0; k < token.length; k++) bytes[at++] = token[k];
    }
    return codePointsOf(bytes);
  }

  toJSON(): TokenizerConfig {
    const { tokens, merges } = this.vocabulary;
    return { type: ByteLevelCoder.type, tokens: tokens.map((token) => token ?? null), merges };
  }
}

/** UTF-8 of a code point below U+10000. */
function utf8(code: number): number[] {
  if (code < 0x80) return [code];
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 0x3f)];
  return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
}

function modelOf({ tokens, merges }: ByteLevelVocabulary): { model: BpeModel; symbolOf: Int16Array } {
  const idOf = new Map<string, number>();
  for (const [id, token] of tokens.entries()) if (token !== undefined) idOf.set(token, id);
  const symbolOf = new Int16Array(256).fill(-1);
  const rankOf = new Map<string, number>();
  const ids: number[] = [];
  for (let byte = 0; byte < 256; byte++) {
    const id = idOf.get(characterOf(byte));
    if (id === undefined) continue;
    symbolOf[byte] = ids.length;
    rankOf.set(characterOf(byte), ids.length);
    ids.push(id);
  }
  const alphabetSize = ids.length;
  const parts = merges.map(([left, right], merge) => {
    const result = idOf.get(left + right);
    const ranks = [rankOf.get(left), rankOf.get(right)] as const;
    if (result === undefined || ranks[0] === undefined || ranks[1] === undefined) {
      throw new PolytokError(
        'INVALID_FORMAT',
        `Merge ${merge} joins ${JSON.stringify(left)} and ${JSON.stringify(right)}; the parts must be made before it, and the result be in the vocabulary.`,
        { details: { merge, left, right } },
      );
    }
    // The first merge that spells a token is the one that others refer to.
    if (!rankOf.has(left + right)) rankOf.set(left + right, alphabetSize + merge);
    ids.push(result);
    return ranks as readonly [number, number];
  });
  if (alphabetSize === 0) {
    throw new PolytokError('INVALID_FORMAT', 'The vocabulary has no token for any byte.');
  }
  const table = {
    alphabetSize,
    left: Uint32Array.from(parts, ([left]) => left),
    right: Uint32Array.from(parts, ([, right]) => right),
  };
  return {
    model: new BpeModel({ table, layout: { ids: Uint32Array.from(ids), specials: [], size: tokens.length } }),
    symbolOf,
  };
}

/** A token's bytes; one with characters of no byte stands for itself, as in HuggingFace's decoder. */
function bytesOf(token: string): Uint8Array {
  const bytes = Array.from(token, byteOf);
  return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : new TextEncoder().encode(token);
}

/** Code points of UTF-8; each ill-formed part is {@link NOT_A_CODE}. */
function codePointsOf(bytes: Uint8Array): number[] {
  const codes: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at];
    const length =
      lead < 0x80
        ? 1
        : lead >= 0xc2 && lead < 0xe0
          ? 2
          : lead >= 0xe0 && lead < 0xf0
            ? 3
            : lead >= 0xf0 && lead < 0xf5
              ? 4
              : 0;
    let code = length === 1 ? lead : lead & (0x7f >> length);
    let read = 1;
    while (read < length && (bytes[at + read] & 0xc0) === 0x80)
      code = (code << 6) | (bytes[at + read++] & 0x3f);
    const overlong = (length === 3 && code < 0x800) || (length === 4 && code < 0x10000);
    const sound = length > 0 && read === length && !overlong && code < 0x110000 && (code & ~0x7ff) !== 0xd800;
    codes.push(sound ? code : NOT_A_CODE);
    at += Math.max(read, 1);
  }
  return codes;
}
