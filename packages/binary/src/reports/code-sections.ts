import { type Executable, regions } from '../formats/index.js';
import { type Disassemble, instructionStarts } from './instruction-starts.js';

/** Bytes of each code section that are compared with instructions: disassembling costs more than encoding. */
export const MAX_ALIGNED_BYTES = 2 ** 20;

/** The start of a code section and its instructions. */
export interface CodeSample {
  readonly architecture: string;
  readonly code: Uint8Array;
  /** Offsets from the start of `code`, the first 0. */
  readonly instructionStarts: ArrayLike<number>;
}

/** Code of an executable, and the architectures whose instructions nothing can find. */
export interface CodeSections {
  readonly sections: readonly CodeSample[];
  readonly unknown: readonly string[];
}

export function codeSections(
  bytes: Uint8Array,
  executable: Executable,
  disassemble: Disassemble | undefined,
): CodeSections {
  const sections: CodeSample[] = [];
  const unknown = new Set<string>();
  for (const { section, architecture, offset, size } of regions(executable, bytes.length)) {
    if (!section?.isCode) continue;
    const code = bytes.subarray(offset, offset + Math.min(size, MAX_ALIGNED_BYTES));
    const starts = instructionStarts(code, architecture, disassemble);
    if (starts) sections.push({ architecture, code, instructionStarts: starts });
    else unknown.add(architecture);
  }
  return { sections, unknown: [...unknown] };
}
