import { readFile } from 'node:fs/promises';
import { isPolytokError } from '@polytok/common';
import { escapeText } from './escape-text.js';
import { EXIT, exitCodeOf } from './exit-codes.js';
import { commandHelp, generalHelp, modalityHelp } from './help.js';
import type { CliIo } from './io.js';
import { MODALITIES } from './modalities.js';
import { parseOptions } from './options.js';
import { isReaderGone, writeTo } from './output.js';
import { usageError } from './usage-error.js';

/** Runs `polytok` with the given arguments; all failures are reported here. @returns the exit code */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    // Whoever closed the pipe, such as `head`, has what it wanted.
    if (isReaderGone(error)) return EXIT.done;
    // A progress line may stand where the message goes.
    if (io.stderr.isTTY) io.stderr.write('\r\x1b[K');
    io.stderr.write(describeError(error));
    return exitCodeOf(error);
  }
}

/** One line for what a user can cause; a stack for what must not happen. */
function describeError(error: unknown): string {
  if (isPolytokError(error)) return `polytok: ${error.code}: ${escapeText(error.message)}\n`;
  return `polytok: unexpected error; please report it with the command that led here.\n${error instanceof Error ? error.stack : String(error)}\n`;
}

async function dispatch(argv: readonly string[], io: CliIo): Promise<number> {
  const [modalityName, verbName, ...rest] = argv;
  if (modalityName === '--version' || modalityName === '-V') return print(`${await readVersion()}\n`, io);
  if (isHelp(modalityName)) return print(generalHelp(), io);
  const modality = select(MODALITIES, modalityName, 'modality', 'polytok --help');
  if (isHelp(verbName)) return print(modalityHelp(modalityName, modality), io);
  const verb = select(modality.verbs, verbName, `verb of ${modalityName}`, `polytok ${modalityName} --help`);
  const command = await verb.load();
  const beforeInputs = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (beforeInputs.some(isHelp)) return print(commandHelp(command), io);
  return command.run({ ...parseOptions(rest, command.options), io });
}

function isHelp(word: string | undefined): boolean {
  return word === '--help' || word === '-h';
}

function select<T>(
  entries: Readonly<Record<string, T>>,
  name: string | undefined,
  what: string,
  help: string,
): T {
  if (name !== undefined && Object.hasOwn(entries, name)) return entries[name];
  const available = Object.keys(entries);
  const problem = name === undefined ? `A ${what} is missing` : `'${name}' is no ${what}`;
  throw usageError(`${problem}; there are: ${available.join(', ')}. See: ${help}`, { name, available });
}

async function print(text: string, io: CliIo): Promise<number> {
  await writeTo(io.stdout, text);
  return EXIT.done;
}

async function readVersion(): Promise<string> {
  return JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')).version;
}
