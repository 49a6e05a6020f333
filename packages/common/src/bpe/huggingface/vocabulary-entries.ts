import { isJsonObject } from '../../json.js';
import { MAX_TOKEN_IDS, MAX_TOKEN_SYMBOLS, MAX_VOCABULARY, type SpecialToken } from '../merge-table.js';
import { quoted, tokenizerJsonError } from './file-error.js';

/** A token of the file's `added_tokens`. HuggingFace looks for these in text before it tokenizes the rest. */
export interface AddedTokenEntry extends SpecialToken {
  /** True for markers that decoding may leave out. */
  readonly special: boolean;
}

/** Reads `model.vocab`: id of each token. @throws PolytokError `INVALID_FORMAT`, `LIMIT_EXCEEDED` */
export function readVocabulary(value: unknown): Map<string, number> {
  if (!isJsonObject(value)) {
    throw tokenizerJsonError(
      'INVALID_FORMAT',
      `model.vocab must be an object of token ids, got ${quoted(value)}.`,
    );
  }
  const entries = Object.entries(value);
  refuseTooMany('model.vocab', entries.length);
  const vocabulary = new Map<string, number>();
  const ids = new Uint32Array(entries.length);
  for (const [index, [token, id]] of entries.entries()) {
    refuseBadId(id, token, 'model.vocab');
    refuseTooLong(token, 'model.vocab');
    vocabulary.set(token, id);
    ids[index] = id;
  }
  const twice = ids.sort().findIndex((id, i) => i > 0 && id === ids[i - 1]);
  if (twice >= 0) {
    const [owner, token] = entries.filter(([, id]) => id === ids[twice]).map(([name]) => name);
    throw takenId(ids[twice], owner, token, 'model.vocab');
  }
  return vocabulary;
}

/**
 * Reads `added_tokens`, in id order. A token that `model.vocab` has too must have the same id in both.
 * @throws PolytokError `INVALID_FORMAT`, `LIMIT_EXCEEDED`
 */
export function readAddedTokens(value: unknown, vocabulary: ReadonlyMap<string, number>): AddedTokenEntry[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    throw tokenizerJsonError('INVALID_FORMAT', `added_tokens must be an array, got ${quoted(value)}.`);
  }
  refuseTooMany('added_tokens', value.length);
  // Built only when a token is outside the vocabulary; most files list them in both places.
  let owners: Map<number, string> | undefined;
  const added = new Map<string, AddedTokenEntry>();
  for (const [index, entry] of value.entries()) {
    if (!isJsonObject(entry) || typeof entry.content !== 'string' || entry.content === '') {
      throw tokenizerJsonError('INVALID_FORMAT', `added_tokens[${index}] has no content: ${quoted(entry)}.`, {
        index,
      });
    }
    const { content, id } = entry;
    refuseTooLong(content, `added_tokens[${index}]`);
    if (added.has(content)) {
      throw tokenizerJsonError('INVALID_FORMAT', `added_tokens lists ${quoted(content)} twice.`, {
        index,
        content,
      });
    }
    const known = vocabulary.get(content);
    if (known === undefined) {
      refuseBadId(id, content, 'added_tokens');
      owners ??= new Map(Array.from(vocabulary, ([token, taken]) => [taken, token]));
      const owner = owners.get(id);
      if (owner !== undefined) throw takenId(id, owner, content, 'added_tokens');
      owners.set(id, content);
    } else if (known !== id) {
      throw tokenizerJsonError(
        'INVALID_FORMAT',
        `added_tokens gives ${quoted(content)} the id ${quoted(id)}, model.vocab gives it ${known}.`,
        { content, id, known },
      );
    }
    added.set(content, { id: id as number, content, special: entry.special === true });
  }
  return [...added.values()].sort((a, b) => a.id - b.id);
}

function refuseBadId(id: unknown, token: string, where: string): asserts id is number {
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 0) {
    throw tokenizerJsonError(
      'INVALID_FORMAT',
      `${where} gives ${quoted(token)} the id ${quoted(id)}; ids are integers from 0 on.`,
      { token, id },
    );
  }
  if (id >= MAX_TOKEN_IDS) {
    throw tokenizerJsonError(
      'LIMIT_EXCEEDED',
      `${where} gives ${quoted(token)} the id ${id}; ids up to ${MAX_TOKEN_IDS - 1} can be read.`,
      { token, id, limit: MAX_TOKEN_IDS },
    );
  }
}

function takenId(id: number, owner: string, token: string, where: string) {
  return tokenizerJsonError(
    'INVALID_FORMAT',
    `${where} gives ${quoted(token)} the id ${id}, which ${quoted(owner)} has.`,
    { id, tokens: [owner, token] },
  );
}

function refuseTooLong(token: string, where: string): void {
  if (token.length > MAX_TOKEN_SYMBOLS) {
    throw tokenizerJsonError(
      'LIMIT_EXCEEDED',
      `${where} has a token of ${token.length} characters; the limit is ${MAX_TOKEN_SYMBOLS}.`,
      { length: token.length, limit: MAX_TOKEN_SYMBOLS },
    );
  }
}

function refuseTooMany(where: string, count: number): void {
  if (count > MAX_VOCABULARY) {
    throw tokenizerJsonError(
      'LIMIT_EXCEEDED',
      `${where} has ${count} entries; the limit is ${MAX_VOCABULARY}.`,
      {
        count,
        limit: MAX_VOCABULARY,
      },
    );
  }
}
