import { type Executable, PACKED_ENTROPY, type Section, sectionEntropy } from '../formats/index.js';
import type { TokenMap } from '../token-map.js';

/** A section and how its bytes are tokenized. */
export interface SectionReport {
  readonly section: Section;
  /** Bits per byte; see `sectionEntropy`. */
  readonly entropy: number;
  /** Its entropy is above `PACKED_ENTROPY`: compressed or encrypted as a rule. */
  readonly packed: boolean;
  /** Tokens whose first byte lies in the section. */
  readonly tokens: number;
  /** Undefined where no token starts. */
  readonly bytesPerToken: number | undefined;
}

/**
 * One report per section, in the order of the file's table.
 * @param bytes the whole file that `executable` and `map` were made from
 */
export function reportSections(bytes: Uint8Array, executable: Executable, map: TokenMap): SectionReport[] {
  return executable.sections.map((section) => {
    const { offset, size } = section;
    const entropy = sectionEntropy(bytes.subarray(offset, offset + size));
    const tokens = firstTokenFrom(map, offset + size) - firstTokenFrom(map, offset);
    return {
      section,
      entropy,
      packed: entropy > PACKED_ENTROPY,
      tokens,
      bytesPerToken: tokens > 0 ? size / tokens : undefined,
    };
  });
}

/** Index of the first token that starts at `offset` or later. */
function firstTokenFrom(map: TokenMap, offset: number): number {
  const tokens = map.offsets.length - 1;
  const holder = map.tokenAt(offset);
  if (holder < 0) return offset < map.offsets[tokens] ? 0 : tokens;
  return map.offsets[holder] === offset ? holder : holder + 1;
}
