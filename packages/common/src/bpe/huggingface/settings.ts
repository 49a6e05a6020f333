import { isJsonObject } from '../../json.js';
import type { ByteAlphabet } from './alphabet.js';
import { quoted, tokenizerJsonError } from './file-error.js';

type JsonObject = Readonly<Record<string, unknown>>;

/** Model settings that change ids, the values that do not, and why others are refused. */
const MODEL_SETTINGS: readonly [name: string, harmless: readonly unknown[], effect: string][] = [
  ['dropout', [null, undefined, 0], 'drops merges at random; use encodeWithDropout instead'],
  ['continuing_subword_prefix', [null, undefined, ''], 'spells tokens inside a word differently'],
  ['end_of_word_suffix', [null, undefined, ''], 'spells tokens at the end of a word differently'],
  ['ignore_merges', [null, undefined, false], 'looks whole inputs up before it merges'],
];

/**
 * Refuses settings under which HuggingFace would give other ids for the same bytes than the merges alone.
 *
 * Passed over, since ids do not depend on them: `decoder`, `post_processor`, `truncation` and `padding` (they
 * act after the model), `unk_token`, `fuse_unk` and `byte_fallback` (no byte is unknown).
 *
 * @throws PolytokError `UNSUPPORTED`
 */
export function refuseOtherSettings(file: JsonObject, model: JsonObject, alphabet: ByteAlphabet): void {
  for (const [name, harmless, effect] of MODEL_SETTINGS) {
    if (!harmless.includes(model[name])) {
      throw unsupported(`model.${name}`, model[name], `which ${effect}`);
    }
  }
  if (isSet(file.normalizer)) {
    throw unsupported(
      'normalizer',
      file.normalizer,
      'which changes the input before it is split into tokens',
    );
  }
  if (isSet(file.pre_tokenizer)) refusePreTokenizer(file.pre_tokenizer, alphabet);
}

/** ByteLevel without its regular expression only spells bytes as characters; all others cut the input. */
function refusePreTokenizer(value: unknown, alphabet: ByteAlphabet): void {
  const inner =
    isJsonObject(value) && value.type === 'Sequence' && Array.isArray(value.pretokenizers)
      ? value.pretokenizers
      : [value];
  const refused = inner.find((step) => !isPlainByteLevel(step)) ?? inner[1];
  if (refused !== undefined) {
    throw unsupported('pre_tokenizer', refused, 'which changes or cuts the input before merging');
  }
  if (inner.length === 1 && alphabet !== 'gpt2') {
    throw unsupported('pre_tokenizer', inner[0], 'although the vocabulary spells bytes in Latin-1');
  }
}

/** HuggingFace takes a missing `use_regex` or `add_prefix_space` as true. */
function isPlainByteLevel(value: unknown): boolean {
  return (
    isJsonObject(value) &&
    value.type === 'ByteLevel' &&
    value.use_regex === false &&
    value.add_prefix_space === false
  );
}

function isSet(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function unsupported(name: string, value: unknown, why: string) {
  return tokenizerJsonError(
    'UNSUPPORTED',
    `${name} is ${quoted(value)}, ${why}. Only files whose merges alone decide the ids can be used on bytes.`,
    { setting: name, value },
  );
}
