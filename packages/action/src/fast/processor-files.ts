/**
 * The files of the published processor (`UniversalActionProcessor` of physical-intelligence/fast): `processor_config.json`
 * and `tokenizer.json`, both ways.
 */
import { PolytokError } from '@polytok/common';
import { ByteLevelCoder, type ByteLevelVocabulary } from './byte-level-coder.js';
import { type FastOptions, FastTokenizer } from './fast-tokenizer.js';

export interface FastProcessorFiles {
  /** Text of `processor_config.json`. */
  readonly processor: string;
  /** Text of `tokenizer.json`. */
  readonly tokenizer: string;
}

/** The most that a file may hold; that of FAST+ is 0.1 MB. */
export const MAX_PROCESSOR_FILE_CHARACTERS = 64_000_000;

/**
 * Reads a published processor.
 * @param options the shape of chunks, where the file does not name it, and everything else that it does not say
 * @throws PolytokError `INVALID_FORMAT`, `UNSUPPORTED` (another model or pre-tokenizer), `LIMIT_EXCEEDED`;
 *   `INVALID_ARGUMENT` when neither the file nor `options` name the shape
 */
export function readFastProcessor(
  files: FastProcessorFiles,
  options: Partial<Pick<FastOptions, 'steps' | 'columns' | 'outside' | 'low' | 'high'>> = {},
): FastTokenizer {
  const processor = parseObject(files.processor, 'processor_config.json');
  const { scale, min_token, action_dim, time_horizon } = processor;
  if (typeof scale !== 'number' || typeof min_token !== 'number') {
    throw bad('processor_config.json', "needs the numbers 'scale' and 'min_token'");
  }
  const steps = options.steps ?? time_horizon;
  const columns = options.columns ?? action_dim;
  if (typeof steps !== 'number' || typeof columns !== 'number') {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      'This processor does not name the shape of its chunks. Pass steps and columns: a chunk cannot be decoded without.',
    );
  }
  const coder = new ByteLevelCoder(readVocabulary(parseObject(files.tokenizer, 'tokenizer.json')));
  return new FastTokenizer({ ...options, steps, columns, scale, minToken: min_token, coder });
}

/**
 * Writes a tokenizer of mode 'bytelevel' for the Python processor.
 * @throws PolytokError `UNSUPPORTED` for mode 'integer', which the processor does not have
 */
export function writeFastProcessor({ options, coder }: FastTokenizer): FastProcessorFiles {
  if (!(coder instanceof ByteLevelCoder)) {
    throw new PolytokError(
      'UNSUPPORTED',
      "Processors are byte-level: fit with mode 'bytelevel' to write one.",
    );
  }
  const { tokens, merges } = coder.vocabulary;
  const vocab = Object.fromEntries(tokens.flatMap((token, id) => (token === undefined ? [] : [[token, id]])));
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const tokenizer = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges,
    },
  };
  const processor = {
    processor_class: 'UniversalActionProcessor',
    action_dim: options.columns,
    time_horizon: options.steps,
    scale: options.scale,
    min_token: options.minToken,
    vocab_size: coder.size,
  };
  return {
    processor: `${JSON.stringify(processor, null, 2)}\n`,
    tokenizer: `${JSON.stringify(tokenizer)}\n`,
  };
}

function readVocabulary({ model, pre_tokenizer, normalizer }: Record<string, unknown>): ByteLevelVocabulary {
  if (!isObject(model) || (model.type !== undefined && model.type !== 'BPE')) {
    throw unsupported('another model than BPE');
  }
  if (!isByteLevel(pre_tokenizer))
    throw unsupported('another pre-tokenizer than ByteLevel with its expression');
  if (normalizer !== null && normalizer !== undefined) throw unsupported('a normalizer');
  const { vocab, merges } = model;
  if (!isObject(vocab) || !Array.isArray(merges)) throw bad('tokenizer.json', "needs 'vocab' and 'merges'");
  const entries = Object.entries(vocab);
  const tokens: (string | undefined)[] = [];
  for (const [token, id] of entries) {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id > 2 * entries.length + 1024) {
      throw bad('tokenizer.json', `has id ${JSON.stringify(id)} for ${JSON.stringify(token)}`);
    }
    if (tokens[id] !== undefined) throw bad('tokenizer.json', `has two tokens with id ${id}`);
    tokens[id] = token;
  }
  return { tokens: Array.from(tokens), merges: merges.map(pairOf) };
}

/** A pair, or a line of two as files from before 2024 have them. */
function pairOf(value: unknown, merge: number): readonly [string, string] {
  const pair = typeof value === 'string' ? value.split(' ') : value;
  if (Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string')) {
    return [pair[0], pair[1]];
  }
  throw bad('tokenizer.json', `has no two tokens in merge ${merge}`);
}

function isByteLevel(value: unknown): boolean {
  return (
    isObject(value) &&
    value.type === 'ByteLevel' &&
    value.add_prefix_space === false &&
    value.use_regex !== false
  );
}

function parseObject(text: string, file: string): Record<string, unknown> {
  if (text.length > MAX_PROCESSOR_FILE_CHARACTERS) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `${file} has ${text.length} characters; the limit is ${MAX_PROCESSOR_FILE_CHARACTERS}.`,
      { details: { file, length: text.length, limit: MAX_PROCESSOR_FILE_CHARACTERS } },
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw bad(file, `is not JSON (${(cause as Error).message})`, cause);
  }
  if (isObject(value)) return value;
  throw bad(file, 'is not a JSON object');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(file: string, problem: string, cause?: unknown): PolytokError {
  return new PolytokError('INVALID_FORMAT', `${file} ${problem}.`, { details: { file }, cause });
}

function unsupported(what: string): PolytokError {
  return new PolytokError(
    'UNSUPPORTED',
    `tokenizer.json has ${what}, so its ids are not those of a FAST processor.`,
  );
}
