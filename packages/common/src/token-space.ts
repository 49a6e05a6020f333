import { concatIds } from './concat-ids.js';
import { PolytokError } from './errors.js';
import { checkStoredFingerprint, fingerprintOf } from './fingerprint.js';
import { isJsonObject } from './json.js';
import { TokenRegion, type TokenRegionOptions } from './token-region.js';
import { checkTokens } from './token-sequence.js';
import {
  type HostSegment,
  readStream,
  type StreamIssue,
  type StreamSegment,
  type TokensSegment,
  throwIssue,
} from './token-stream.js';
import { Vocabulary, type VocabularyConfig } from './vocabulary.js';

export interface TokenSpaceOptions {
  /** First id of the space: the size of the host's own vocabulary, for example 32000. Default: 0. */
  readonly firstId?: number;
  /** In id order. To add a vocabulary later, append it: no other id moves. */
  readonly vocabularies: readonly TokenRegionOptions[];
}

/** A token space as JSON. */
export interface TokenSpaceConfig {
  readonly firstId: number;
  readonly vocabularies: readonly (Omit<Required<TokenRegionOptions>, 'vocabulary'> & {
    readonly vocabulary: VocabularyConfig;
  })[];
  readonly fingerprint: string;
}

export interface DecodeStreamOptions {
  /**
   * 'strict' throws at the first id that no `encode` writes there; 'lenient' lists such places as issues and
   * keeps the whole frames around them. Default: 'strict'.
   */
  readonly mode?: 'strict' | 'lenient';
}

export interface DecodedStream {
  readonly segments: StreamSegment[];
  /** Empty in strict mode. */
  readonly issues: StreamIssue[];
}

/**
 * Several vocabularies side by side in one range of ids, as one language model sees them: host ids (text)
 * first, then a {@link TokenRegion} per vocabulary. A stream is host ids and sequences between markers.
 */
export class TokenSpace {
  readonly firstId: number;
  /** One more than the last id. */
  readonly limit: number;
  readonly regions: readonly TokenRegion[];
  /** 16 hexadecimal digits that identify the meaning of every id; alignments take no part. */
  readonly fingerprint: string;

  /**
   * @throws PolytokError `INVALID_ARGUMENT` for a first id, name, pattern or alignment that cannot be;
   * `LIMIT_EXCEEDED` beyond 32-bit ids
   */
  constructor({ firstId = 0, vocabularies }: TokenSpaceOptions) {
    if (!Number.isInteger(firstId) || firstId < 0) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `A token space starts at an integer from 0 up; got ${firstId}.`,
        { details: { firstId } },
      );
    }
    const regions: TokenRegion[] = [];
    let limit = firstId;
    for (const options of vocabularies) {
      const region = new TokenRegion(options, limit);
      if (regions.some(({ name }) => name === region.name)) {
        throw new PolytokError(
          'INVALID_ARGUMENT',
          `Two vocabularies are named '${region.name}'. Give each its own name.`,
          { details: { name: region.name } },
        );
      }
      limit = region.limit;
      regions.push(region);
    }
    if (limit > 2 ** 32) {
      throw new PolytokError(
        'LIMIT_EXCEEDED',
        `A token space ends below 2^32; these vocabularies need ${limit}.`,
        { details: { limit: 2 ** 32, actual: limit } },
      );
    }
    this.firstId = firstId;
    this.limit = limit;
    this.regions = Object.freeze(regions);
    const meaning = regions.map(({ name, pattern, vocabulary }) => [name, pattern, vocabulary.fingerprint]);
    this.fingerprint = fingerprintOf(JSON.stringify([firstId, meaning]));
  }

  /** Ids in the space, without the host's. */
  get size(): number {
    return this.limit - this.firstId;
  }

  /** @throws PolytokError `UNKNOWN_NAME` */
  region(name: string): TokenRegion {
    const region = this.regions.find((candidate) => candidate.name === name);
    if (region !== undefined) return region;
    const available = this.regions.map((candidate) => candidate.name);
    throw new PolytokError(
      'UNKNOWN_NAME',
      `The token space has no vocabulary '${name}'. It has: ${available.join(', ')}.`,
      { details: { name, available } },
    );
  }

  /** The region that an id lies in; `undefined` for host ids and beyond. */
  readonly regionOf = (id: number): TokenRegion | undefined =>
    id < this.firstId ? undefined : this.regions.find((region) => id < region.limit);

  /**
   * One stream out of segments in order: host ids as they are, tokens between their markers.
   * @throws PolytokError `UNKNOWN_NAME`; `VOCABULARY_MISMATCH` when tokens are not of the vocabulary with that
   * name; `ID_OUT_OF_RANGE` for host ids in the space; `INVALID_ARGUMENT`
   */
  encode(segments: readonly (TokensSegment | HostSegment<ArrayLike<number>>)[]): Uint32Array {
    const parts = segments.map((segment) => {
      if (segment.kind === 'host') {
        checkHostIds(segment.ids, this.firstId);
        return segment.ids;
      }
      const region = this.region(segment.name);
      checkTokens(segment.tokens, region.vocabulary);
      return region.write(segment.tokens);
    });
    return concatIds(Uint32Array, parts);
  }

  /**
   * Segments of a stream, as a language model writes it: what {@link encode} took, each sequence with the
   * alignment of its region.
   * @throws PolytokError in strict mode `INVALID_FORMAT` with `details` of a {@link StreamIssue};
   * `ID_OUT_OF_RANGE`
   */
  decode(stream: ArrayLike<number>, { mode = 'strict' }: DecodeStreamOptions = {}): DecodedStream {
    const issues: StreamIssue[] = [];
    const report = mode === 'lenient' ? (issue: StreamIssue) => issues.push(issue) : throwIssue;
    return { segments: readStream(stream, this, report), issues };
  }

  /** Text that stands for an id of the space, such as `<|binary:7|>`. @throws PolytokError `ID_OUT_OF_RANGE` */
  contentOf(id: number): string {
    const region = Number.isInteger(id) ? this.regionOf(id) : undefined;
    if (region !== undefined) return region.contentOf(id);
    throw new PolytokError(
      'ID_OUT_OF_RANGE',
      `Id ${id} is not in the token space, whose ids are ${this.firstId} to ${this.limit - 1}.`,
      { details: { id, firstId: this.firstId, limit: this.limit } },
    );
  }

  toJSON(): TokenSpaceConfig {
    return {
      firstId: this.firstId,
      vocabularies: this.regions.map(({ name, vocabulary, pattern, alignment }) => ({
        name,
        vocabulary: vocabulary.toJSON(),
        pattern,
        alignment,
      })),
      fingerprint: this.fingerprint,
    };
  }

  /**
   * Reads what {@link TokenSpace.toJSON} writes.
   * @throws PolytokError `INVALID_FORMAT` for other JSON; `VOCABULARY_MISMATCH` when it was edited; and what the
   * constructor throws
   */
  static fromJSON(config: unknown): TokenSpace {
    if (!isSpaceJson(config)) {
      throw new PolytokError(
        'INVALID_FORMAT',
        "A token space in JSON has a 'firstId', 'vocabularies' (objects) and may have a 'fingerprint'. Write it with toJSON().",
      );
    }
    const { firstId, vocabularies, fingerprint } = config;
    const space = new TokenSpace({
      firstId,
      vocabularies: vocabularies.map((entry) => ({
        ...entry,
        vocabulary: Vocabulary.fromJSON(entry.vocabulary),
      })),
    });
    checkStoredFingerprint('token space', fingerprint, space.fingerprint);
    return space;
  }
}

function checkHostIds(ids: ArrayLike<number>, firstId: number): void {
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] >>> 0 !== ids[i] || ids[i] >= firstId) {
      throw new PolytokError(
        'ID_OUT_OF_RANGE',
        `Host id ${ids[i]} at ${i} is not an integer below ${firstId}.`,
        { details: { id: ids[i], position: i, size: firstId } },
      );
    }
  }
}

function isSpaceJson(config: unknown): config is TokenSpaceOptions & { fingerprint?: string } {
  return (
    isJsonObject(config) && Array.isArray(config.vocabularies) && config.vocabularies.every(isJsonObject)
  );
}
