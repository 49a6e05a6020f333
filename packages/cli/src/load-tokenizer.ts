import { BINARY_TOKENIZER_TYPE, BinaryTokenizer, type TokenBorders } from '@polytok/binary';
import type { BinaryVocabularyName } from '@polytok/binary/vocabularies';
import { PolytokError } from '@polytok/common';
import { MAX_TOKENIZER_JSON_BYTES } from '@polytok/common/bpe';
import { readFileBytes } from '@polytok/common/node';

/** The shipped vocabulary that is used when none is named. */
export const DEFAULT_TOKENIZER = '32k';

/** Names of shipped vocabularies look like this; anything else is a path. */
const NAME = /^\w+$/;

/**
 * A tokenizer by the name of a shipped vocabulary, or from a tokenizer.json (HuggingFace) or polytok.json file.
 *
 * @param borders replaces the tokenizer's own
 * @throws PolytokError `UNKNOWN_NAME`, `IO`, and what reading the file throws
 */
export async function loadTokenizer(
  nameOrPath = DEFAULT_TOKENIZER,
  borders?: TokenBorders,
): Promise<BinaryTokenizer> {
  const tokenizer = NAME.test(nameOrPath) ? await loadShipped(nameOrPath) : await readTokenizer(nameOrPath);
  return borders === undefined || borders === tokenizer.borders
    ? tokenizer
    : new BinaryTokenizer({ model: tokenizer.model, borders });
}

async function loadShipped(name: string): Promise<BinaryTokenizer> {
  const { binaryTokenizer } = await import('@polytok/binary/vocabularies');
  // An unknown name is refused there, with those that exist.
  return binaryTokenizer(name as BinaryVocabularyName);
}

async function readTokenizer(path: string): Promise<BinaryTokenizer> {
  const bytes = await readFileBytes(path, { maxBytes: MAX_TOKENIZER_JSON_BYTES });
  try {
    const config = parseConfig(bytes);
    return config ? BinaryTokenizer.fromJSON(config) : BinaryTokenizer.fromTokenizerJson(bytes);
  } catch (error) {
    if (!(error instanceof PolytokError)) throw error;
    const { code, message, details } = error;
    throw new PolytokError(code, `'${path}': ${message}`, { details: { ...details, path }, cause: error });
  }
}

/** How the JSON of a polytok configuration starts; both kinds of file end in .json. */
const CONFIG_START = new RegExp(`^\\s*\\{\\s*"type"\\s*:\\s*"${BINARY_TOKENIZER_TYPE}"`);

function parseConfig(bytes: Uint8Array): ReturnType<BinaryTokenizer['toJSON']> | undefined {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 256));
  if (!CONFIG_START.test(head)) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new PolytokError('INVALID_FORMAT', 'The file is damaged or truncated JSON.', { cause });
  }
}
