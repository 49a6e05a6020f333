import { instructionGrid } from '../formats/index.js';

/** Bytes of every instruction, on machines where all are as long as the grid is wide. */
const FIXED_LENGTH = 4;

/**
 * Finds instructions where their length varies.
 * @param code bytes of one section
 * @returns `(instructions)` offset of each from the start of `code`, ascending, the first 0; bytes that are no
 * instruction count as one each. Undefined for an architecture it does not know.
 */
export type Disassemble = (code: Uint8Array, architecture: string) => ArrayLike<number> | undefined;

/**
 * Offsets at which the instructions of a code section start, the first 0. Undefined when the architecture has
 * instructions of several lengths and `disassemble` does not know it.
 */
export function instructionStarts(
  code: Uint8Array,
  architecture: string,
  disassemble?: Disassemble,
): ArrayLike<number> | undefined {
  if (instructionGrid(architecture) !== FIXED_LENGTH) return disassemble?.(code, architecture);
  return Uint32Array.from({ length: Math.ceil(code.length / FIXED_LENGTH) }, (_, k) => k * FIXED_LENGTH);
}
