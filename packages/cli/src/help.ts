import type { Command } from './command.js';
import { MODALITIES, type ModalityEntry } from './modalities.js';
import { type OptionSpecs, optionName } from './options.js';

const LINE_WIDTH = 96;

export function generalHelp(): string {
  const names = Object.entries(MODALITIES).map(([name, { summary }]) => [name, summary] as const);
  return [
    'polytok: discrete tokens from signals, and back\n\n',
    'Usage: polytok MODALITY VERB [options] INPUT…\n\n',
    section('Modalities', names),
    section('Options', [
      ['-h, --help', 'Explain a modality or a verb, such as: polytok binary encode --help'],
      ['-V, --version', 'Print the version'],
    ]),
    'Exit codes: 0 done, 1 some inputs failed (each is named), 2 wrong usage, 70 a fault of polytok, 130 interrupted.\n',
  ].join('');
}

export function modalityHelp(name: string, { summary, verbs }: ModalityEntry): string {
  return [
    `polytok ${name}: ${summary}\n\n`,
    `Usage: polytok ${name} VERB [options] INPUT…\n\n`,
    section(
      'Verbs',
      Object.entries(verbs).map(([verb, entry]) => [verb, entry.summary]),
    ),
    `More on a verb: polytok ${name} VERB --help\n`,
  ].join('');
}

export function commandHelp({ name, summary, usage, details = [], options, examples }: Command): string {
  return [
    `polytok ${name}: ${summary}\n\n`,
    `Usage: polytok ${name} ${usage}\n\n`,
    ...details.map((paragraph) => `${wrap(paragraph, '')}\n`),
    section('Options', optionRows(options)),
    'Examples:\n',
    ...examples.map(({ command, says }) => `  # ${says}\n  polytok ${command}\n`),
  ].join('');
}

function optionRows(options: OptionSpecs): (readonly [string, string])[] {
  const rows = Object.entries(options).map(
    ([key, { short, hint, description }]): readonly [string, string] => [
      `${short ? `-${short}, ` : ''}--${optionName(key)}${hint ? ` ${hint}` : ''}`,
      description,
    ],
  );
  return [...rows, ['-h, --help', 'Show this text']];
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 4;
  const lines = rows.map(([name, text]) => `${`  ${name}`.padEnd(width)}${wrap(text, ' '.repeat(width))}`);
  return `${title}:\n${lines.join('')}\n`;
}

/** Breaks text between words; lines after the first start with `indent`. */
function wrap(text: string, indent: string): string {
  let length = indent.length;
  let wrapped = '';
  for (const word of text.split(' ')) {
    if (wrapped !== '' && length + 1 + word.length > LINE_WIDTH) {
      wrapped += `\n${indent}`;
      length = indent.length;
    } else if (wrapped !== '') {
      wrapped += ' ';
      length++;
    }
    wrapped += word;
    length += word.length;
  }
  return `${wrapped}\n`;
}
