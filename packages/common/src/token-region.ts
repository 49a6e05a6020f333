import { isAlignment } from './alignment.js';
import type { Alignment, IdArray, TokenSequence } from './contract.js';
import { PolytokError } from './errors.js';
import { FRAME_PATTERNS, type FramePatternName, isFramePatternName, PADDING } from './frame-pattern.js';
import type { Vocabulary } from './vocabulary.js';

/** How a vocabulary takes its place in a token space. */
export interface TokenRegionOptions {
  /** Letters, digits, '-' and '_'; stands in the content of every token. Default: the vocabulary's modality. */
  readonly name?: string;
  readonly vocabulary: Vocabulary;
  /** Order of multi-codebook frames in the stream. Default: 'interleaved'. */
  readonly pattern?: FramePatternName;
  /** Flat ids carry no alignment: sequences read from a stream get this one. */
  readonly alignment: Alignment;
}

/** Frames read from a part of a stream. */
export interface RegionFrames {
  /** `(frames, codebooks)` ids of the vocabulary. */
  readonly ids: IdArray;
  /** Position in the stream where it departs from the pattern; `undefined` when it never does. */
  readonly brokenAt: number | undefined;
}

/**
 * One vocabulary's stretch of ids in a token space: `begin`, `end`, `pad` (for delayed frames alone), then the
 * ids of each codebook.
 */
export class TokenRegion {
  readonly name: string;
  readonly vocabulary: Vocabulary;
  readonly pattern: FramePatternName;
  readonly alignment: Alignment;
  /** Id of the marker before a sequence; the region's first id. */
  readonly begin: number;
  /** Id of the marker after a sequence. */
  readonly end: number;
  /** Id of the padding of delayed frames; absent for the other patterns. */
  readonly pad: number | undefined;
  /** One more than the region's last id. */
  readonly limit: number;
  /** `(codebooks + 1)` first id of each codebook, then {@link limit}. */
  readonly #starts: readonly number[];

  /** @throws PolytokError `INVALID_ARGUMENT` for a name, pattern or alignment outside what the options say */
  constructor(options: TokenRegionOptions, firstId: number) {
    const { vocabulary, name = vocabulary.modality, pattern = 'interleaved', alignment } = options;
    if (typeof name !== 'string' || !/^[\w-]+$/.test(name)) {
      throw invalid(name, "its name may hold letters, digits, '-' and '_'", { name });
    }
    if (!isFramePatternName(pattern)) {
      throw invalid(name, `its pattern '${pattern}' is none of ${Object.keys(FRAME_PATTERNS).join(', ')}`, {
        pattern,
      });
    }
    if (!isAlignment(alignment)) {
      throw invalid(name, 'it needs an alignment for the sequences read from a stream', { alignment });
    }
    this.name = name;
    this.vocabulary = vocabulary;
    this.pattern = pattern;
    this.alignment = alignment;
    this.begin = firstId;
    this.end = firstId + 1;
    this.pad = pattern === 'delayed' ? firstId + 2 : undefined;
    const starts = [firstId + (this.pad === undefined ? 2 : 3)];
    for (const size of vocabulary.codebookSizes) starts.push(starts[starts.length - 1] + size);
    this.#starts = starts;
    this.limit = starts[vocabulary.codebooks];
  }

  /** True for codes and padding: what may stand between the markers. */
  holds(id: number): boolean {
    return Number.isInteger(id) && id > this.end && id < this.limit;
  }

  /** True for ids of the vocabulary, false for markers and padding. */
  isCode(id: number): boolean {
    return id >= this.#starts[0] && id < this.limit;
  }

  /** Text that stands for an id: `<|name:7|>`, `<|name:2:7|>` with several codebooks, `<|name:begin|>`, … */
  contentOf(id: number): string {
    if (id === this.begin) return `<|${this.name}:begin|>`;
    if (id === this.end) return `<|${this.name}:end|>`;
    if (id === this.pad) return `<|${this.name}:pad|>`;
    const codebook = this.#starts.findLastIndex((start) => start <= id);
    const code = id - this.#starts[codebook];
    return this.vocabulary.codebooks === 1
      ? `<|${this.name}:${code}|>`
      : `<|${this.name}:${codebook}:${code}|>`;
  }

  /** Checked tokens as ids of the space, between their markers. */
  write(tokens: TokenSequence): Uint32Array {
    const { codebooks } = this.vocabulary;
    const { streamLength, codebookAt } = FRAME_PATTERNS[this.pattern];
    const count = streamLength(tokens.length, codebooks);
    const stream = new Uint32Array(count + 2);
    const written = new Uint32Array(codebooks);
    for (let position = 0; position < count; position++) {
      const codebook = codebookAt(position, tokens.length, codebooks);
      stream[position + 1] =
        codebook === PADDING
          ? this.pad!
          : this.#starts[codebook] + tokens.ids[written[codebook]++ * codebooks + codebook];
    }
    stream[0] = this.begin;
    stream[count + 1] = this.end;
    return stream;
  }

  /**
   * Reads the frames of `stream[from … to-1]`, which lies between the markers, that are complete before it
   * departs from the pattern. Every id must be one that the region {@link holds}.
   */
  read(stream: ArrayLike<number>, from: number, to: number): RegionFrames {
    const { codebooks } = this.vocabulary;
    const { streamLength, codebookAt } = FRAME_PATTERNS[this.pattern];
    const starts = this.#starts;
    // Every frame has one code of codebook 0, in a stream cut short too.
    let frames = 0;
    for (let i = from; i < to; i++) if (stream[i] >= starts[0] && stream[i] < starts[1]) frames++;

    const expected = from + streamLength(frames, codebooks);
    // At most this many frames can be complete; codes of later ones fall off the end of `ids`.
    const ids = this.vocabulary.allocateIds(Math.floor((to - from) / codebooks) * codebooks);
    const read = new Uint32Array(codebooks);
    let at = from;
    for (; at < expected && at < to; at++) {
      const codebook = codebookAt(at - from, frames, codebooks);
      const id = stream[at];
      if (codebook === PADDING) {
        if (id !== this.pad) break;
      } else if (id >= starts[codebook] && id < starts[codebook + 1]) {
        ids[read[codebook]++ * codebooks + codebook] = id - starts[codebook];
      } else break;
    }
    const complete = read.reduce((least, count) => Math.min(least, count));
    return {
      ids: ids.slice(0, complete * codebooks),
      brokenAt: at === expected && at === to ? undefined : at,
    };
  }
}

function invalid(name: string, reason: string, details: Record<string, unknown>): PolytokError {
  return new PolytokError('INVALID_ARGUMENT', `'${name}' cannot join a token space: ${reason}.`, { details });
}
