import { PolytokError } from '@polytok/common';
import type { InstructionAlignment, RenyiEfficiency, Utilisation } from '@polytok/common/metrics';
import type { BinaryTokenizer } from '../binary-tokenizer.js';
import { readExecutable } from '../formats/index.js';
import type { TokenBorders } from '../token-borders.js';
import { codeSections } from './code-sections.js';
import { fileGroup } from './file-group.js';
import type { Disassemble } from './instruction-starts.js';
import type { Parity } from './parity.js';
import { TokenizerTally } from './tokenizer-tally.js';

export interface BinaryEvaluationOptions {
  /** Tokenizers to compare, under distinct names. */
  readonly tokenizers: readonly { readonly name: string; readonly tokenizer: BinaryTokenizer }[];
  /** Order of the Rényi efficiency. Default: 2.5. */
  readonly alpha?: number;
  /** For machines whose instructions differ in length. Default: none; those are listed as missing. */
  readonly disassemble?: Disassemble;
}

export interface EvaluatedFile {
  readonly bytes: Uint8Array;
  /** Holds the same content as the other parallel files. Default: false. */
  readonly parallel?: boolean;
}

/** Files, bytes and tokens of one group, such as `ELF arm64`. */
export interface GroupCompression {
  readonly files: number;
  readonly bytes: number;
  readonly tokens: number;
  /** 0 for a group of empty files. */
  readonly bytesPerToken: number;
}

/** What one tokenizer does on all files. */
export interface TokenizerReport {
  readonly name: string;
  readonly fingerprint: string;
  readonly borders: TokenBorders;
  readonly overall: GroupCompression;
  readonly groups: Readonly<Record<string, GroupCompression>>;
  /** Over all ids that spell bytes; special tokens are left out. */
  readonly utilisation: Utilisation;
  readonly renyiEfficiency: RenyiEfficiency;
  readonly unigramBitsPerByte: number;
  /** Undefined for a single group. */
  readonly parity?: Parity;
  /** Extra tokens when files are cut into pieces of 8,192 bytes, by the vocabulary alone (no section borders). */
  readonly seamInflation: { readonly value: number; readonly pieceBytes: number };
  /** Share of token borders kept when the first byte is cut off, by the vocabulary alone. */
  readonly fragmentStability: { readonly value: number; readonly borders: number; readonly kept: number };
  /** By architecture, over the first mebibyte of each code section. */
  readonly instructionAlignment: Readonly<Record<string, InstructionAlignment>>;
}

/** Plain JSON. */
export interface BinaryEvaluationReport {
  readonly files: number;
  readonly bytes: number;
  readonly tokenizers: readonly TokenizerReport[];
  /** Architectures in the files for which nothing can find instructions. */
  readonly withoutInstructions: readonly string[];
}

/** Compares tokenizers over files that are handed in one by one, so that the corpus need not fit in memory. */
export class BinaryEvaluation {
  readonly #tallies: readonly TokenizerTally[];
  readonly #disassemble: Disassemble | undefined;
  readonly #withoutInstructions = new Set<string>();
  #files = 0;
  #bytes = 0;

  constructor({ tokenizers, alpha, disassemble }: BinaryEvaluationOptions) {
    this.#tallies = tokenizers.map(({ name, tokenizer }) => new TokenizerTally(name, tokenizer, alpha));
    this.#disassemble = disassemble;
  }

  add({ bytes, parallel = false }: EvaluatedFile): void {
    const executable = readExecutable(bytes);
    const group = fileGroup(executable);
    const code = codeSections(bytes, executable, this.#disassemble);
    for (const architecture of code.unknown) this.#withoutInstructions.add(architecture);
    for (const tally of this.#tallies) {
      tally.add({ bytes, group, parallel });
      for (const section of code.sections) tally.addCode(section);
    }
    this.#files++;
    this.#bytes += bytes.length;
  }

  /** @throws PolytokError `INVALID_ARGUMENT` when no file had a byte */
  report(): BinaryEvaluationReport {
    if (this.#bytes === 0) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `An evaluation needs at least one byte; the ${this.#files} files are empty.`,
        { details: { files: this.#files } },
      );
    }
    return {
      files: this.#files,
      bytes: this.#bytes,
      tokenizers: this.#tallies.map((tally) => tally.report()),
      withoutInstructions: [...this.#withoutInstructions].sort(),
    };
  }
}
