import type { IdArray } from '@polytok/common';
import {
  addCounts,
  allocateCounts,
  borderStability,
  type CodeSection,
  instructionAlignment,
  renyiEfficiency,
  seamInflation,
  unigramBitsPerUnit,
  utilisation,
} from '@polytok/common/metrics';
import type { BinaryTokenizer } from '../binary-tokenizer.js';
import type { CodeSample } from './code-sections.js';
import type { GroupCompression, TokenizerReport } from './evaluate-binary.js';
import { parityOf } from './parity.js';

/** Pieces in which Binary BPE was trained and many pipelines cut files. */
const SEAM_PIECE_BYTES = 8192;

interface TalliedFile {
  readonly bytes: Uint8Array;
  readonly group: string;
  readonly parallel: boolean;
}

/** Sums up what one tokenizer does, file by file. */
export class TokenizerTally {
  readonly #name: string;
  readonly #tokenizer: BinaryTokenizer;
  readonly #alpha: number | undefined;
  readonly #counts: Float64Array;
  readonly #groups = new Map<string, GroupCompression>();
  readonly #parallel = new Map<string, GroupCompression>();
  readonly #code = new Map<string, CodeSection[]>();
  readonly #seams = { whole: 0, pieces: 0 };
  readonly #borders = { borders: 0, kept: 0 };

  constructor(name: string, tokenizer: BinaryTokenizer, alpha?: number) {
    this.#name = name;
    this.#tokenizer = tokenizer;
    this.#alpha = alpha;
    this.#counts = allocateCounts(tokenizer.vocabulary.size);
  }

  add({ bytes, group, parallel }: TalliedFile): void {
    const { model } = this.#tokenizer;
    const { ids } = this.#tokenizer.encodeSync(bytes);
    addCounts(this.#counts, ids);
    addTo(this.#groups, group, bytes.length, ids.length);
    if (parallel) addTo(this.#parallel, group, bytes.length, ids.length);
    if (bytes.length === 0) return;
    const whole = this.#tokenizer.borders === 'file' ? ids : model.encode(bytes);
    this.#addSeams(bytes, whole);
    this.#addFragment(bytes, whole);
  }

  addCode({ architecture, code, instructionStarts }: CodeSample): void {
    const tokenLengths = this.#widths(this.#tokenizer.model.encode(code));
    const sections = this.#code.get(architecture) ?? [];
    this.#code.set(architecture, sections);
    sections.push({ tokenLengths, instructionStarts, codeLength: code.length });
  }

  /** There must have been a token. */
  report(): TokenizerReport {
    const groups = sorted(this.#groups);
    const overall = Object.values(groups).reduce(sum);
    const { widths } = this.#tokenizer.model;
    const counts = this.#counts.filter((_, id) => widths[id] > 0);
    const { whole, pieces } = this.#seams;
    const { borders, kept } = this.#borders;
    return {
      name: this.#name,
      fingerprint: this.#tokenizer.vocabulary.fingerprint,
      borders: this.#tokenizer.borders,
      overall,
      groups,
      utilisation: utilisation(counts),
      renyiEfficiency: renyiEfficiency(counts, { alpha: this.#alpha }),
      unigramBitsPerByte: unigramBitsPerUnit(counts, overall.bytes),
      parity: parityOf(groups, sorted(this.#parallel)),
      seamInflation: { value: pieces / whole - 1, pieceBytes: SEAM_PIECE_BYTES },
      fragmentStability: { value: borders === 0 ? 1 : kept / borders, borders, kept },
      instructionAlignment: Object.fromEntries(
        [...this.#code].sort(byName).map(([name, sections]) => [name, instructionAlignment(sections)]),
      ),
    };
  }

  #addSeams(bytes: Uint8Array, whole: IdArray): void {
    const { tokensInPieces } = seamInflation({
      length: bytes.length,
      pieceLength: SEAM_PIECE_BYTES,
      countTokens: (start, end) =>
        end - start === bytes.length
          ? whole.length
          : this.#tokenizer.model.encode(bytes.subarray(start, end)).length,
    });
    this.#seams.whole += whole.length;
    this.#seams.pieces += tokensInPieces;
  }

  #addFragment(bytes: Uint8Array, whole: IdArray): void {
    const { borders, kept } = borderStability({
      reference: this.#widths(whole),
      fragment: this.#widths(this.#tokenizer.model.encode(bytes.subarray(1))),
      offset: 1,
    });
    this.#borders.borders += borders;
    this.#borders.kept += kept;
  }

  #widths(ids: IdArray): Uint32Array {
    const { widths } = this.#tokenizer.model;
    return Uint32Array.from(ids, (id) => widths[id]);
  }
}

function addTo(groups: Map<string, GroupCompression>, group: string, bytes: number, tokens: number): void {
  const file = { files: 1, bytes, tokens, bytesPerToken: ratio(bytes, tokens) };
  const before = groups.get(group);
  groups.set(group, before ? sum(before, file) : file);
}

function sum(a: GroupCompression, b: GroupCompression): GroupCompression {
  const bytes = a.bytes + b.bytes;
  const tokens = a.tokens + b.tokens;
  return { files: a.files + b.files, bytes, tokens, bytesPerToken: ratio(bytes, tokens) };
}

function ratio(bytes: number, tokens: number): number {
  return tokens === 0 ? 0 : bytes / tokens;
}

function sorted(groups: ReadonlyMap<string, GroupCompression>): Record<string, GroupCompression> {
  return Object.fromEntries([...groups].sort(byName));
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
