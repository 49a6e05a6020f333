import { type BinaryTokenizer, TokenMap } from '@polytok/binary';
import { readExecutable } from '@polytok/binary/formats';
import { hexDump } from '../../packages/cli/src/binary/hex-dump.js';
import { formatCount } from '../../packages/cli/src/quantities.js';
import { type Column, formatTable } from '../../packages/cli/src/table.js';
import type { DemoFile } from './demo-files.js';
import { roundTrip } from './round-trip.js';

export interface DemoOptions {
  readonly tokenizer: BinaryTokenizer;
  readonly files: readonly DemoFile[];
  /** Colour the tokens of the dump. */
  readonly color: boolean;
  write(text: string): void;
}

const COLUMNS: readonly Column[] = [
  { title: 'file' },
  { title: 'format' },
  { title: 'arch' },
  { title: 'bytes', align: 'right' },
  { title: 'tokens', align: 'right' },
  { title: 'bytes/token', align: 'right' },
  { title: 'MB/s encode', align: 'right' },
  { title: 'MB/s decode', align: 'right' },
  { title: 'round trip' },
];

const DUMP_BYTES = 96;

/** Encodes files, decodes them again, and shows what came of it. @returns the exit code: 1 if a byte was lost */
export function runDemo({ tokenizer, files, color, write }: DemoOptions): number {
  write(
    `Vocabulary of ${tokenizer.vocabulary.size} tokens, fingerprint ${tokenizer.vocabulary.fingerprint}\n\n`,
  );
  const trips = files.map((file) => ({
    ...file,
    ...readExecutable(file.bytes),
    trip: roundTrip(tokenizer, file.bytes),
  }));
  const rows = trips.map(({ name, format, architecture, trip }) => [
    name,
    format,
    architecture,
    formatCount(trip.bytes),
    formatCount(trip.tokens),
    (trip.bytes / trip.tokens).toFixed(2),
    (trip.encodeRate / 1e6).toFixed(0),
    (trip.decodeRate / 1e6).toFixed(0),
    trip.isExact ? 'exact' : 'BYTES DIFFER',
  ]);
  write(formatTable(COLUMNS, rows));
  if (files.length > 0) write(`\n${dumpCode(tokenizer, files[0], color)}`);
  return trips.every(({ trip }) => trip.isExact) ? 0 : 1;
}

/** The first instructions of a file, token by token. */
function dumpCode(tokenizer: BinaryTokenizer, { name, bytes }: DemoFile, color: boolean): string {
  const executable = readExecutable(bytes);
  const map = new TokenMap(tokenizer.model, tokenizer.encodeSync(bytes), executable);
  const { offset } = executable.sections.find(({ isCode }) => isCode) ?? executable.header;
  const title = `Tokens of ${name}${color ? '' : " ('|' before each)"}: offset, bytes, text, virtual address`;
  return `${title}\n${hexDump({ bytes, executable, map, offset, length: DUMP_BYTES, color })}`;
}
