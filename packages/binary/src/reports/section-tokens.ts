import { createTokenSequence, PolytokError, type TokenSequence } from '@polytok/common';
import type { BinaryTokenizer } from '../binary-tokenizer.js';
import { readExecutable, type Section } from '../formats/index.js';
import { tokenBorders } from '../token-borders.js';

/** Tokens of one section, encoded alone. They start at the section's offset in the file. */
export interface SectionTokens {
  readonly section: Section;
  readonly tokens: TokenSequence;
}

/** Names in an error message; a file may have a quarter of a million sections. */
const MAX_LISTED = 20;

/**
 * Encodes the sections that a choice names, in the file's order.
 *
 * @param choices names of sections (in Mach-O `segment,section` or the section alone), `code` for those that hold
 * instructions, `data` for the others that are loaded. Empty sections are passed over.
 * @throws PolytokError `UNKNOWN_NAME` when the file has none of them
 */
export function encodeSections(
  tokenizer: BinaryTokenizer,
  bytes: Uint8Array,
  choices: readonly string[],
): SectionTokens[] {
  const executable = readExecutable(bytes);
  const present = executable.sections.filter(({ size }) => size > 0);
  const chosen = present.filter((section) => choices.some((choice) => isMeant(section, choice)));
  if (chosen.length === 0) {
    const available = present.slice(0, MAX_LISTED).map(({ name }) => name);
    throw new PolytokError(
      'UNKNOWN_NAME',
      `This ${executable.format} file has no section that '${choices.join("' or '")}' means; it has: ${available.join(', ') || 'none'}.`,
      { details: { choices, available } },
    );
  }
  const borders = tokenBorders(bytes, tokenizer.borders, executable);
  return chosen.map((section) => {
    const { offset, size } = section;
    const own = borders.filter((border) => border >= offset && border <= offset + size);
    const ids = tokenizer.model.encodeSegments(
      bytes.subarray(offset, offset + size),
      own.map((border) => border - offset),
    );
    const { vocabulary } = tokenizer;
    const alignment = { kind: 'widths', start: offset } as const;
    return { section, tokens: createTokenSequence({ vocabulary, ids, alignment }) };
  });
}

/**
 * Name of a section's tokens in a token file: the file's name with the section, its offset and its address as a
 * fragment, `bin/tool#section=.text&offset=4096&address=0x401000`. The section's own name is percent-encoded, so that
 * whatever a hostile file calls it, the result names one file.
 */
export function sectionSource(file: string, { name, offset, address }: Section): string {
  return `${file}#section=${encodeURIComponent(name)}&offset=${offset}&address=0x${address.toString(16)}`;
}

function isMeant({ name, isCode, permissions }: Section, choice: string): boolean {
  if (choice === 'code') return isCode;
  if (choice === 'data') return !isCode && permissions.read;
  return name === choice || name.endsWith(`,${choice}`);
}
