/**
 * Do tokens respect the structure below them? Tokens of machine code are compared with its instructions, but any
 * units that tile the source will do: phones under speech tokens, characters under bytes.
 */

import { requireInteger } from '../arguments.js';
import { PolytokError } from '../errors.js';
import { pieceEnds } from './piece-ends.js';
import type { Ids } from './token-counts.js';

/** One stretch of code, tokenized alone. */
export interface CodeSection {
  /** Width of each token in bytes; they add up to `codeLength`. */
  readonly tokenLengths: Ids;
  /** Offsets of the instructions from the section's start, ascending, the first at 0; each ends where the next starts. */
  readonly instructionStarts: Ids;
  /** Bytes, at least 1. */
  readonly codeLength: number;
}

/** Shares pooled over all sections. */
export interface InstructionAlignment {
  /** Share of token starts that are instruction starts. Compare with `baseRate`, what random borders reach. */
  readonly precision: number;
  /** Share of instruction starts that are token starts. */
  readonly recall: number;
  /** Share of tokens made of whole instructions. */
  readonly whole: number;
  /** Share of tokens that are not, and yet have an instruction start inside. */
  readonly straddling: number;
  readonly tokensPerInstruction: number;
  /** Instructions per byte. */
  readonly baseRate: number;
  readonly tokens: number;
  readonly instructions: number;
  readonly bytes: number;
}

/**
 * Agreement of token borders with instruction borders.
 * @throws PolytokError `INVALID_ARGUMENT` for no sections, tokens that do not tile a section, or starts that are not ascending from 0
 */
export function instructionAlignment(sections: Iterable<CodeSection>): InstructionAlignment {
  const sum = { tokens: 0, instructions: 0, bytes: 0, sharedStarts: 0, whole: 0, straddling: 0 };
  for (const section of sections) {
    const ends = tokenEnds(section);
    const starts = section.instructionStarts;
    requireAscending(starts, section.codeLength);
    let next = 0; // first instruction at or after the current token's start
    let tokenStart = 0;
    for (let i = 0; i < ends.length; i++) {
      const tokenEnd = ends[i];
      const startsAligned = starts[next] === tokenStart;
      if (startsAligned) next++;
      const firstInside = next;
      while (next < starts.length && starts[next] < tokenEnd) next++;
      const endsAligned =
        next === starts.length ? tokenEnd === section.codeLength : starts[next] === tokenEnd;
      if (startsAligned) sum.sharedStarts++;
      if (startsAligned && endsAligned) sum.whole++;
      else if (next > firstInside) sum.straddling++;
      tokenStart = tokenEnd;
    }
    sum.tokens += ends.length;
    sum.instructions += starts.length;
    sum.bytes += section.codeLength;
  }
  if (sum.tokens === 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      'The alignment of no code is undefined; pass at least one section.',
    );
  }
  return {
    precision: sum.sharedStarts / sum.tokens,
    recall: sum.sharedStarts / sum.instructions,
    whole: sum.whole / sum.tokens,
    straddling: sum.straddling / sum.tokens,
    tokensPerInstruction: sum.tokens / sum.instructions,
    baseRate: sum.instructions / sum.bytes,
    tokens: sum.tokens,
    instructions: sum.instructions,
    bytes: sum.bytes,
  };
}

function tokenEnds({ tokenLengths, codeLength }: CodeSection): Float64Array {
  requireInteger(codeLength, 'codeLength', { minimum: 1 });
  const ends = pieceEnds(tokenLengths, 'tokenLengths');
  if (ends.at(-1) !== codeLength) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Tokens must cover their section exactly; they cover ${ends.at(-1) ?? 0} of ${codeLength} bytes. Tokenize each section alone.`,
      { details: { covered: ends.at(-1) ?? 0, codeLength } },
    );
  }
  return ends;
}

function requireAscending(starts: Ids, codeLength: number): void {
  for (let i = 0; i < Math.max(starts.length, 1); i++) {
    const valid =
      i === 0
        ? starts[0] === 0
        : Number.isInteger(starts[i]) && starts[i] > starts[i - 1] && starts[i] < codeLength;
    if (!valid) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Instruction starts must be 0 and then ascending integers below ${codeLength}; start ${i} is ${starts[i]}.`,
        { details: { index: i, start: starts[i], codeLength } },
      );
    }
  }
}
