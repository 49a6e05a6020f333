import type { SpecialToken } from '../merge-table.js';
import { type ByteAlphabet, collidingBytes, gpt2Characters, latin1Characters, standIn } from './alphabet.js';
import { quoted, tokenizerJsonError } from './file-error.js';

export interface ByteSpelling {
  readonly alphabet: ByteAlphabet;
  /** `(256)` character of each byte. */
  readonly characters: readonly string[];
}

/** « and »: the one-character Latin-1 tokens that bbpe before 0.6.2 reserved without listing them as added. */
const UNLISTED_GLYPHS = [0xab, 0xbb];

/**
 * Finds how a vocabulary spells bytes: the alphabet that lacks fewer of the 256, Latin-1 when both lack as many.
 * @throws PolytokError `INVALID_FORMAT` naming the bytes that no token spells
 */
export function detectAlphabet(
  vocabulary: ReadonlyMap<string, number>,
  added: readonly SpecialToken[],
): ByteSpelling {
  const [latin1, gpt2] = [latin1Characters(movedBytes(vocabulary, added)), gpt2Characters()].map(
    (characters) => ({
      characters,
      missing: characters.flatMap((character, byte) => (vocabulary.has(character) ? [] : [byte])),
    }),
  );
  const alphabet = gpt2.missing.length < latin1.missing.length ? 'gpt2' : 'latin1';
  const { characters, missing } = alphabet === 'gpt2' ? gpt2 : latin1;
  if (missing.length > 0) {
    const names = missing.map((byte) => byte.toString(16).padStart(2, '0'));
    throw tokenizerJsonError(
      'INVALID_FORMAT',
      `model.vocab has no token for ${missing.length} of the 256 bytes: ${names.join(' ')}. In the alphabet that fits best, ${alphabet}, byte ${names[0]} is spelled ${quoted(characters[missing[0]])}.`,
      { alphabet, missing },
    );
  }
  return { alphabet, characters };
}

/**
 * Bytes spelled by stand-ins. A file moves a byte when a special token takes its character, so it is taken to
 * do so when it has exactly as many stand-ins as such tokens; else its stand-ins are tokens like any other.
 */
function movedBytes(vocabulary: ReadonlyMap<string, number>, added: readonly SpecialToken[]): number[] {
  const addedContents = new Set(added.map(({ content }) => content));
  let standIns = 0;
  while (vocabulary.has(standIn(standIns)) && !addedContents.has(standIn(standIns))) standIns++;
  const listed = collidingBytes(added);
  return [listed, UNLISTED_GLYPHS].find((bytes) => bytes.length === standIns) ?? [];
}
