import { type BinaryTokenizer, reportSections, type SectionReport, TokenMap } from '@polytok/binary';
import { type Executable, PACKED_ENTROPY, readExecutable } from '@polytok/binary/formats';
import { type IdArray, PolytokError } from '@polytok/common';
import { readFileBytes } from '@polytok/common/node';
import { defineCommand, type Invocation } from '../command.js';
import { escapeText } from '../escape-text.js';
import { EXIT } from '../exit-codes.js';
import type { CliIo } from '../io.js';
import { loadTokenizer } from '../load-tokenizer.js';
import { flag, integer, text } from '../options.js';
import { writeTo } from '../output.js';
import { formatCount, formatHex } from '../quantities.js';
import { formatTable } from '../table.js';
import { usageError } from '../usage-error.js';
import { hexDump } from './hex-dump.js';
import { formatPermissions } from './permissions.js';
import { bordersOption, tokenizerOption } from './tokenizer-options.js';

const DEFAULT_LENGTH = 256;
const DEFAULT_LIMIT = 64;

const specs = {
  tokenizer: tokenizerOption,
  borders: bordersOption,
  section: text({ hint: 'NAME', description: 'Dump this section. Default: the start of the file' }),
  offset: integer({
    hint: 'N',
    minimum: 0,
    description:
      'First byte of the dump, decimal or 0x…, counted from the start of the file, or of --section',
  }),
  length: integer({
    hint: 'N',
    minimum: 0,
    description: `Bytes of the dump; 0 for none. Default: ${DEFAULT_LENGTH}`,
  }),
  limit: integer({
    hint: 'N',
    minimum: 0,
    description: `Sections listed at most. Default: ${DEFAULT_LIMIT}`,
  }),
  noColor: flag('Mark tokens by | instead of colours, as on anything but a terminal, or with NO_COLOR set'),
  json: flag('Print the facts, all sections and the tokens of the range as JSON'),
};

export const inspectCommand = defineCommand({
  name: 'binary inspect',
  summary: 'Show a file by its sections and tokens.',
  usage: '[options] FILE',
  details: [
    `Sections above ${PACKED_ENTROPY} bits of entropy per byte are marked as packed: compressed or encrypted, as a rule.`,
  ],
  options: specs,
  examples: [
    { command: 'binary inspect app.exe', says: 'Headers, sections and the first 256 bytes' },
    {
      command: 'binary inspect app.exe --section .text --length 1024',
      says: 'The first kilobyte of the code',
    },
    { command: 'binary inspect app.exe --offset 0x400 --json', says: 'Tokens as data' },
  ],
  run,
});

async function run({ inputs, options, io }: Invocation<typeof specs>): Promise<number> {
  if (inputs.length !== 1) throw usageError(`One file is inspected at a time; got ${inputs.length}.`);
  const tokenizer = await loadTokenizer(options.tokenizer, options.borders);
  const [path] = inputs;
  const bytes = await readFileBytes(path, { stdin: io.stdin });
  const executable = readExecutable(bytes);
  const tokens = tokenizer.encodeSync(bytes);
  const map = new TokenMap(tokenizer.model, tokens, executable);
  const sections = reportSections(bytes, executable, map);
  const subject = { path, bytes, executable, ids: tokens.ids, map, tokenizer, sections };
  const range = rangeOf(subject, options);
  await writeTo(
    io.stdout,
    options.json
      ? `${JSON.stringify(toJson(subject, range))}\n`
      : [
          describeFile(subject),
          describeSections(subject.sections, options.limit ?? DEFAULT_LIMIT),
          describeRange(subject, range, wantsColor(options.noColor, io)),
        ].join(''),
  );
  return EXIT.done;
}

interface Subject {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: Executable;
  readonly ids: IdArray;
  readonly map: TokenMap;
  readonly tokenizer: BinaryTokenizer;
  readonly sections: readonly SectionReport[];
}

interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** @throws PolytokError `UNKNOWN_NAME` for a section, `INVALID_ARGUMENT` for an offset behind the end */
function rangeOf(
  { bytes, executable }: Subject,
  options: { section?: string; offset?: number; length?: number },
): ByteRange {
  const section = options.section === undefined ? undefined : findSection(executable, options.section);
  const start = section?.offset ?? 0;
  const size = section?.size ?? bytes.length;
  const { offset = 0, length = DEFAULT_LENGTH } = options;
  if (offset > size)
    throw usageError(`--offset ${offset} is behind the end; there are ${size} bytes.`, { offset, size });
  return { offset: start + offset, length: Math.min(length, size - offset) };
}

function findSection({ sections }: Executable, name: string): Executable['sections'][number] {
  const found = sections.find((section) => section.name === name);
  if (found) return found;
  const available = sections.slice(0, DEFAULT_LIMIT).map((section) => section.name);
  throw new PolytokError(
    'UNKNOWN_NAME',
    `There is no section '${name}'; there are: ${available.join(', ') || 'none'}.`,
    { details: { name, available } },
  );
}

function wantsColor(noColor: boolean, { stdout, env }: CliIo): boolean {
  return !noColor && !env.NO_COLOR && stdout.isTTY === true;
}

function describeFile({ path, bytes, executable, ids, tokenizer }: Subject): string {
  const { format, architecture, bits, byteOrder, kind, entry, issues } = executable;
  const identity =
    format === 'raw'
      ? 'none of ELF, PE and Mach-O'
      : [`${format} ${architecture}`, bits && `${bits} bits`, byteOrder && `${byteOrder}-endian`, kind]
          .filter(Boolean)
          .join(', ');
  const each = ids.length > 0 ? `, ${(bytes.length / ids.length).toFixed(3)} bytes each` : '';
  const facts = [
    ['format', identity],
    ['size', `${formatCount(bytes.length)} bytes`],
    ...(entry === undefined ? [] : [['entry', formatHex(entry)]]),
    ['tokens', `${formatCount(ids.length)}${each}`],
    ['vocabulary', `${formatCount(tokenizer.vocabulary.size)} tokens, borders: ${tokenizer.borders}`],
    ...issues.map((issue) => ['issue', escapeText(issue)]),
  ];
  return [`${escapeText(path)}\n`, ...facts.map(([name, fact]) => `  ${name.padEnd(10)}  ${fact}\n`)].join(
    '',
  );
}

function describeSections(sections: readonly SectionReport[], limit: number): string {
  if (sections.length === 0) return '';
  const rows = sections.slice(0, limit).map((report) => {
    const { name, offset, size, address, permissions } = report.section;
    return [
      escapeText(name),
      formatHex(offset),
      formatCount(size),
      formatHex(address),
      formatPermissions(permissions),
      report.entropy.toFixed(2),
      formatCount(report.tokens),
      report.bytesPerToken?.toFixed(3) ?? '',
      report.packed ? 'packed' : '',
    ];
  });
  const right = (title: string) => ({ title, align: 'right' }) as const;
  const columns = [
    { title: 'section' },
    ...['offset', 'size', 'address'].map(right),
    { title: 'perm' },
    ...['entropy', 'tokens', 'bytes/token'].map(right),
    { title: '' },
  ];
  const more = sections.length - rows.length;
  return `\n${formatTable(columns, rows)}${more > 0 ? `… ${formatCount(more)} more; see --limit\n` : ''}`;
}

function describeRange({ bytes, executable, map }: Subject, range: ByteRange, color: boolean): string {
  return range.length === 0 ? '' : `\n${hexDump({ bytes, executable, map, ...range, color })}`;
}

function toJson(subject: Subject, range: ByteRange): object {
  const { path, bytes, executable, ids, tokenizer, sections } = subject;
  const { format, architecture, bits, byteOrder, kind, entry, issues } = executable;
  return {
    file: path,
    size: bytes.length,
    format,
    architecture,
    bits,
    byteOrder,
    kind,
    entry: entry === undefined ? undefined : formatHex(entry),
    issues,
    fingerprint: tokenizer.vocabulary.fingerprint,
    borders: tokenizer.borders,
    tokens: ids.length,
    sections: sections.map(({ section, ...report }) => ({
      ...section,
      address: formatHex(section.address),
      memorySize: formatHex(section.memorySize),
      ...report,
    })),
    range: { ...range, tokens: tokensIn(subject, range) },
  };
}

/** Tokens with a byte in the range. */
function tokensIn({ map, ids }: Subject, { offset, length }: ByteRange): object[] {
  if (length === 0) return [];
  const first = map.tokenAt(offset);
  const last = map.tokenAt(offset + length - 1);
  return Array.from(ids.subarray(first, last + 1), (id, k) => {
    const { region, address, ...where } = map.place(first + k)!;
    return {
      id,
      ...where,
      region: region?.name,
      address: address === undefined ? undefined : formatHex(address),
    };
  });
}
