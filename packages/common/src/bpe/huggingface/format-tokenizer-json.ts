import { PolytokError } from '../../errors.js';
import {
  type IdLayout,
  MAX_TOKEN_IDS,
  MAX_TOKEN_SYMBOLS,
  type MergeTable,
  type SpecialToken,
  tokenLengths,
} from '../merge-table.js';
import { type ByteAlphabet, collidingBytes, gpt2Characters, latin1Characters } from './alphabet.js';
import { detectAlphabet } from './detect-alphabet.js';
import { quoted } from './file-error.js';
import { MAX_TOKENIZER_JSON_BYTES } from './limits.js';

/** What a tokenizer.json is made of. `ParsedTokenizer` fits. */
export interface FormattableTokenizer {
  /** Alphabet of 256 symbols, the bytes. */
  readonly table: MergeTable;
  readonly layout: IdLayout;
  /** Further vocabulary entries that no merge makes. Default: none. */
  readonly unreachable?: readonly SpecialToken[];
}

export interface FormatOptions {
  /**
   * How bytes are spelled. `gpt2` is what HuggingFace's `ByteLevel` and current tools expect; `latin1` lets
   * any byte string pass through a string API as `latin1(bytes)`.
   */
  readonly alphabet: ByteAlphabet;
}

/**
 * Writes a HuggingFace `tokenizer.json`, in one line, vocabulary in id order. `parseTokenizerJson` reads back
 * the same table, ids, special tokens and unreachable entries.
 *
 * In Latin-1, bytes whose character is a special token of another id move to U+E000 and on.
 *
 * @throws PolytokError `INVALID_ARGUMENT` for symbols other than bytes, ids that do not fit the table, and two
 * tokens of one spelling or one id; `INVALID_FORMAT`, `LIMIT_EXCEEDED` for a bad table or a file above
 * MAX_TOKENIZER_JSON_BYTES
 */
export function formatTokenizerJson(tokenizer: FormattableTokenizer, options: FormatOptions): string {
  const { table, layout, unreachable = [] } = tokenizer;
  if (options.alphabet !== 'latin1' && options.alphabet !== 'gpt2') {
    throw misfit(`the alphabet must be 'latin1' or 'gpt2', got ${quoted(options.alphabet)}.`, { ...options });
  }
  refuseMisfit(table, layout);
  const outside = [...layout.specials, ...unreachable];
  const characters =
    options.alphabet === 'gpt2'
      ? gpt2Characters()
      : latin1Characters(collidingBytes(outside, (byte, id) => layout.ids[byte] === id));
  const spellings = spell(table, characters);
  const ranks = spellings.map((content, rank) => ({ content, id: layout.ids[rank] }));
  const vocabulary = collectEntries([...ranks, ...outside], options.alphabet);
  refuseUnreadable(vocabulary, layout.specials, characters);

  const specials = layout.specials
    .toSorted(byId)
    .map(({ id, content }) => ({ id, content, ...ADDED_TOKEN_FLAGS }));
  const pairs = Array.from(table.left, (part, merge) => [spellings[part], spellings[table.right[merge]]]);
  const head = openEnded(fileHead(options.alphabet, specials));
  const model = openEnded(MODEL_SETTINGS);
  const text = `${head},"model":${model},"vocab":${vocabularyJson(vocabulary)},"merges":${JSON.stringify(pairs)}}}\n`;
  refuseTooLarge(new TextEncoder().encode(text).length);
  return text;
}

const MODEL_SETTINGS = {
  type: 'BPE',
  dropout: null,
  unk_token: null,
  continuing_subword_prefix: null,
  end_of_word_suffix: null,
  fuse_unk: false,
  byte_fallback: false,
  ignore_merges: false,
};

const ADDED_TOKEN_FLAGS = {
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
};

/** Changes only the spelling of bytes: no regular expression cuts the input, no space is put before it. */
const BYTE_LEVEL = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };

function fileHead(alphabet: ByteAlphabet, specials: readonly object[]): object {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specials,
    normalizer: null,
    pre_tokenizer: alphabet === 'gpt2' ? BYTE_LEVEL : null,
    post_processor: null,
    // Without a decoder HuggingFace joins tokens by spaces.
    decoder: alphabet === 'gpt2' ? BYTE_LEVEL : { type: 'Fuse' },
  };
}

/** JSON of an object without its closing brace, for fields to follow. */
function openEnded(value: object): string {
  return JSON.stringify(value).slice(0, -1);
}

/** In id order. Written by hand, since an object would move keys like "7" to the front. */
function vocabularyJson(vocabulary: ReadonlyMap<string, number>): string {
  const entries = [...vocabulary].sort(([, a], [, b]) => a - b);
  return `{${entries.map(([content, id]) => `${JSON.stringify(content)}:${id}`).join(',')}}`;
}

function byId(a: SpecialToken, b: SpecialToken): number {
  return a.id - b.id;
}

function refuseMisfit(table: MergeTable, layout: IdLayout): void {
  if (table.alphabetSize !== 256) {
    throw misfit(`the alphabet has ${table.alphabetSize} symbols; a byte-level file needs the 256 bytes.`, {
      alphabetSize: table.alphabetSize,
    });
  }
  const lengths = tokenLengths(table);
  if (layout.ids.length !== lengths.length) {
    throw misfit(`the layout has ids for ${layout.ids.length} ranks, the table has ${lengths.length}.`, {
      ids: layout.ids.length,
      ranks: lengths.length,
    });
  }
  // Every token stands in the vocabulary once and in the merges at least as often.
  refuseTooLarge(lengths.reduce((sum, length) => sum + length, 0));
}

/** `(ranks)` */
function spell({ left, right }: MergeTable, characters: readonly string[]): string[] {
  const spellings = [...characters];
  for (let merge = 0; merge < left.length; merge++) {
    spellings.push(spellings[left[merge]] + spellings[right[merge]]);
  }
  return spellings;
}

/** Id of each spelling. Ranks and special tokens may share a spelling only together with its id. */
function collectEntries(tokens: readonly SpecialToken[], alphabet: ByteAlphabet): Map<string, number> {
  const vocabulary = new Map<string, number>();
  const owners = new Map<number, string>();
  for (const { content, id } of tokens) {
    refuseUnwritable(content, id);
    const known = vocabulary.get(content);
    if (known !== undefined && known !== id) {
      throw misfit(
        `${quoted(content)} has the ids ${known} and ${id} in the ${alphabet} alphabet. Rename the special token.`,
        {
          content,
          ids: [known, id],
        },
      );
    }
    const owner = owners.get(id);
    if (owner !== undefined && owner !== content) {
      throw misfit(`id ${id} belongs to ${quoted(owner)} and ${quoted(content)}.`, {
        id,
        tokens: [owner, content],
      });
    }
    vocabulary.set(content, id);
    owners.set(id, content);
  }
  return vocabulary;
}

/** HuggingFace reads no half surrogates, parseTokenizerJson nothing above its limits. */
function refuseUnwritable(content: string, id: number): void {
  if (!Number.isInteger(id) || id < 0 || id >= MAX_TOKEN_IDS) {
    throw misfit(`${quoted(content)} has the id ${id}; ids are integers from 0 to ${MAX_TOKEN_IDS - 1}.`, {
      content,
      id,
    });
  }
  if (content === '' || content.length > MAX_TOKEN_SYMBOLS || /\p{Cs}/u.test(content)) {
    throw misfit(
      `token ${id} is ${quoted(content)}; tokens are well-formed text of 1 to ${MAX_TOKEN_SYMBOLS} characters.`,
      { content, id },
    );
  }
}

/** Special tokens can be chosen so that the file would be taken for another spelling of bytes. */
function refuseUnreadable(
  vocabulary: ReadonlyMap<string, number>,
  specials: readonly SpecialToken[],
  characters: readonly string[],
): void {
  const detected = detectAlphabet(vocabulary, specials).characters;
  const byte = characters.findIndex((character, b) => detected[b] !== character);
  if (byte >= 0) {
    throw misfit(
      `its special tokens of one character make it unclear which token spells byte ${byte.toString(16)}. Use the other alphabet, or rename them.`,
      { byte },
    );
  }
}

function refuseTooLarge(bytes: number): void {
  if (bytes > MAX_TOKENIZER_JSON_BYTES) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `A tokenizer.json of at least ${bytes} bytes is above the limit of ${MAX_TOKENIZER_JSON_BYTES}. Use fewer or shorter tokens.`,
      { details: { bytes, limit: MAX_TOKENIZER_JSON_BYTES } },
    );
  }
}

function misfit(problem: string, details: Readonly<Record<string, unknown>>): PolytokError {
  return new PolytokError('INVALID_ARGUMENT', `Cannot write tokenizer.json: ${problem}`, { details });
}
