/**
 * The options of a command as data: one description gives the parser, the types and the help text.
 *
 * Node's own `parseArgs` reads the command line, in strict mode: an option that does not exist is an error, and one that
 * may stand several times keeps all its values.
 */
import { parseArgs } from 'node:util';
import { usageError } from './usage-error.js';

/** An option `--name`, or `--name VALUE` when it has a hint. */
export interface OptionSpec<T> {
  readonly description: string;
  /** What the value is, such as `FILE`. Absent for a flag. */
  readonly hint?: string;
  /** One letter. */
  readonly short?: string;
  /** May stand several times. Default: false. */
  readonly multiple?: boolean;
  /** Turns the values given, none when the option is absent, into what the command sees. */
  read(values: readonly string[], name: string): T;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec<unknown>>>;

export type OptionValues<Specs extends OptionSpecs> = {
  readonly [K in keyof Specs]: Specs[K] extends OptionSpec<infer T> ? T : never;
};

export interface ParsedArguments<Specs extends OptionSpecs> {
  readonly inputs: readonly string[];
  readonly options: OptionValues<Specs>;
}

/** `maxTokenBytes` is `--max-token-bytes`. */
export function optionName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** @throws PolytokError `INVALID_ARGUMENT` for an unknown option, a missing or bad value, or a repetition */
export function parseOptions<Specs extends OptionSpecs>(
  argv: readonly string[],
  specs: Specs,
): ParsedArguments<Specs> {
  const { values, positionals } = parseCommandLine(argv, specs);
  const options = Object.entries(specs).map(([key, spec]) => {
    const name = optionName(key);
    const given = values[name] ?? [];
    if (given.length > 1 && !spec.multiple)
      throw usageError(`--${name} stands ${given.length} times; give it once.`);
    return [key, spec.read(given.map(String), `--${name}`)];
  });
  return { inputs: positionals, options: Object.fromEntries(options) };
}

function parseCommandLine(
  argv: readonly string[],
  specs: OptionSpecs,
): { values: Record<string, (string | boolean)[] | undefined>; positionals: string[] } {
  const options = Object.entries(specs).map(([key, { hint, short }]) => [
    optionName(key),
    { type: hint === undefined ? 'boolean' : 'string', multiple: true, ...(short && { short }) },
  ]);
  try {
    const parsed = parseArgs({
      args: [...argv],
      options: Object.fromEntries(options),
      allowPositionals: true,
      strict: true,
    });
    return parsed as { values: Record<string, (string | boolean)[]>; positionals: string[] };
  } catch (error) {
    // Node adds advice on positional arguments, which the first sentence does without.
    throw usageError((error as Error).message.split('. ')[0].replace(/\.?$/, '.'));
  }
}

export function flag(description: string, { short }: { short?: string } = {}): OptionSpec<boolean> {
  return { description, short, read: (values) => values.length > 0 };
}

interface ValueOptions {
  readonly hint: string;
  readonly description: string;
  readonly short?: string;
}

/** Text, or undefined when absent. */
export function text(options: ValueOptions): OptionSpec<string | undefined> {
  return { ...options, read: ([value]) => value };
}

/** All values given. */
export function texts(options: ValueOptions): OptionSpec<readonly string[]> {
  return { ...options, multiple: true, read: (values) => values };
}

/** A value that a function reads. @throws what `parse` throws */
export function parsed<T>(
  options: ValueOptions & { readonly parse: (value: string, name: string) => T },
): OptionSpec<T | undefined> {
  const { parse, ...rest } = options;
  return { ...rest, read: ([value], name) => (value === undefined ? undefined : parse(value, name)) };
}

/** One of several words, or undefined when absent. */
export function choice<const T extends string>(
  options: ValueOptions & { readonly of: readonly T[] },
): OptionSpec<T | undefined> {
  const { of, ...rest } = options;
  return parsed({
    ...rest,
    parse: (value, name) => {
      const found = of.find((word) => word === value);
      if (found === undefined)
        throw usageError(`${name} is one of ${of.join(', ')}; got '${value}'.`, { available: of });
      return found;
    },
  });
}

/** A whole number of at least `minimum` (default 1), decimal or `0x…`; undefined when absent. */
export function integer(
  options: ValueOptions & { readonly minimum?: number },
): OptionSpec<number | undefined> {
  const { minimum = 1, ...rest } = options;
  return parsed({
    ...rest,
    parse: (value, name) => {
      const number = /^(\d+|0x[0-9a-f]+)$/i.test(value) ? Number(value) : Number.NaN;
      if (!Number.isSafeInteger(number) || number < minimum)
        throw usageError(`${name} is a whole number from ${minimum} on; got '${value}'.`);
      return number;
    },
  });
}
