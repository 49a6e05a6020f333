import type { TokenizerConfig } from './contract.js';
import { PolytokError } from './errors.js';
import { isJsonObject } from './json.js';

/**
 * One kind of tokenizer: a class with `static type` and `static fromJSON` is one. `Made` is the tokenizer, or a
 * promise of it where building it takes time; `Rest` is what it takes beside the configuration, such as tensors.
 */
export interface TokenizerType<Made, Rest extends readonly unknown[] = []> {
  /** The `type` in its configurations. */
  readonly type: string;
  fromJSON(config: TokenizerConfig, ...rest: Rest): Made;
}

export interface Registry<Made, Rest extends readonly unknown[] = []> {
  /** Names in the order they were given. */
  readonly types: readonly string[];
  /** @throws PolytokError `UNKNOWN_NAME`; `details.available` lists {@link types} */
  get(type: string): TokenizerType<Made, Rest>;
  /**
   * Builds the tokenizer that a configuration describes.
   * @throws PolytokError `INVALID_FORMAT` when it has no `type`; `UNKNOWN_NAME`; and what the type throws
   */
  fromJSON(config: unknown, ...rest: Rest): Made;
}

export interface RegistryOptions {
  /** What the types make, for messages. Default: 'tokenizer'. */
  readonly noun?: string;
}

/**
 * The kinds of tokenizers that a program can build from configurations: exactly the given ones, no hidden
 * registration.
 * @throws PolytokError `INVALID_ARGUMENT` when two have the same name
 */
export function createRegistry<Made, Rest extends readonly unknown[] = []>(
  types: readonly TokenizerType<Made, Rest>[],
  { noun = 'tokenizer' }: RegistryOptions = {},
): Registry<Made, Rest> {
  const byName = new Map<string, TokenizerType<Made, Rest>>();
  for (const entry of types) {
    if (byName.has(entry.type)) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Two ${noun} types are named '${entry.type}'. Register each name once.`,
        { details: { type: entry.type } },
      );
    }
    byName.set(entry.type, entry);
  }
  const available = Object.freeze([...byName.keys()]);

  function get(type: string): TokenizerType<Made, Rest> {
    const entry = byName.get(type);
    if (entry !== undefined) return entry;
    throw new PolytokError(
      'UNKNOWN_NAME',
      `There is no ${noun} type '${type}' here. Available: ${available.join(', ') || 'none'}. Register it with createRegistry([…]).`,
      { details: { type, available } },
    );
  }

  return {
    types: available,
    get,
    fromJSON(config, ...rest) {
      if (!isJsonObject(config) || typeof config.type !== 'string') {
        throw new PolytokError(
          'INVALID_FORMAT',
          `A ${noun} configuration is a JSON object with a 'type' (string). Available types: ${available.join(', ') || 'none'}.`,
          { details: { available } },
        );
      }
      return get(config.type).fromJSON(config as TokenizerConfig, ...rest);
    },
  };
}
