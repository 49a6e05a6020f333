import { isJsonObject } from '../../json.js';
import { parseJsonText } from '../../json-text.js';
import {
  type IdLayout,
  MAX_VOCABULARY,
  type MergeTable,
  type SpecialToken,
  tokenLengths,
} from '../merge-table.js';
import type { ByteAlphabet } from './alphabet.js';
import { detectAlphabet } from './detect-alphabet.js';
import { quoted, tokenizerJsonError } from './file-error.js';
import { MAX_TOKENIZER_JSON_BYTES } from './limits.js';
import { MergeLines } from './merge-lines.js';
import { RankedTokens } from './ranked-tokens.js';
import { refuseOtherSettings } from './settings.js';
import { type AddedTokenEntry, readAddedTokens, readVocabulary } from './vocabulary-entries.js';

const MAX_MERGES = MAX_VOCABULARY - 256;

/** A byte-level BPE tokenizer as its file describes it. */
export interface ParsedTokenizer {
  /** Byte b is rank b, the k-th entry of `merges` makes rank 256 + k. Parts are the first rank of their spelling. */
  readonly table: MergeTable;
  /**
   * The file's ids. `specials` are all of `added_tokens` in id order; one that a merge spells too shares the
   * rank's id. `size` is the highest id + 1, with no promise that ids are dense.
   */
  readonly layout: IdLayout;
  /** How the file spells bytes. */
  readonly alphabet: ByteAlphabet;
  /** `layout.specials` with the file's `special` flag. */
  readonly addedTokens: readonly AddedTokenEntry[];
  /** Vocabulary entries in id order that no byte, merge or added token accounts for. Encoding never gives them. */
  readonly unreachable: readonly SpecialToken[];
}

/**
 * Reads a HuggingFace `tokenizer.json` with a byte-level BPE model, in Latin-1 or the alphabet of GPT-2.
 *
 * Only files whose merges alone decide the ids of a byte string are accepted: HuggingFace gives the same ids
 * for the bytes spelled in the file's alphabet, without added tokens and pre-tokenizer. Stricter than HuggingFace:
 * a JSON key, token, id or merge that stands twice and a merge whose part is made later are refused.
 *
 * @throws PolytokError naming the first fault: `INVALID_FORMAT` (not JSON, truncated, contradictory, bytes
 * missing), `UNSUPPORTED` (another model, or settings that change ids), `LIMIT_EXCEEDED` (MAX_TOKENIZER_JSON_BYTES,
 * MAX_VOCABULARY, MAX_TOKEN_SYMBOLS, MAX_TOKEN_IDS, MAX_SPLIT_WORK)
 */
export function parseTokenizerJson(source: string | Uint8Array): ParsedTokenizer {
  const file = parseFile(source);
  const model = modelOf(file);
  const vocabulary = readVocabulary(model.vocab);
  const addedTokens = readAddedTokens(file.added_tokens, vocabulary);
  const { alphabet, characters } = detectAlphabet(vocabulary, addedTokens);
  refuseOtherSettings(file, model, alphabet);

  const ranked = rankMerges(model.merges, vocabulary, characters);
  const { table, ids } = ranked;
  tokenLengths(table);
  const unreachable = findUnreachable(vocabulary, ranked, addedTokens);
  const specials = addedTokens.map(({ id, content }) => ({ id, content }));
  const size = 1 + Math.max(highest(ids), unreachable.at(-1)?.id ?? 0, specials.at(-1)?.id ?? 0);
  return { table, layout: { ids, specials, size }, alphabet, addedTokens, unreachable };
}

function parseFile(source: string | Uint8Array): Readonly<Record<string, unknown>> {
  if (source.length > MAX_TOKENIZER_JSON_BYTES) {
    throw tokenizerJsonError(
      'LIMIT_EXCEEDED',
      `it has ${source.length} ${typeof source === 'string' ? 'characters' : 'bytes'}; the limit is ${MAX_TOKENIZER_JSON_BYTES}.`,
      { length: source.length, limit: MAX_TOKENIZER_JSON_BYTES },
    );
  }
  let file: unknown;
  try {
    file = parseJsonText(
      typeof source === 'string' ? source : new TextDecoder('utf-8', { fatal: true }).decode(source),
    );
  } catch (cause) {
    const problem = cause instanceof SyntaxError ? cause.message : 'not UTF-8';
    throw tokenizerJsonError('INVALID_FORMAT', `it is not JSON, or cut short (${problem}).`, {}, cause);
  }
  if (isJsonObject(file)) return file;
  throw tokenizerJsonError('INVALID_FORMAT', `it must be a JSON object, got ${quoted(file)}.`);
}

/** Files of early versions do not name the model's type. */
function modelOf({ model }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!isJsonObject(model)) {
    throw tokenizerJsonError('INVALID_FORMAT', `model must be an object, got ${quoted(model)}.`);
  }
  if (model.type !== undefined && model.type !== 'BPE') {
    throw tokenizerJsonError('UNSUPPORTED', `its model is ${quoted(model.type)}; only "BPE" can be read.`, {
      type: model.type,
    });
  }
  return model;
}

/** Merges are pairs, or lines of two tokens as files from before 2024 have them; never a mixture. */
function rankMerges(
  value: unknown,
  vocabulary: ReadonlyMap<string, number>,
  characters: readonly string[],
): RankedTokens {
  if (!Array.isArray(value)) {
    throw tokenizerJsonError('INVALID_FORMAT', `model.merges must be an array, got ${quoted(value)}.`);
  }
  if (value.length > MAX_MERGES) {
    throw tokenizerJsonError(
      'LIMIT_EXCEEDED',
      `model.merges has ${value.length} entries; the limit is ${MAX_MERGES}.`,
      { count: value.length, limit: MAX_MERGES },
    );
  }
  const ranked = new RankedTokens(vocabulary, characters, value.length);
  if (typeof value[0] === 'string') {
    const lines = new MergeLines(linesOf(value), vocabulary);
    for (let merge = 0; merge < lines.length; merge++) {
      const { left, right } = lines.pairOf(merge, ranked);
      ranked.add(left, right);
    }
  } else {
    for (const [merge, pair] of value.entries()) {
      if (!isPair(pair)) throw badMerge(merge, pair, 'an array of two strings');
      ranked.add(pair[0], pair[1]);
    }
  }
  return ranked;
}

/** In id order. */
function findUnreachable(
  vocabulary: ReadonlyMap<string, number>,
  { rankOf }: RankedTokens,
  added: readonly SpecialToken[],
): SpecialToken[] {
  const accounted = new Set(added.map(({ content }) => content));
  const found: SpecialToken[] = [];
  for (const [content, id] of vocabulary) {
    if (!rankOf.has(content) && !accounted.has(content)) found.push({ id, content });
  }
  return found.sort((a, b) => a.id - b.id);
}

function isPair(value: unknown): value is readonly [string, string] {
  return (
    Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'string'
  );
}

/** The lines without the header that a list copied from a merges.txt begins with. */
function linesOf(value: readonly unknown[]): readonly string[] {
  for (const [merge, line] of value.entries()) {
    if (typeof line !== 'string') throw badMerge(merge, line, 'a string like those before it');
  }
  const lines = value as readonly string[];
  return lines[0].startsWith('#version') ? lines.slice(1) : lines;
}

function badMerge(merge: number, value: unknown, expected: string) {
  return tokenizerJsonError(
    'INVALID_FORMAT',
    `model.merges[${merge}] is ${quoted(value)}; it must be ${expected}.`,
    {
      merge,
      value,
    },
  );
}

function highest(ids: Uint32Array): number {
  return ids.reduce((high, id) => Math.max(high, id), 0);
}
