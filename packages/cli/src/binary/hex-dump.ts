import type { TokenMap } from '@polytok/binary';
import { type Executable, FileMap, type Region } from '@polytok/binary/formats';
import { escapeText } from '../escape-text.js';
import { formatHex } from '../quantities.js';
import { formatPermissions } from './permissions.js';

export interface HexDumpOptions {
  /** The whole file. */
  readonly bytes: Uint8Array;
  readonly executable: Executable;
  readonly map: TokenMap;
  /** First byte shown. */
  readonly offset: number;
  /** Bytes shown, as far as the file goes. */
  readonly length: number;
  /** Colour the tokens. Without it, `|` stands where a token starts. */
  readonly color: boolean;
}

const ROW_BYTES = 16;

/** Of the 256-colour palette: legible on dark and on light, and neighbours differ clearly. */
const TOKEN_COLORS = [33, 208, 35, 171, 178, 73];

/**
 * Bytes and their tokens, 16 a row: `offset  bytes  text  virtual address`. A line names each header, table, section or
 * gap, where a new row starts too.
 */
export function hexDump(options: HexDumpOptions): string {
  const { bytes, executable, offset, length } = options;
  const files = new FileMap(executable, bytes.length);
  const end = Math.min(bytes.length, offset + length);
  let dump = '';
  let region: Region | undefined;
  for (let at = offset; at < end; ) {
    const current = files.regionAt(at)!;
    if (current !== region) dump += `${describeRegion(current)}\n`;
    region = current;
    const stop = Math.min(end, region.offset + region.size, at - (at % ROW_BYTES) + ROW_BYTES);
    dump += `${row(options, at, stop, files.addressOf(at))}\n`;
    at = stop;
  }
  return dump;
}

function describeRegion({ kind, name, section }: Region): string {
  const title = kind === name ? kind : `${kind} ${escapeText(name)}`;
  return section ? `${title}  ${formatPermissions(section.permissions)}` : title;
}

function row(
  { bytes, map, color }: HexDumpOptions,
  start: number,
  stop: number,
  address: bigint | undefined,
): string {
  const first = start - (start % ROW_BYTES);
  let hex = '   '.repeat(start - first);
  let characters = ' '.repeat(start - first);
  for (let at = start, token = map.tokenAt(start); at < stop; at++) {
    if (at === map.offsets[token + 1]) token++;
    const paint = color ? (text: string) => paintToken(text, token) : (text: string) => text;
    const border = !color && at === map.offsets[token] ? '|' : ' ';
    hex += border + paint(bytes[at].toString(16).padStart(2, '0'));
    characters += paint(printable(bytes[at]));
  }
  const missing = ROW_BYTES - (stop - first);
  const place = address === undefined ? '' : `  ${formatHex(address)}`;
  return `${start.toString(16).padStart(8, '0')} ${hex}${'   '.repeat(missing)}  ${characters}${' '.repeat(missing)}${place}`.trimEnd();
}

function paintToken(text: string, token: number): string {
  return `\x1b[38;5;${TOKEN_COLORS[token % TOKEN_COLORS.length]}m${text}\x1b[0m`;
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
}
