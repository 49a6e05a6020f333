import type { CliIo } from './io.js';
import type { OptionSpecs, OptionValues } from './options.js';

/** One verb of one modality, such as `binary encode`. */
export interface Command<Specs extends OptionSpecs = OptionSpecs> {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** What follows the name, such as `[options] INPUT…`. */
  readonly usage: string;
  /** Further paragraphs of the help text. */
  readonly details?: readonly string[];
  readonly options: Specs;
  readonly examples: readonly Example[];
  /** @returns the exit code @throws PolytokError */
  run(invocation: Invocation<Specs>): Promise<number>;
}

export interface Example {
  /** What follows `polytok `. */
  readonly command: string;
  readonly says: string;
}

export interface Invocation<Specs extends OptionSpecs> {
  readonly inputs: readonly string[];
  readonly options: OptionValues<Specs>;
  readonly io: CliIo;
}

/** Checks a command and infers the types of its options. */
export function defineCommand<Specs extends OptionSpecs>(command: Command<Specs>): Command<Specs> {
  return command;
}
